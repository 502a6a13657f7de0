"""JSON Schema of what fields take: each field's check and its description are made of the same constants.

Patterns are read by JavaScript, Python and others alike, so only what all of them know stands in one. Where a
value has several notations (`0.5`, `.5`, `5e-1`) a pattern names the plain one; the others are taken as well.
"""

from decimal import Decimal
from typing import Any

Shape = dict[str, Any]

# Control characters, ends of lines, spaces other than the keyboard's, and letters that nobody sees: they turn
# text around, or make two names look alike.
LINE_BREAKS = "\t\n\r"
_HIDDEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u08e2\u1680\u180e\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb\U000e0001-\U000e007f"
)
HIDDEN = f"[{_HIDDEN}]"
HIDDEN_OR_BREAK = f"[{_HIDDEN}{LINE_BREAKS}]"
PLACEHOLDER_ALONE = r"^\s*\{\{[\s\S]*\}\}\s*$"

DIGITS = 12
LARGEST = Decimal(10) ** DIGITS
SMALLEST = Decimal(10) ** -DIGITS
LARGEST_WHOLE = 10**9

_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
TIME_OF_DAY = f"^{_HOUR}$"
_WINDOW_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
# One that closes when it opens is none.
WINDOW = rf"^(?:{_WINDOW_DAY}(?:[-,]{_WINDOW_DAY})? )?(?!({_HOUR})-\1$){_HOUR}-{_HOUR}$"
MOMENT = rf"^20[0-9]{{2}}-{_DAY}T{_HOUR}:[0-5][0-9](?:\.[0-9]{{1,6}})?(?:Z|[+-]{_HOUR})$"
EARLIEST_YEAR, YEARS_END = 2000, 2100


TRUE_OR_FALSE: Shape = {"type": "boolean"}
DATE: Shape = {"type": "string", "format": "date"}
UUID: Shape = {"type": "string", "format": "uuid"}


def or_null(shape: Shape) -> Shape:
    """Return the shape that also takes null."""
    if "anyOf" in shape:
        return shape | {"anyOf": [*shape["anyOf"], {"type": "null"}]}
    if isinstance(shape.get("type"), list):
        return shape | {"type": [*shape["type"], "null"]}
    if "$ref" in shape or "enum" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    return shape | {"type": [shape["type"], "null"]}


def pattern_shape(pattern: str) -> Shape:
    """Describe a text of one form."""
    return {"type": "string", "pattern": pattern}


def has(name: str) -> Shape:
    """Describe an object in which something stands under a name: no null, and no text of nothing."""
    return {"required": [name], "properties": {name: {"not": {"type": "null"}, "pattern": r"\S"}}}


def text_shape(longest: int, *, lines: bool, may_be_empty: bool) -> Shape:
    """Describe a text of bounded length without what nobody sees."""
    inside = _HIDDEN if lines else _HIDDEN + LINE_BREAKS
    allowed = f"[^{inside}]*"
    pattern = f"^{allowed}$" if may_be_empty else f"^{allowed}[^{inside}\\s]{allowed}$"
    shape: Shape = {"type": "string", "maxLength": longest, "pattern": pattern}
    return shape if lines else shape | {"not": {"pattern": PLACEHOLDER_ALONE}}


def number_shape(
    least: Decimal, most: Decimal, *, is_least_in: bool, is_most_in: bool, description: str
) -> Shape:
    """Describe a number within bounds (0 or more), as a number or as text."""
    number: Shape = {
        "type": "number",
        "minimum" if is_least_in else "exclusiveMinimum": json_number(least),
        "maximum" if is_most_in else "exclusiveMaximum": json_number(most),
    }
    text = {
        "type": "string",
        "pattern": decimal_pattern(least, most, is_least_in=is_least_in, is_most_in=is_most_in),
    }
    if least > 0:
        choices = [number, text]
    elif is_least_in:
        choices = [{"const": 0}, number | {"minimum": float(SMALLEST)}, text]
    else:
        del number["exclusiveMinimum"]
        choices = [number | {"minimum": float(SMALLEST)}, text]
    return {"anyOf": choices, "description": description}


def json_number(value: Decimal | int) -> int | float:
    """Return a number as JSON has it."""
    return int(value) if value == int(value) else float(value)


def decimal_pattern(least: Decimal, most: Decimal, *, is_least_in: bool, is_most_in: bool) -> str:
    """Return the pattern of plain decimals between two whole bounds."""
    low, high = int(least), int(most)
    some = rf"\.[0-9]{{0,{DIGITS - 1}}}[1-9]0{{0,{DIGITS}}}"
    zeros = r"(?:\.0{1,12})?"
    choices = [rf"{low}{zeros}"] if is_least_in else []
    choices.append(f"{low}{some}" if high > low else "")
    if high - low > 1:
        choices.append(rf"(?:{whole_pattern(low + 1, high - 1)})(?:\.[0-9]{{1,{DIGITS}}})?")
    if is_most_in:
        choices.append(f"{high}{zeros}")
    return f"^(?:{'|'.join(filter(None, choices))})$"


def whole_pattern(low: int, high: int) -> str:
    """Return the pattern of the whole numbers (1 or more) from one to another, by their digits."""
    parts, full = [], []
    for length in range(len(str(low)), len(str(high)) + 1):
        first, last = max(low, 10 ** (length - 1)), min(high, 10**length - 1)
        if (first, last) == (10 ** (length - 1), 10**length - 1):
            full.append(length)
        else:
            parts += _same_length(str(first), str(last))
    whole = [f"[1-9][0-9]{{{full[0] - 1},{full[-1] - 1}}}"] if full else []
    return "|".join(whole + parts)


def _same_length(first: str, last: str) -> list[str]:
    if not first:
        return [""]
    if first == "0" * len(first) and last == "9" * len(last):
        return [_digits(len(first))]
    head, end = int(first[0]), int(last[0])
    if head == end:
        return [first[0] + rest for rest in _same_length(first[1:], last[1:])]
    nines, zeros = "9" * (len(first) - 1), "0" * (len(first) - 1)
    parts = []
    if first[1:] != zeros:
        parts += [first[0] + rest for rest in _same_length(first[1:], nines)]
        head += 1
    tail = [] if last[1:] == nines else [last[0] + rest for rest in _same_length(zeros, last[1:])]
    end -= bool(tail)
    if head <= end:
        parts.append((f"[{head}-{end}]" if head < end else str(head)) + _digits(len(first) - 1))
    return parts + tail


def _digits(count: int) -> str:
    return {0: "", 1: "[0-9]"}.get(count, f"[0-9]{{{count}}}")


def moment_shape(first_seconds: float, last_seconds: float, description: str) -> Shape:
    """Describe a time as a number of seconds or milliseconds, or as text."""
    ranges = [(first_seconds * factor, last_seconds * factor) for factor in (1, 1000)]
    numbers: list[Shape] = [
        {"type": "number", "minimum": int(first), "maximum": int(last)} for first, last in ranges
    ]
    return {"anyOf": [*numbers, {"type": "string", "pattern": MOMENT}], "description": description}
