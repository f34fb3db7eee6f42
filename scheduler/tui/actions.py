"""What can be done on every screen."""

from __future__ import annotations

from functools import partial

from scheduler.ground.text import N_
from scheduler.tui.action import Action, Scope

_all = partial(Action, scope=Scope.EVERYWHERE)

ACTIONS: tuple[Action, ...] = (
    _all("today", "1", name=N_("Today"), about=N_("What went out, what is next, what needs me"), weight=None),
    _all(
        "calendar",
        "2",
        name=N_("Calendar"),
        about=N_("Posts and events by month, week and day"),
        command="loa plan",
        weight=None,
    ),
    _all("queue", "3", name=N_("Queue"), about=N_("All deliveries"), command="loa delivery list", weight=None),
    _all("posts", "4", name=N_("Posts"), about=N_("A post beside its previews"), command="loa post list", weight=None),
    _all(
        "approvals",
        "5",
        name=N_("Approvals"),
        about=N_("What waits for a yes"),
        command="loa post list --waiting",
        weight=None,
    ),
    _all(
        "channels",
        "6",
        name=N_("Channels"),
        about=N_("Channels and plugins, and how they are"),
        command="loa channel list",
        weight=None,
    ),
    _all(
        "coverage",
        "7",
        name=N_("Coverage"),
        about=N_("Who hears of it, where, on which channel"),
        command="loa coverage",
        weight=None,
    ),
    _all(
        "rehearsal",
        "8",
        name=N_("Rehearsal"),
        about=N_("Play the campaign; nothing leaves"),
        command="loa rehearse",
        weight=None,
    ),
    _all("log", "9", name=N_("Log"), about=N_("What happened, line by line"), command="loa log", weight=None),
    _all(
        "panels",
        "0",
        name=N_("Panels"),
        about=N_("Pages that plugins bring"),
        command="loa plugins panel",
        weight=None,
    ),
    _all(
        "stop",
        "ctrl+s",
        name=N_("Stop all"),
        about=N_("Stop everything that goes out, or lift the stop"),
        command="loa stop",
        weight=0,
        priority=True,
    ),
    _all(
        "arm", "A", name=N_("Arm"), about=N_("Let this folder send for real from now on"), command="loa arm", weight=3
    ),
    _all(
        "start_engine",
        "E",
        name=N_("Start engine"),
        about=N_("Start an engine in the background"),
        command="loa run",
        weight=16,
    ),
    _all(
        "new_post",
        "N",
        name=N_("New post"),
        about=N_("Begin a post, by a short form"),
        command="loa post new",
        weight=None,
    ),
    _all("theme", "ctrl+t", name=N_("Colours"), about=N_("Dark, light, or the terminal's own"), weight=None),
    _all("language", "ctrl+l", name=N_("Language"), about=N_("Vietnamese or English"), weight=None),
    _all("jump", "ctrl+o", name=N_("Jump"), about=N_("A letter over each part goes there"), weight=60),
    _all("keys", "f1", name=N_("Help"), about=N_("What is in focus, and every key"), weight=2),
    _all("command_palette", "ctrl+p", name=N_("Commands"), about=N_("Find any action by name"), weight=6),
    _all("leave", "q,ctrl+q", name=N_("Leave"), about=N_("Leave Loa"), weight=5),
)
