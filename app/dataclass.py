"""Dataclasses as the standard library makes them, but for when their functions are compiled.

The library compiles six for each class while its module is imported. There are hundreds of classes, and most
of these functions are never called: that was two fifths of a start. Here each waits until it is first looked
for, and is then the library's own.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]


class _Later:
    """Stands in a class for one of its functions until that is first looked for."""

    def __init__(self, kind: type, name: str, twin: Callable[[], type]) -> None:
        self._kind = kind
        self._name = name
        self._twin = twin

    def __get__(self, instance: Any, owner: type) -> Any:
        function = vars(self._twin())[self._name]
        setattr(self._kind, self._name, function)
        return function.__get__(instance, owner)


def _completed(kind: Any, *, frozen: bool, slots: bool) -> None:
    """Give a class what the library would have given it, with its functions to be compiled later."""

    def with_init() -> type:
        return _twin(kind, repr=False, eq=False, frozen=frozen, slots=slots)

    def with_others() -> type:
        return _twin(kind, init=False, frozen=frozen)

    for name, twin in {"__init__": with_init, "__repr__": with_others, "__eq__": with_others}.items():
        if name not in vars(kind):
            setattr(kind, name, _Later(kind, name, twin))
    # A class that says itself when two are equal has got None for its hash from Python.
    if vars(kind).get("__hash__") is None:
        kind.__hash__ = _Later(kind, "__hash__", with_others) if frozen else None
    if frozen:
        kind.__setattr__, kind.__delattr__ = _refuse_to_assign, _refuse_to_delete
    if frozen and slots:
        kind.__getstate__, kind.__setstate__ = _state, _restore


def _twin(kind: type, **options: Any) -> type:
    """Let the library make a class of the same fields, whose functions serve this one too."""
    same = {name: getattr(kind, name) for name in ("__module__", "__qualname__", "__doc__")}
    if hasattr(kind, "__post_init__"):
        same["__post_init__"] = kind.__post_init__
    declared = [(item.name, item.type, item) for item in fields(kind)]
    return dataclasses.make_dataclass(kind.__name__, declared, namespace=same, **options)


def _refuse_to_assign(_self: object, name: str, _value: object) -> NoReturn:
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
