"""Alpaca's own schemas, and what in an answer does not fit them.

`openapi.json` is the part of Alpaca's published specification (2026-06-29) that the simulator answers:
schemas only, `nullable` written as JSON Schema does.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

OK, MULTI_STATUS = 200, 207
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")

# The file is older than the service: the field went on 2026-09-22, and coins trade at no listed exchange.
# The parent of a spread has neither symbol nor side, its legs no type: empty, where the file wants a word.
TOLERATED = ('"easy_to_borrow" is a required property', '"CRYPTO" is not one of', '"" ')


def is_moment(value: str) -> bool:
    return MOMENT.fullmatch(value) is not None


def is_decimal(value: str) -> bool:
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


FORMATS = {"date-time": is_moment, "decimal": is_decimal}


@cache
def document() -> dict[str, Any]:
    text = Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def patterns() -> list[tuple[str, re.Pattern[str], int, str]]:
    """Return method, path, status and key of each answer; paths without parameters come first."""
    keys = sorted(document()["answers"], key=lambda key: key.count("{"))
    split = [(key, *key.split()) for key in keys]
    return [
        (method, re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(path))), int(status), key)
        for key, method, path, status in split
    ]


@cache
def validator(key: str) -> Draft202012Validator | None:
    schema = document()["answers"][key]
    if schema is None:
        return None
    components = {"components": document()["components"]}
    return Draft202012Validator({**schema, **components}, formats=FORMATS, validate_formats=True)


@lru_cache(maxsize=1024)
def documented(method: str, path: str, status: int) -> str | None:
    """Return the key of a documented answer."""
    for verb, pattern, code, key in patterns():
        if (verb, code) == (method, status) and pattern.fullmatch(path):
            return key
    return None


# Whoever looks every second is told the same again and again.
@lru_cache(maxsize=256)
def misfits(method: str, path: str, status: int, content: bytes) -> tuple[str, ...]:
    """Return how a successful answer differs from what is documented."""
    return tuple(_misfits(method, path, status, content))


def _misfits(method: str, path: str, status: int, content: bytes) -> Iterator[str]:
    key = documented(method, path, status)
    if key is None:
        yield f"{method} {path} {status}: not documented"
        return
    schema = validator(key)
    if schema is None:
        if content:
            yield f"{key}: content where none is documented"
        return
    for error in schema.iter_errors(without_refusals(json.loads(content), status)):
        if not is_tolerated(error):
            yield f"{key}: {error.instance_path}: {error.message}"


def without_refusals(body: Any, status: int) -> Any:
    """Leave out of a multi-status answer the bodies that are no orders: the file knows only success."""
    if status != MULTI_STATUS:
        return body
    return [
        entry if entry["status"] == OK else {k: v for k, v in entry.items() if k != "body"} for entry in body
    ]


def is_tolerated(error: ValidationError) -> bool:
    return any(error.message.startswith(sentence) for sentence in TOLERATED)
