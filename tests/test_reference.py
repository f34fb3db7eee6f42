"""docs/plugins/reference.md is the door: every name of it, with the signatures and fields that the code has."""

from __future__ import annotations

import ast
import inspect
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from scheduler import api, testing
from scheduler.channels import hookspecs
from tools import reference

if TYPE_CHECKING:
    from collections.abc import Iterator

HOOKS = [name for name, each in vars(hookspecs).items() if hasattr(each, f"{hookspecs.PROJECT}_spec")]
DOOR = [
    *(("scheduler.api", name) for name in api.__all__),
    *(("scheduler.testing", name) for name in testing.__all__),
    *(("scheduler.channels.hookspecs", name) for name in HOOKS),
]
HANDED_ON = {"O", "OptionsOut_co", "CallContext", "Heard", "Payload", "Hooked"}
"""Variables of types, and what a test of a plugin may hand on and has no need to look into."""
NONE = object()
TEXT = reference.PAGE.read_text("utf-8")


def test_the_page_is_that_of_the_code() -> None:
    assert reference.page() == TEXT, "run: make reference"


def test_every_name_of_the_door_stands_on_it_once() -> None:
    shown = reference.named(TEXT)
    assert [each for each in DOOR if each not in shown] == []
    names = [name for _module, name in shown]
    assert [name for name in names if names.count(name) > 1] == ["Verdict", "Verdict"], "one of each door"


def test_every_type_that_it_names_stands_on_it() -> None:
    shown = {name for _module, name in reference.named(TEXT)} | HANDED_ON
    unknown = set()
    for module, name in reference.named(TEXT):
        found = reference.find(module, name)
        assert found is not None, name
        ours = {each for each in reference.mentioned(found) if reference.find(found.module, each) is not None}
        unknown |= {f"{name}: {each}" for each in ours - shown}
    assert unknown == set()


def test_what_it_says_of_each_is_what_python_says() -> None:
    assert list(differences(TEXT)) == []


@pytest.mark.parametrize(
    ("was", "becomes", "of"),
    [
        ("    units: int = 0\n", "", "Forecast"),
        ("    publish_at: datetime\n", "    publish_at: date\n", "Item"),
        ("mode: int = 0o666", "mode: int = 0o600", "write_file"),
        ("check_post(post: PostText, host: Host)", "check_post(host: Host, post: PostText)", "check_post"),
        ("def probe(self, context", "def probes(self, context", "Probes"),
        ('    ASK = "ask"\n', "", "Late"),
        ("-> Sequence[Receipt | Verdict]", "-> Sequence[Receipt]", "Bulk"),
        ("tls: bool = False", "tls: bool = True", "DeliverContext"),
        ("    lead: timedelta = timedelta()\n", "    lead: timedelta = timedelta(1)\n", "BaseChannel"),
    ],
)
def test_a_word_that_is_wrong_is_found(was: str, becomes: str, of: str) -> None:
    assert was in TEXT
    found = list(differences(TEXT.replace(was, becomes)))
    assert any(each.startswith(of) for each in found), found


def differences(text: str) -> Iterator[str]:
    """Yield where the page differs from the objects themselves, looked at without reading their source."""
    for module, names, code in reference.BLOCK.findall(text):
        nodes = {name: node for node in ast.parse(code).body for name in reference.defines(node)}
        yield from (f"{name}: not there" for name in names.split() if name not in nodes)
        for name in names.split():
            thing = getattr(import_module(module), name, None)
            if isinstance(thing, type) and isinstance(nodes.get(name), ast.ClassDef):
                yield from _class(name, nodes[name], thing)
            elif inspect.isfunction(thing) and isinstance(nodes.get(name), ast.FunctionDef):
                yield from _signature(name, nodes[name], thing)


