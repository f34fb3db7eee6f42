"""How processes are lent to calls: what goes wrong on Loa's side, or before a call, is no other call's."""

from __future__ import annotations

import errno
import logging
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.channels.channel import Rendered
from scheduler.channels.isolated.wire import Told
from scheduler.channels.loader import load_plugins
from scheduler.ground.errors import PluginAway
from scheduler.plan.config import PluginConfig
from tests.campaign import NOON
from tests.isolated.test_isolated import descriptors

if TYPE_CHECKING:
    from tests.campaign import Folder

CODE = """
from scheduler.api import BaseChannel, Options, Receipt, Rendered, hookimpl

class Own(Options):
    footer: str = "A"

class Note(BaseChannel[Own]):
    name = "note"
    title = "Note"
    options = Own

    def render(self, item, context):
        return Rendered({}, context.options.footer)

    def deliver(self, rendered, context):
        context.checkpoint({"x": int if rendered.text == "class" else 1})
        return Receipt(rendered.text + context.options.footer)

@hookimpl
def register_channels():
    return [Note()]
"""


def loaded(folder: Folder, code: str = CODE) -> tuple[str, Any]:
    """Return what is wrong with the plugin, and its channel."""
    folder.plugin("note", code)
    plugins = load_plugins(folder.path, {"note": PluginConfig(isolated=True)})
    error = next(each.error for each in plugins.statuses if each.name == "note")
    return error, plugins.channels.get("note", (None,))[0]


def deliver(channel: Any, text: str, checkpoint: Any = None, options: Any = None) -> str:
    """Deliver a text; return the receipt's id."""
    context: Any = SimpleNamespace(**dict.fromkeys(Told.__dataclass_fields__))
    context.options = options or channel.options.model_validate({})
    context.publish_at = context.deadline = NOON
    context.patience, context.clock, context.log = 1.0, None, logging.getLogger("note")
    context.checkpoint = lambda found: checkpoint
    found: str = channel.deliver(Rendered({}, text), context).id
    return found


def test_a_process_that_still_waits_after_an_error_on_loas_side_is_lent_to_nobody(folder: Folder) -> None:
    _error, channel = loaded(folder)
    before = channel._pool.processes()
    with pytest.raises(TypeError):
        deliver(channel, "one", checkpoint=object())
    assert deliver(channel, "two") == "twoA"
    assert channel._pool.processes() != before


def test_a_class_does_not_leave_its_process_and_the_call_is_told(folder: Folder) -> None:
    _error, channel = loaded(folder)
    with pytest.raises(Exception, match="int is a class and no value"):
        deliver(channel, "class")
    assert deliver(channel, "two") == "twoA"


def no_room(*given: Any, **more: Any) -> Any:
    """Be a machine that has no room for another process."""
    raise BlockingIOError(errno.EAGAIN, "no room")


def test_where_no_process_can_be_started_the_call_was_not_made_and_is_made_later(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _error, channel = loaded(folder)
    options = channel.options.model_validate({})
    for each in list(channel._pool._all):
        each.ended()
    before = descriptors()
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", no_room)
        with pytest.raises(PluginAway, match="not called"):
            deliver(channel, "one", options=options)
    assert descriptors() <= before
    assert deliver(channel, "one", options=options) == "oneA"


def test_a_plugin_whose_process_cannot_be_started_or_described_is_named_with_its_reason(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = CODE.replace(
        '    title = "Note"',
        '    title = "Note"\n    test_to = str\n    try_out = lambda self, text, to, context: None',
    )
    error, channel = loaded(folder, wrong)
    assert "str is a class and no value" in error
    assert channel is None
    monkeypatch.setattr(subprocess, "Popen", no_room)
    error, channel = loaded(folder)
    assert "no room" in error
    assert channel is None


def test_options_whose_default_has_changed_are_not_sent(folder: Folder) -> None:
    _error, channel = loaded(folder)
    options = channel.options.model_validate({})
    folder.plugin("note", CODE.replace('footer: str = "A"', 'footer: str = "Another"'))
    for each in list(channel._pool._all):
        each.ended()
    with pytest.raises(PluginAway, match="it has changed since it was loaded"):
        deliver(channel, "one", options=options)


def test_options_with_a_set_are_the_same_in_every_process(folder: Folder) -> None:
    words = "{'one', 'two', 'three', 'four', 'five', 'six'}"
    _error, channel = loaded(
        folder, CODE.replace('footer: str = "A"', f'footer: str = "A"\n    words: set[str] = {words}')
    )
    options = channel.options.model_validate({})
    for _time in range(8):
        for each in list(channel._pool._all):
            each.ended()
        assert deliver(channel, "one", options=options) == "oneA"
