"""Frozen classes of values, made in a tenth of the time that `dataclasses` takes: it compiles eight methods for each.

A start makes some eighty such classes, and instances of a third of them. Here each method is what `dataclasses` writes,
written when it is first asked for. Take it in modules that every start imports; elsewhere it saves nothing.
"""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """Make a class as ``dataclasses.dataclass(frozen=True, slots=True)`` does; there is no other kind."""
        if not (frozen and slots):
            raise TypeError("only classes that are frozen and have slots are made here")
        return _made


__all__ = ["dataclass"]
_WRITTEN = ("__init__", "__repr__", "__eq__", "__hash__")


class _Later:
    """A method that is written when it is first asked for, and then stands in its own place."""

    __slots__ = ("name", "owner")

    def __init__(self, owner: type, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, instance: object, asker: type | None = None) -> Any:
        method = _written(self.owner, self.name)
        setattr(self.owner, self.name, method)
        return method.__get__(instance, asker)


def _made(cls: type) -> type:
    cls.__doc__ = cls.__doc__ or cls.__name__  # otherwise `dataclasses` writes it, by asking for the signature
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for name in ("init", "repr", "eq", "frozen"):
        setattr(made.__dataclass_params__, name, True)
    methods = {name: _Later(made, name) for name in _WRITTEN} | _refusing(made)
    for name, method in {**methods, "__getstate__": _state, "__setstate__": _restore}.items():
        if name == "__init__" or name not in vars(made):
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]


def _written(owner: type, name: str) -> Any:
    """Return a method as `dataclasses` writes it, for a class of the same fields."""
    fields = dataclasses.fields(owner)
    namespace: dict[str, Any] = {each.name: _again(each) for each in fields}
    namespace |= {each: getattr(owner, each) for each in ("__module__", "__qualname__", "__doc__")}
    namespace["__annotations__"] = {each.name: each.type for each in fields}
    if hasattr(owner, "__post_init__"):
        namespace["__post_init__"] = owner.__post_init__
    wanted = {"init": name == "__init__", "repr": name == "__repr__", "eq": name in ("__eq__", "__hash__")}
    twin: Any = dataclasses.dataclass(frozen=True, **wanted)(type(owner.__name__, (), namespace))
    return vars(twin)[name]


def _again(given: dataclasses.Field[Any]) -> Any:
    kept = ("default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only")
    return dataclasses.field(**{each: getattr(given, each) for each in kept})


def _refusing(cls: Any) -> dict[str, Callable[..., None]]:
    names = frozenset(cls.__dataclass_fields__)

    def set_attribute(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def delete_attribute(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return {"__setattr__": set_attribute, "__delattr__": delete_attribute}


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
