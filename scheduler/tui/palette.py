"""What the command palette finds: actions, screens, posts, channels, a delivery by its number, colours, language.

It looks for all words that are written, anywhere in a title, whatever their case and with or without accents.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.markup import escape

from scheduler.ground.letters import bare
from scheduler.ground.text import LANGUAGES, _
from scheduler.tui.frame import Frame
from scheduler.tui.keys import keys_of, of, written
from scheduler.tui.theme import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.command import Hits

    from scheduler.tui.action import Action
    from scheduler.tui.app import LoaApp

MOST = 50
"""As many are shown; whoever wants another writes one more word."""


class Offer(NamedTuple):
    """One thing to do: its title, what stands below it, and the deed."""

    title: str
    about: str
    deed: Callable[[], object]


class Everything(Provider):
    """All that the palette can find on a screen."""

    @property
    def loa(self) -> LoaApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    async def discover(self) -> Hits:
        """Offer what can be done here, before anything is written: first what is possible now."""
        for offer in self._actions():
            yield DiscoveryHit(Content(offer.title), offer.deed, offer.title, escape(offer.about))

    async def search(self, query: str) -> Hits:
        """Offer what has all the words; what begins with the first of them stands higher."""
        words = bare(query).replace("#", " ").split()
        found = [(score, offer) for offer in self._all(words) if (score := fits(words, offer.title))]
        found.sort(key=lambda each: -each[0])
        if not found:
            yield Hit(0, Content(_("Nothing here has these words.")), lambda: None)
        for score, offer in found[:MOST]:
            shown = Content(offer.title)
            for start, end in spans(words, offer.title):
                shown = shown.stylize(self.match_style or "bold", start, end)
            yield Hit(score, shown, offer.deed, offer.title, escape(offer.about))

    def _all(self, words: Sequence[str]) -> Iterator[Offer]:
        yield from self._actions()
        yield from self._places(words)
        yield from self._looks()

    def _actions(self) -> Iterator[Offer]:
        frame = self.screen
        if not isinstance(frame, Frame):
            return
        offered = [each for each in (*of(*frame.scopes), *frame.everywhere()) if each.id != "command_palette"]
        reasons = {action.id: frame.why_not(action) for action in offered}
        for action in sorted(offered, key=lambda each: bool(reasons[each.id])):
            label = frame.named(action).label()
            yield Offer(label, explained(action, reasons[action.id]), partial(frame.action_do, action.id))

    def _places(self, words: Sequence[str]) -> Iterator[Offer]:
        loa, engine = self.loa, self.loa.desk.engine
        for word in words:
            if word.isdigit():
                number = int(word)
                title = _("Open delivery {number}").format(number=number)
                yield Offer(title, f"loa delivery show {number}", partial(loa.open_delivery, number))
        for post in engine.campaign.posts.values():
            title = _("Go to post: {title}").format(title=post.title)
            yield Offer(title, f"{post.path} · loa post show {post.id}", partial(loa.go, "posts", post.id))
        for name, configured in engine.registry.channels.items():
            title = _("Go to channel: {title}").format(title=configured.title)
            yield Offer(title, f"{name} · loa channel list", partial(loa.go, "channels", name))
        for panel in engine.look.panels() if engine.look.has_panels else ():
            title = _("Go to panel: {title}").format(title=panel.title)
            about = f"{panel.plugin} · loa plugins panel {panel.name}"
            yield Offer(title, about, partial(loa.go, "panels", panel.name))

    def _looks(self) -> Iterator[Offer]:
        for name, title in names().items():
            yield Offer(_("Colours: {name}").format(name=title), "", partial(self.loa.choose_theme, name))
        for language in LANGUAGES:
            title = _("Language: {name}").format(name=NATIVE[language])
            yield Offer(title, "", partial(self.loa.speak, language))


NATIVE = {"vi": "Tiếng Việt", "en": "English"}
"""How each language calls itself."""


def explained(action: Action, why_not: str) -> str:
    """Return what stands below an action: why it is not possible now, or what it does, its command and its keys."""
    keys = " ".join(written(key) for key in keys_of(action))
    about = _("not now: {reason}").format(reason=why_not) if why_not else action.help()
    return " · ".join(part for part in (about, action.command, keys) if part)


def fits(words: Sequence[str], title: str) -> float:
    """Return how well a title has all the words, from 0 (it lacks one) to 1 (it begins with them)."""
    plain = bare(title)
    places = [plain.find(word) for word in words]
    if not words or -1 in places:
        return 0.0
    starts = sum(place == 0 or not plain[place - 1].isalnum() for place in places)
    return (starts / len(words) + 1 / (1 + places[0]) + 1 / (1 + len(plain) / 100)) / 3


def spans(words: Sequence[str], title: str) -> list[tuple[int, int]]:
    """Return where the words stand in a title; nowhere where its letters do not match one by one without accents."""
    plain = bare(title)
    if len(plain) != len(title):
        return []
    return [(place, place + len(word)) for word in words if (place := plain.find(word)) >= 0]
