"""`.env`, read as the service reads it, without a package."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

_LINE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][\w.-]*)[ \t]*=[ \t]*
        (?:'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bare>[^\r\n]*))""",
    re.MULTILINE | re.VERBOSE,
)
_REFERENCE = re.compile(r"\$\{(?P<name>[^}:]*)(?::-(?P<default>[^}]*))?\}")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def read_dotenv(path: Path) -> dict[str, str]:
    """Return what a file says, by name; nothing where there is no file."""
    return parse_dotenv(path.read_text(encoding="utf-8"), os.environ) if path.exists() else {}


def parse_dotenv(text: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the values of `NAME=value` lines: quoted, after `export`, before a comment, with ${NAME}."""
    values: dict[str, str] = {}
    for found in _LINE.finditer(text):
        values[found["name"]] = _filled(_value(found), {**values, **environment})
    return values


def _filled(value: str, known: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda each: known.get(each["name"], each["default"] or ""), value)


def _value(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return re.sub(r"\\(.)", lambda each: _ESCAPES.get(each[1], _kept(each[1])), found["double"])
    if found["single"] is not None:
        return re.sub(r"\\([\\'])", r"\1", found["single"])
    return re.sub(r"(^|[ \t]+)#.*", "", found["bare"]).strip()


def _kept(character: str) -> str:
    return character if character in "\\'\"" else f"\\{character}"
