"""Which settings there are, and which are secrets: read from their source, so that no package is needed."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_CONFIG = ROOT / "app" / "config"
# Where they are declared; the settings of a wing in a class of their own that the whole inherits.
_CLASSES = {"settings.py": "Settings", "chat.py": "ChatSettings"}


@dataclass(frozen=True, slots=True)
class KnownSetting:
    """One setting as it is declared."""

    name: str
    is_secret: bool
    alias: str
    default: Any


@cache
def known_settings() -> dict[str, KnownSetting]:
    """Return every setting by its name in capitals."""
    found = [_declared(node) for file, name in _CLASSES.items() for node in _lines(_CONFIG / file, name)]
    return {each.name: each for each in found if each is not None}


def _lines(source: Path, name: str) -> list[ast.AnnAssign]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    (settings,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return [node for node in settings.body if isinstance(node, ast.AnnAssign)]


def canonical(name: str) -> str:
    """Return a setting's own name where an older one is used."""
    return next((each.name for each in known_settings().values() if each.alias == name), name)


def _declared(node: ast.AnnAssign) -> KnownSetting | None:
    call = node.value
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "setting":
        return None
    words = {each.arg: _literal(each.value) for each in call.keywords}
    return KnownSetting(
        name=ast.unparse(node.target).upper(),
        is_secret=words.get("secret") is True,
        alias=words.get("alias") or "",
        default=_literal(call.args[1]),
    )


def _literal(node: ast.expr) -> Any:
    """Return a plain value; None for one that has to be computed."""
    return node.value if isinstance(node, ast.Constant) else None
