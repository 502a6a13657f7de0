"""A request body as strict JSON: one reading of every byte sequence, or none."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from app.errors import BodyTooLarge, MalformedAlert
from app.schemas.json_slips import depth_place, number_place, place, repeated_place, slip, text_place

MAXIMUM_DEPTH = 20
# Written out in plain digits, a number has no more places than this: 1e-999999999 would fill the memory.
MAXIMUM_PLACES = 400
# As much of a key is repeated in an answer.
LONGEST_NAME = 40


class _UnusableNumber(ValueError):
    pass


class _RepeatedName(ValueError):
    pass


def read_object(body: bytes) -> dict[str, Any]:
    """Read one JSON object; raise MalformedAlert where JSON is broken, ambiguous or absurd.

    Fractions come back as Decimal, NaN and the infinities too: a field that is read refuses them by its name.
    TradingView puts comments in as they are, so raw line breaks and tabs in texts are taken.
    """
    if not body.strip():
        raise MalformedAlert("The body is empty; it must be a JSON object.")
    text = _decode(body)
    value = _parse(text)
    if not isinstance(value, dict):
        raise MalformedAlert(f"The body must be a JSON object; it begins with {text.strip()[:1]!r}.")
    if not _is_plain(text):
        _refuse_unprintable(value, 0, text)
    return value


def within(body: bytes, largest: int) -> bytes:
    """Return a body that is no larger than an alert may be; raise BodyTooLarge."""
    if len(body) > largest:
        raise too_large(largest, f"{len(body):,} bytes")
    return body


def too_large(largest: int | None, size: str, *, is_setting: bool = True) -> BodyTooLarge:
    """Return the refusal of a body of this size; the bound of what operators send is no setting."""
    limit = f"the {largest:,} bytes that {'MAX_CONTENT_LENGTH allows' if is_setting else 'are taken here'}"
    return BodyTooLarge(f"The body is larger than {limit}: it has {size}.")


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = body.decode("utf-8", "replace")
        at = len(body[: error.start].decode("utf-8", "replace"))
        raise MalformedAlert(f"The body is not UTF-8 text at {place(text, at)}.") from error


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text,
            strict=False,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=Decimal,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise _broken(text, error.pos, slip(text, error.pos, error.msg)) from error
    except _UnusableNumber as error:
        at = number_place(text, str(error))
        raise _broken(text, at, f"{str(error)[:20]} is not a usable number") from error
    except _RepeatedName as error:
        name = str(error)
        # Written as JSON: half of a surrogate pair must not reach the answer or a log.
        message = f"the key {json.dumps(name[:LONGEST_NAME])} stands twice in one object"
        raise _broken(text, repeated_place(text, name), message) from error
    except RecursionError as error:
        raise _too_deep(text) from error


def _broken(text: str, at: int, message: str) -> MalformedAlert:
    return MalformedAlert(f"The body is not valid JSON at {place(text, at)}: {message}.")


def _too_deep(text: str) -> MalformedAlert:
    return _broken(text, depth_place(text, MAXIMUM_DEPTH + 1), "nested too deeply")


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _UnusableNumber(text) from error
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MAXIMUM_PLACES:
        raise _UnusableNumber(text)
    return number


def _integer(text: str) -> int:
    if len(text) > MAXIMUM_PLACES:
        raise _UnusableNumber(text)
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedName(next(name for name in value if names.count(name) > 1))
    return value


def _is_plain(text: str) -> bool:
    """Tell whether nothing in a body can be unprintable or too deep, as in most: then no value is looked at.

    Only an escape makes of ASCII what is none, and as many levels need as many brackets.
    """
    is_printable = text.isascii() and "\\u" not in text and "\0" not in text
    return is_printable and text.count("{") + text.count("[") <= MAXIMUM_DEPTH


def _refuse_unprintable(value: Any, depth: int, text: str) -> None:
    if depth > MAXIMUM_DEPTH:
        raise _too_deep(text)
    if isinstance(value, str):
        if not value.isascii() or "\0" in value:
            _refuse_broken_text(value, text)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_unprintable(key, depth, text)
            _refuse_unprintable(item, depth + 1, text)
    elif isinstance(value, list):
        for item in value:
            _refuse_unprintable(item, depth + 1, text)


def _refuse_broken_text(value: str, text: str) -> None:
    if "\0" in value:
        at = text_place(text, lambda item: "\0" in item)
        raise MalformedAlert(f"The body has a NUL character in a text at {place(text, at)}.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        at = text_place(text, lambda item: item == value)
        raise MalformedAlert(
            f"The body has half of a surrogate pair in a text at {place(text, at)}."
        ) from error
