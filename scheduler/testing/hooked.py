"""What a plugin brings beside channels, tried over sample posts: commands, checks of posts, observers, pages, words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scheduler.channels.base import BaseChannel
from scheduler.channels.channel import Receipt, Rendered
from scheduler.channels.feeding import feed_elements
from scheduler.channels.options import Options
from scheduler.channels.speaking import spoken_forms
from scheduler.engine.hosting import Hosted
from scheduler.ground.clock import SystemClock
from scheduler.ground.errors import PluginError
from scheduler.ground.problem import Problem
from scheduler.ground.said import said
from scheduler.ground.text import N_, _
from scheduler.store import journal
from scheduler.testing.checks import mends
from scheduler.testing.checks.pure import TEXTS
from scheduler.testing.report import Check, Finding, Skipped
from scheduler.testing.setting import Setting
from scheduler.testing.trial import Trial
from scheduler.testing.watch import watching

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from scheduler.channels.hooks import Answer
    from scheduler.channels.loader import Plugins

_CLOCK = SystemClock()
QUICK = 1.0
"""Seconds that a plugin may take over one post, line or item."""
SAMPLES = (
    ("thuong", "Bà con nhớ mang theo sổ."),
    ("dai", "Bà con nhớ mang theo sổ khi đến điểm thu. " * 500),
    *((f"chu-{number}", text) for number, (_name, text) in enumerate(TEXTS[:3], 1)),
)
LANGUAGES = ("en", "vi")


class Paper(BaseChannel[Options]):
    """The channel that the sample posts are for."""

    name = "paper"
    title = "Paper"
    options = Options

    def render(self, item: Any, context: Any) -> Rendered:
        """Return the text."""
        return Rendered({}, item.text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        """Do nothing."""
        return Receipt(str(context.key))


class Hooked:
    """One plugin under test, for its hooks. ``taken`` are the names that no command of a plugin may have."""

    def __init__(self, plugins: Plugins, taken: Collection[str] = ()) -> None:
        self.plugins, self.taken = plugins, taken
        self.name = plugins.statuses[0].name

    def trial(self, hook: str, posts: bool = True) -> Trial:
        """Return a campaign with the sample posts, to be used in a ``with`` block. Raises `Skipped`."""
        if not self.plugins.hooks.names(hook):
            raise Skipped(_("it has no hook {hook}").format(hook=hook))
        self.plugins.hooks.kept.clear()
        trial = Trial(Setting(Paper(), plugin=self.name), hooks=self.plugins.hooks)
        for name, text in SAMPLES if posts else ():
            trial.post(name, text)
        return trial

    def ask(
        self, trial: Trial, hook: str, collect: Callable[[Any], Any] = list, **given: Any
    ) -> tuple[Answer, Iterator[Finding]]:
        """Ask one hook; return the answer, and what is wrong with how it was given."""
        began = _CLOCK.now()
        with watching(trial.watch):
            answer = next(self.plugins.hooks.ask(hook, collect, **given))
        return answer, self._manner(hook, answer, (_CLOCK.now() - began).total_seconds())

    def _manner(self, hook: str, answer: Answer, seconds: float) -> Iterator[Finding]:
        if answer.error:
            yield Finding(hook, answer.error, mends.RAISES)
        elif seconds > QUICK:
            yield Finding(hook, _("it took {seconds:.1f} seconds").format(seconds=seconds), _SLOW)


_SLOW = N_("Do what takes long once, outside the hook, or in a command: Loa waits for each answer.")
_COMMANDS = N_("Return a list of click.Command objects, each with a name of its own and a help text.")
_PROBLEMS = N_("Yield Problem objects made from the post alone; a line counts from 1 in the post's file.")
_PANELS = N_("Return Panel objects with a name in lower case and a show() that yields blocks.")
_WORDS = N_("Return a table of texts, written form to spoken form, that is the same each time.")
_ELEMENTS = N_("Yield FeedElement objects made from the item alone, in a namespace of your own.")


def commands(kit: Hooked) -> Iterator[Finding]:
    """Ask for the commands, and for the help of each."""
    hook = "register_commands"
    with kit.trial(hook, posts=False) as trial:
        answer, manner = kit.ask(trial, hook)
        yield from manner
        seen: set[str] = set()
        for each in answer.value or ():
            if not isinstance(each, click.Command) or not each.name:
                yield Finding(hook, _("it gave {kind}").format(kind=type(each).__name__), _COMMANDS)
                continue
            tried = _("the command {name}").format(name=each.name)
            if each.name in kit.taken or each.name in seen:
                yield Finding(tried, _("its name is taken, so it is left out"), _COMMANDS)
            if not (each.help or each.short_help):
                yield Finding(tried, _("it has no help"), _COMMANDS)
            seen.add(each.name)


def posts(kit: Hooked) -> Iterator[Finding]:
    """Have every sample post checked, twice."""
    hook = "check_post"
    with kit.trial(hook) as trial:
        host = Hosted(trial.core)
        for post in host.posts():
            tried = _("the sample post {name}").format(name=post.id)
            (one, manner), (two, _again) = (kit.ask(trial, hook, post=post, host=host) for _time in range(2))
            wrong = [Finding(f"{tried}: {each.tried}", each.happened, each.mend) for each in manner]
            yield from wrong
            if wrong:
                continue
            strange = next((each for each in one.value if not isinstance(each, Problem)), None)
            lines = (trial.folder / post.file).read_text("utf-8").count("\n")
            if strange is not None:
                yield Finding(tried, _("it gave {kind}").format(kind=type(strange).__name__), _PROBLEMS)
            elif one.value != two.value:
                yield Finding(tried, _("the answers differ"), _PROBLEMS)
            elif far := next((each.line for each in one.value if each.line and not 0 < each.line <= lines), None):
                words = _("it names line {line}, and the file has {lines}").format(line=far, lines=lines)
                yield Finding(tried, words, _PROBLEMS)


def observes(kit: Hooked) -> Iterator[Finding]:
    """Show it every line of a journal, each twice, as may happen after a crash."""
    hook = "observe"
    with kit.trial(hook) as trial:
        host = Hosted(trial.core)
        for entry in journal.after(trial.core.store.read(), 0):
            for _time in range(2):
                _answer, manner = kit.ask(trial, hook, lambda value: value, entry=entry, host=host)
                found = list(manner)
                yield from found
                if found:
                    return


def panels(kit: Hooked) -> Iterator[Finding]:
    """Draw every page."""
    with kit.trial("register_panels") as trial, watching(trial.watch):
        for sheet in trial.engine.look.panels():
            tried = _("the page {name}").format(name=sheet.name)
            if sheet.error:
                yield Finding(tried, sheet.error, _PANELS)
                continue
            why = trial.engine.look.panel(sheet.name).error
            if why:
                yield Finding(tried, why, mends.RAISES)


def spoken(kit: Hooked) -> Iterator[Finding]:
    """Ask for the spoken forms of each language, twice."""
    hook = "spoken_forms"
    with kit.trial(hook, posts=False) as trial, watching(trial.watch):
        one, wrong = spoken_forms(kit.plugins, LANGUAGES)
        kit.plugins.hooks.kept.clear()
        two, _again = spoken_forms(kit.plugins, LANGUAGES)
        yield from (Finding(hook, each.message, _WORDS) for each in wrong)
        if one != two:
            yield Finding(hook, _("the answers differ"), _WORDS)


def feeds(kit: Hooked) -> Iterator[Finding]:
    """Ask for the elements of every sample post, twice."""
    hook = "feed_elements"
    with kit.trial(hook) as trial, watching(trial.watch):
        for row in trial.engine.look.deliveries():
            tried = _("the sample post {name}").format(name=row.key.post)
            try:
                one, two = (feed_elements(kit.plugins.hooks, trial.item(row)) for _time in range(2))
            except PluginError as error:
                yield Finding(tried, said(error), _ELEMENTS)
            else:
                if one != two:
                    yield Finding(tried, _("the answers differ"), _ELEMENTS)


HOOK_CHECKS: tuple[Check, ...] = (
    Check("commands", N_("Each command is one of click's, with a free name and a help."), _COMMANDS, commands),
    Check("posts", N_("Checks of posts answer with problems, quickly, and the same each time."), _PROBLEMS, posts),
    Check("observes", N_("An observer takes every line of the journal, also a second time."), mends.RAISES, observes),
    Check("panels", N_("Each page is drawn."), _PANELS, panels),
    Check("spoken", N_("Spoken forms are texts, and the same each time."), _WORDS, spoken),
    Check("feeds", N_("Elements of a feed are well-formed, and the same each time."), _ELEMENTS, feeds),
)
"""The checks of a plugin's hooks, in the order in which they run; those for which it has no hook are skipped."""