def _class(name: str, node: Any, thing: Any) -> Iterator[str]:
    said = {ast.unparse(each.target): each for each in node.body if isinstance(each, ast.AnnAssign)}
    has = {key: each for key, each in vars(thing).get("__annotations__", {}).items() if not key.startswith("_")}
    yield from (f"{name}.{key}: on one side only" for key in {*said} ^ {*has})
    for key in {*said} & {*has}:
        if ast.unparse(said[key].annotation) != _plain(has[key]):
            yield f"{name}.{key}: {has[key]}"
        if _value(_default(thing, key)) != _meant(said[key].value, thing):
            yield f"{name}.{key} = {_default(thing, key)!r}"
    if issubclass(thing, Enum):
        values = {ast.unparse(each.targets[0]): each.value for each in node.body if isinstance(each, ast.Assign)}
        if {key: ast.literal_eval(each) for key, each in values.items()} != {each.name: each.value for each in thing}:
            yield f"{name}: {list(thing)}"
    written = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
    methods = {key: _function(each) for key, each in vars(thing).items() if not key.startswith("_")}
    methods = {key: each for key, each in methods.items() if each is not None}
    yield from (f"{name}.{key}: on one side only" for key in {*written} ^ {*methods} if key != "__init__")
    for key in {*written} & {*methods}:
        yield from _signature(f"{name}.{key}", written[key], methods[key])
    if "__init__" in written:
        yield from _signature(f"{name}()", written["__init__"], thing.__init__)


def _function(each: Any) -> Any:
    """Return the function behind a member of a class, ``None`` where it has none."""
    if isinstance(each, property):
        return each.fget
    if isinstance(each, cached_property):
        return each.func
    each = getattr(each, "__func__", each)
    return each if inspect.isfunction(each) and each.__module__.startswith("scheduler.") else None


def _signature(name: str, node: ast.FunctionDef, function: Any) -> Iterator[str]:
    args, signature = node.args, inspect.signature(function)
    given = [*args.posonlyargs, *args.args, *([args.vararg] if args.vararg else []), *args.kwonlyargs]
    said = [(each.arg, each.annotation) for each in [*given, *([args.kwarg] if args.kwarg else [])]]
    has = [(key, each.annotation) for key, each in signature.parameters.items()]
    plain = [(key, "" if kind is None else ast.unparse(kind)) for key, kind in said]
    if plain != [(key, "" if kind is inspect.Parameter.empty else _plain(kind)) for key, kind in has]:
        yield f"{name}: {plain} is not {signature}"
    if node.returns is not None and ast.unparse(node.returns) != _plain(signature.return_annotation):
        yield f"{name} -> {signature.return_annotation}"
    defaults = [_meant(each, function) for each in (*args.defaults, *args.kw_defaults) if each is not None]
    if defaults != [_value(each.default) for each in signature.parameters.values() if each.default is not each.empty]:
        yield f"{name}: {signature}"


def _plain(annotation: Any) -> str:
    words = getattr(annotation, "__forward_arg__", annotation)
    return ast.unparse(ast.parse(str(words), mode="eval"))


def _default(thing: Any, key: str) -> Any:
    """Return the default of a field, ``NONE`` where it must be given."""
    if is_dataclass(thing):
        (field,) = (each for each in fields(thing) if each.name == key)
        if field.default_factory is not MISSING:
            return field.default_factory()
        return NONE if field.default is MISSING else field.default
    if issubclass(thing, BaseModel) and key in thing.model_fields:
        return NONE if thing.model_fields[key].is_required() else thing.model_fields[key].default
    if issubclass(thing, tuple):
        return vars(thing)["_field_defaults"].get(key, NONE)
    return vars(thing).get(key, NONE)


def _meant(value: ast.expr | None, thing: Any) -> Any:
    """Return what the page's words for a default are."""
    names = {**vars(import_module(thing.__module__)), "MappingProxyType": MappingProxyType}
    words = "NONE" if value is None else ast.unparse(value)
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "field":
        said = {each.arg: each.value for each in value.keywords}
        if "default_factory" in said:
            return eval(ast.unparse(said["default_factory"]), names)()
        return _meant(said.get("default"), thing)
    return _value(eval(words, {**names, "NONE": NONE}))


def _value(default: Any) -> Any:
    """Return a default as it compares: a function by what it does."""
    return getattr(getattr(default, "__code__", None), "co_code", default)
