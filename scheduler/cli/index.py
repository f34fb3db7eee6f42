"""Every command of the first level: where it is, and its first sentence, so that help imports none of them."""

from __future__ import annotations

from scheduler.ground.text import N_

_HERE = "scheduler.cli.commands"

INDEX: dict[str, dict[str, tuple[str, str]]] = {
    N_("The campaign"): {
        "init": (f"{_HERE}.init:init", N_("Make a new campaign folder.")),
        "check": (f"{_HERE}.check:check", N_("Say everything that is wrong with the campaign.")),
        "plan": (f"{_HERE}.plan:plan", N_("Show what is due when.")),
        "post": (f"{_HERE}.post:post", N_("List, read, write, preview and approve posts.")),
        "event": (f"{_HERE}.event:event", N_("List, read, write and move events.")),
        "undo": (f"{_HERE}.undo:undo", N_("Take back the last change that Loa made in the campaign's files.")),
        "redo": (f"{_HERE}.undo:redo", N_("Make again what was last taken back with `loa undo`.")),
    },
    N_("Sending"): {
        "arm": (f"{_HERE}.switch:arm", N_("Let this folder send from now on.")),
        "stop": (f"{_HERE}.switch:stop", N_("Stop everything that is sent, at once.")),
        "run": (f"{_HERE}.run:run", N_("Work through what is due, until stopped.")),
        "delivery": (f"{_HERE}.delivery:delivery", N_("Follow deliveries, and decide what hangs.")),
        "channel": (f"{_HERE}.channel:channel", N_("List, show, test, pause and resume channels.")),
    },
    N_("Trying out"): {
        "rehearse": (f"{_HERE}.rehearse:rehearse", N_("Play the campaign on a simulated clock; nothing is sent.")),
        "demo": (f"{_HERE}.demo:demo", N_("Open the example campaign, as a rehearsal.")),
    },
    N_("Looking on"): {
        "coverage": (
            f"{_HERE}.coverage:coverage",
            N_("Show whom the campaign reaches, where and on which channel, and where nothing goes."),
        ),
        "keys": (f"{_HERE}.keys:keys", N_("List what can be done on the screens, with its keys and its command.")),
        "log": (f"{_HERE}.log:log", N_("Show what happened, the newest last.")),
        "web": (f"{_HERE}.web:web", N_("Show the screens in a browser on this machine.")),
    },
    N_("Care"): {
        "doctor": (f"{_HERE}.doctor:doctor", N_("Say whether everything this folder needs is in place.")),
        "backup": (f"{_HERE}.backup:backup", N_("Write the campaign and its record into one archive.")),
        "restore": (f"{_HERE}.backup:restore", N_("Put the record back from an archive, unarmed.")),
        "plugins": (f"{_HERE}.plugins:plugins", N_("List, show, write, install and switch plugins.")),
        "service": (f"{_HERE}.service:service", N_("Let systemd keep Loa running.")),
    },
}
"""Section → command → (module:attribute, first paragraph of its docstring); a test holds the two together."""
