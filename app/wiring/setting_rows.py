"""Every setting as people see it: the value, never a secret's, and where it comes from."""

import os
from collections.abc import Mapping
from dataclasses import Field, fields
from datetime import time
from typing import Any

from app.config import Settings
from app.parsing import is_set

ENVIRONMENT, DEFAULT, FIRST_START = "environment", "default", "first start"


def setting_rows(settings: Settings, environment: Mapping[str, str] = os.environ) -> list[dict[str, Any]]:
    """Return a row for each setting, in the order in which they are declared."""
    return [_row(item, getattr(settings, item.name), environment) for item in fields(settings)]


def _row(item: "Field[Any]", value: Any, environment: Mapping[str, str]) -> dict[str, Any]:
    is_secret = item.metadata["secret"]
    return {
        "name": item.name.upper(),
        "value": None if is_secret else _text(value),
        "is_set": value is not None and value != (),
        "is_secret": is_secret,
        "source": _source(item, value, environment),
        "default": None if is_secret else _text(item.default),
        "meaning": item.metadata["meaning"],
    }


def _source(item: "Field[Any]", value: Any, environment: Mapping[str, str]) -> str:
    if value == item.default:
        return DEFAULT
    # What nobody has set is a secret that the first start has made.
    return FIRST_START if item.metadata["secret"] and not is_set(item, environment) else ENVIRONMENT


def _text(value: Any) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value).lower() if isinstance(value, bool) else str(value)
