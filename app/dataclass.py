"""Dataclasses as the standard library makes them, but for when their functions are compiled.

The library compiles six for each class while its module is imported. There are hundreds of classes, and most
of these functions are never called: that was two fifths of a start. Here each waits until it is first looked
for. `__init__`, which is looked for most, is then written here; the others are the library's own.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]


class _Later:
    """Stands in a class for one of its functions until that is first looked for."""

    def __init__(self, kind: type, name: str, *, frozen: bool) -> None:
        self._kind = kind
        self._name = name
        self._frozen = frozen

    def __get__(self, instance: Any, owner: type) -> Any:
        kind, name = self._kind, self._name
        is_init = name == "__init__"
        function = _init(kind, frozen=self._frozen) if is_init else _librarys(kind, name, frozen=self._frozen)
        setattr(kind, name, function)
        return function.__get__(instance, owner)


def _completed(kind: Any, *, frozen: bool, slots: bool) -> None:
    """Give a class what the library would have given it, with its functions to be compiled later."""
    for name in ("__init__", "__repr__", "__eq__"):
        if name not in vars(kind):
            setattr(kind, name, _Later(kind, name, frozen=frozen))
    # A class that says itself when two are equal has got None for its hash from Python.
    if vars(kind).get("__hash__") is None:
        kind.__hash__ = _Later(kind, "__hash__", frozen=True) if frozen else None
    if frozen:
        kind.__setattr__, kind.__delattr__ = _refuse_to_assign, _refuse_to_delete
    if frozen and slots:
        kind.__getstate__, kind.__setstate__ = _state, _restore


def _librarys(kind: type, name: str, *, frozen: bool) -> Any:
    """Let the library make a class of the same fields, and take the function from it."""
    same = {each: getattr(kind, each) for each in ("__module__", "__qualname__", "__doc__")}
    declared = [(item.name, item.type, item) for item in fields(kind)]
    twin = dataclasses.make_dataclass(kind.__name__, declared, namespace=same, init=False, frozen=frozen)
    return vars(twin)[name]


def _init(kind: type, *, frozen: bool) -> Any:
    """Write and compile what takes a value for each field, or its default."""
    given = [item for item in fields(kind) if item.init]
    by_keyword = [_taken(item) for item in given if item.kw_only]
    taken = ["self", *(_taken(item) for item in given if not item.kw_only), *(["*"] if by_keyword else [])]
    slots = _slots(kind) if frozen else {}
    values = [(item.name, value) for item in fields(kind) if (value := _value(item)) is not None]
    lines = [_assignment(name, value, frozen=frozen, has_slot=name in slots) for name, value in values]
    if hasattr(kind, "__post_init__"):
        lines.append("self.__post_init__()")
    scope: dict[str, Any] = {"_put": object.__setattr__, "_FACTORY": _FACTORY}
    scope |= {f"_put_{name}": put for name, put in slots.items()}
    scope |= {f"_default_{item.name}": item.default for item in fields(kind)}
    scope |= {f"_make_{item.name}": item.default_factory for item in fields(kind)}
    # Nothing but names of fields is written into it.
    exec(f"def __init__({', '.join(taken + by_keyword)}):\n " + "\n ".join(lines or ["pass"]), scope)  # noqa: S102
    function = scope["__init__"]
    function.__module__, function.__qualname__ = kind.__module__, f"{kind.__qualname__}.__init__"
    function.__annotations__ = {item.name: item.type for item in given} | {"return": None}
    return function


def _slots(kind: type) -> dict[str, Callable[[Any, Any], None]]:
    """Return what sets each field that has a slot: nobody refuses it, and it takes a third less time."""
    found = {item.name: getattr(kind, item.name, None) for item in fields(kind)}
    return {name: slot.__set__ for name, slot in found.items() if isinstance(slot, MemberDescriptorType)}


def _assignment(name: str, value: str, *, frozen: bool, has_slot: bool) -> str:
    if has_slot:
        return f"_put_{name}(self, {value})"
    return f"_put(self, {name!r}, {value})" if frozen else f"self.{name} = {value}"


def _taken(item: "Field[Any]") -> str:
    if item.default_factory is not MISSING:
        return f"{item.name}=_FACTORY"
    return item.name if item.default is MISSING else f"{item.name}=_default_{item.name}"


def _value(item: "Field[Any]") -> str | None:
    """Return what a field is set to; None for one that is left to whoever comes later."""
    if item.default_factory is not MISSING:
        made = f"_make_{item.name}()"
        return f"{made} if {item.name} is _FACTORY else {item.name}" if item.init else made
    if item.init:
        return item.name
    return None if item.default is MISSING else f"_default_{item.name}"


class _Factory:
    """Stands in a signature for what is made anew each time."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


def _refuse_to_assign(_self: object, name: str, _to: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, item.name) for item in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for item, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, item.name, value)


if TYPE_CHECKING:
    # What checks types knows this decorator by its name.
    from dataclasses import dataclass
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, kw_only: bool = False
    ) -> Callable[[type], type]:
        """Declare a dataclass."""

        def declared(kind: type) -> type:
            plain = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
            made = plain(kind)
            _completed(made, frozen=frozen, slots=slots)
            return made

        return declared
