"""Between dataclasses and the JSON that is stored or answered: decimals as strings, times as RFC 3339 UTC."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

Record = TypeVar("Record")
Restore: TypeAlias = Callable[[Any], Any]

# What is raised where something stored is read that is not in a form of ours.
UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)

_AS_THEY_ARE = frozenset({str, int, bool, NoneType})


# A moment is written into the inbox, the ticket and its timeline: once is enough.
@lru_cache(maxsize=64)
def timestamp(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat()[:-6] + "Z"


def to_json(value: Any) -> Any:
    """Turn a dataclass, or anything inside one, into what JSON can carry."""
    # The few kinds that an alert is made of come first: every alert and its ticket pass here.
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return _by_its_own_text(value)


def _by_its_own_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, str | int):
        return value.value if isinstance(value, Enum) else value
    if is_dataclass(value):
        return {item.name: to_json(getattr(value, item.name)) for item in fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def from_json(record: type[Record], data: dict[str, Any]) -> Record:
    """Rebuild a dataclass; unknown fields are dropped, missing ones keep their defaults."""
    restorers = _restorers(record)  # type: ignore[arg-type]  # every class is hashable
    return record(**{name: restore(data[name]) for name, restore in restorers.items() if name in data})


# How a field is read follows from its type: worked out once, for open trades are read again every second.
@cache
def _restorers(record: type) -> dict[str, Restore]:
    hints = get_type_hints(record)
    return {item.name: _restorer(hints[item.name]) for item in fields(record)}


@cache
def _restorer(wanted: Any) -> Restore:
    if get_origin(wanted) in {Union, UnionType}:
        return _restorer(next(option for option in get_args(wanted) if option is not NoneType))
    if get_origin(wanted) is tuple:
        item = _restorer(get_args(wanted)[0])
        return _or_none(lambda value: tuple(map(item, value)))
    if get_origin(wanted) is dict:
        entry = _restorer(get_args(wanted)[1])
        return _or_none(lambda value: {key: entry(each) for key, each in value.items()})
    read = _scalar(wanted)
    return _as_stored if read is None else _or_none(read)


def _or_none(read: Restore) -> Restore:
    return lambda value: None if value is None else read(value)


def _as_stored(value: Any) -> Any:
    return value


def _scalar(wanted: Any) -> Restore | None:
    if wanted is datetime or wanted is date:
        read: Restore = wanted.fromisoformat
        return read
    if is_dataclass(wanted) and isinstance(wanted, type):
        return lambda value: from_json(wanted, value)
    if isinstance(wanted, type) and issubclass(wanted, (Enum, Decimal, UUID)):
        return wanted
    return None
