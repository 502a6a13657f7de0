"""`docs/settings.md` and `.env.example`, from the declarations in `app/config`."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

from app.config import Settings
from app.parsing import environment_names

_GROUP = re.compile(r" {4}# (.+)")
_NAME = re.compile(r" {4}(\w+): ")
_KINDS = {
    bool: "true or false",
    int: "whole number",
    Decimal: "number",
    Path: "path",
    time: "time of day",
    str: "text",
}
_PARSERS = {"_fraction": "fraction, 0 to 1", "_url": "http(s) address", "_port": "port"}

SETTINGS_HEAD = """# Settings

Written by `make docs` from `app/config`. Settings are environment variables; the file `.env` is
read too and never overrides the environment. An empty value counts as not set. A value that cannot be used
stops the start with a sentence that names it. Keys that end in `_PCT` are fractions: 0.02 is 2 %.
"""
ENV_HEAD = """# Every setting with its default. Copy to .env and take the # away where you want another value.
# Written by `make docs` from app/config. Never commit .env: it holds secrets.
"""


def settings_page() -> str:
    """Return docs/settings.md."""
    parts = [SETTINGS_HEAD]
    for group, items in _groups():
        parts.append(f"\n## {group}\n\n| name | type | default | meaning |\n|---|---|---|---|\n")
        parts += [_row(item) for item in items]
    return "".join(parts)


def environment_example() -> str:
    """Return .env.example."""
    parts = [ENV_HEAD]
    for group, items in _groups():
        parts.append(f"\n### {group}\n")
        for item in items:
            alias = item.metadata["alias"]
            also = f"; also read as {alias}" if alias else ""
            parts.append(f"\n# {item.metadata['meaning']} ({_kind(item)}{also})\n")
            parts.append(f"#{item.name.upper()}={_default(item)}\n")
    return "".join(parts)


def _groups() -> Iterator[tuple[str, list["Field[Any]"]]]:
    """Yield the settings under the comments that head them in the source."""
    known = {item.name: item for item in fields(Settings)}
    group, items = "", list["Field[Any]"]()
    for line in _declarations():
        heading, name = _GROUP.fullmatch(line), _NAME.match(line)
        if heading is not None:
            if items:
                yield group, items
            group, items = heading[1], []
        elif name is not None and name[1] in known:
            items.append(known[name[1]])
    yield group, items


def _declarations() -> Iterator[str]:
    """Yield the lines that declare settings, those of a wing behind the others."""
    for declaring in Settings.__mro__[:-1]:
        yield from inspect.getsource(declaring).splitlines()


def _row(item: "Field[Any]") -> str:
    names = [f"`{name}`" for name in environment_names(item)]
    also = f" (also {', '.join(names[1:])})" if names[1:] else ""
    default = f"`{_default(item)}`" if _default(item) else "secret" if item.metadata["secret"] else "none"
    return f"| {names[0]}{also} | {_kind(item)} | {default} | {item.metadata['meaning']} |\n"


def _default(item: "Field[Any]") -> str:
    value = item.default
    if value is None or value is MISSING or value == ():
        return ""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(item: "Field[Any]") -> str:
    parse = item.metadata["parse"]
    name = getattr(parse, "__name__", "")
    if name == "choice":
        return _choices(parse)
    if name in {"_networks", "words"}:
        return "list, by commas"
    hint = get_type_hints(Settings)[item.name]
    kind = next((words for kind, words in _KINDS.items() if kind is hint or kind in _options(hint)), "text")
    return _PARSERS.get(name, kind)


def _options(hint: Any) -> tuple[Any, ...]:
    return getattr(hint, "__args__", ())


def _choices(parse: Any) -> str:
    """A choice tells its words when it is given none of them."""
    try:
        parse("")
    except ValueError as error:
        return str(error).removeprefix("must be one of ")
    return "text"
