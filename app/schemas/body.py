"""A request body as strict JSON: one reading of every byte sequence, or none."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from app.errors import MalformedAlert

MAXIMUM_DEPTH = 20
# Written out in plain digits, a number has no more places than this: 1e-999999999 would fill the memory.
MAXIMUM_PLACES = 400
# As much of a key is repeated in an answer.
LONGEST_NAME = 40


def read_object(body: bytes) -> dict[str, Any]:
    """Read one JSON object; raise MalformedAlert where JSON is broken, ambiguous or absurd.

    Fractions come back as Decimal. Repeated keys, NaN, infinities and broken surrogates are refused.
    """
    if not body.strip():
        raise MalformedAlert("The body is empty; it must be a JSON object.")
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise MalformedAlert("The body is not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        raise MalformedAlert(f"The body is not valid JSON: {_sentence(error)}") from error
    if not isinstance(value, dict):
        raise MalformedAlert("The body must be a JSON object.")
    _refuse_unprintable(value, 0)
    return value


def _sentence(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text[:20]} is not a usable number") from error
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MAXIMUM_PLACES:
        raise ValueError(f"{text[:20]} is not a usable number")
    return number


def _integer(text: str) -> int:
    if len(text) > MAXIMUM_PLACES:
        raise ValueError(f"{text[:20]} is not a usable number")
    return int(text)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in value if names.count(name) > 1)
        # Written as JSON: half of a surrogate pair must not reach the answer or a log.
        raise ValueError(f"the key {json.dumps(twice[:LONGEST_NAME])} stands twice in one object")
    return value


def _refuse_unprintable(value: Any, depth: int) -> None:
    if depth > MAXIMUM_DEPTH:
        raise MalformedAlert("The body is not valid JSON: nested too deeply")
    if isinstance(value, str):
        if not value.isascii() or "\0" in value:
            _refuse_broken_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_unprintable(key, depth)
            _refuse_unprintable(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _refuse_unprintable(item, depth + 1)


def _refuse_broken_text(value: str) -> None:
    if "\0" in value:
        raise MalformedAlert("The body has a NUL character in a text.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedAlert("The body has half of a surrogate pair in a text.") from error
