"""The pages of plugins: which there are, and what stands on one now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.channels.hooks import guarded
from scheduler.channels.host import Panel
from scheduler.channels.showing import Block
from scheduler.engine.delivering.calls import Rest
from scheduler.engine.hosting import Hosted
from scheduler.ground.errors import NotFound, PluginError
from scheduler.ground.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.channels.hooks import Hooks
    from scheduler.engine.core import Core

HOOK = "register_panels"
SECONDS = 10.0
"""How long a page may take to be made."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class PanelSheet:
    """A plugin's page: how it is called, and why there is none where the plugin fails."""

    name: str
    plugin: str
    title: str
    about: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class PanelPage:
    """A page with what stands on it now, or with why it cannot be made.

    ``rests`` is that making it took too long, so that it is made again only later, or where somebody insists.
    """

    sheet: PanelSheet
    blocks: tuple[Block, ...] = ()
    error: str = ""
    rests: bool = False


def panels(core: Core) -> list[PanelSheet]:
    """Return every page that plugins bring, and every plugin that fails to, in the order in which they were found."""
    return [sheet for sheet, _panel in _found(core.snapshot.hooks)]


def page(core: Core, name: str, *, insist: bool = True) -> PanelPage:
    """Return a page as it is now. Plugin code runs here. Raises `NotFound`.

    One that hung is left alone for ever longer, where nobody insists.
    """
    hooks = core.snapshot.hooks
    found = {sheet.name: (sheet, panel) for sheet, panel in _found(hooks)}
    if name not in found:
        raise NotFound.named(_("there is no panel {name!r}"), name, found, _("`loa plugins panel` lists them"))
    sheet, panel = found[name]
    if panel is None:
        return PanelPage(sheet, error=str(PluginError(sheet.plugin, sheet.error)))
    rests: dict[str, Rest] = hooks.kept.setdefault((HOOK,), {})
    if name in rests and not (insist or rests[name].over):
        return PanelPage(sheet, error=rests[name].why, rests=True)
    late = _("did not answer within {seconds:.0f} seconds").format(seconds=SECONDS)
    blocks, error = guarded(partial(_shown, panel, Hosted(core)), SECONDS, late)
    told = str(PluginError(sheet.plugin, core.redactor.text(f"{HOOK}, {name}: {error}"))) if error else ""
    if error == late:
        rests.setdefault(name, Rest()).begin(told)
    else:
        rests.pop(name, None)
    return PanelPage(sheet, blocks or (), told, rests=error == late)


def _shown(panel: Panel, host: Hosted) -> tuple[Block, ...]:
    found: tuple[Any, ...] = tuple(panel.show(host))
    strange = next((each for each in found if not isinstance(each, Block)), None)
    if strange is not None:
        text = _("show gave {kind}, which is no block of a preview").format(kind=type(strange).__name__)
        raise TypeError(text)
    return found


def _found(hooks: Hooks) -> Iterator[tuple[PanelSheet, Panel | None]]:
    """Yield each page with what makes it; plugins are asked once, for as long as they stay loaded."""
    if HOOK not in hooks.kept:
        hooks.kept[HOOK] = list(hooks.ask(HOOK, list))
    taken: dict[str, str] = {}
    for answer in hooks.kept[HOOK]:
        plugin = answer.plugin
        if answer.error:
            yield PanelSheet(plugin, plugin, plugin, error=f"{HOOK}: {answer.error}"), None
        for each in () if answer.error else answer.value:
            if wrong := _wrong(each, taken):
                name = f"{plugin}/{getattr(each, 'name', '')}"
                yield PanelSheet(name, plugin, name, error=f"{HOOK}: {wrong}"), None
            else:
                taken[each.name] = plugin
                title, about = _(each.title), _(each.about) if each.about else ""
                yield PanelSheet(each.name, plugin, title, about), each


def _wrong(panel: Any, taken: dict[str, str]) -> str:
    if not isinstance(panel, Panel):
        return _("it gave {kind}, not Panel").format(kind=type(panel).__name__)
    if not (_NAME.fullmatch(str(panel.name)) and panel.title and callable(panel.show)):
        return _("a panel has a name of small letters, digits and hyphens, a title, and what makes its page")
    if panel.name in taken:
        return _("the panel {name!r} is brought by plugin {plugin} already").format(
            name=panel.name, plugin=taken[panel.name]
        )
    return ""
