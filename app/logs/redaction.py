"""Secrets out of everything that is written down."""

import logging
import math
import re
from functools import lru_cache
from json import dumps
from typing import Any
from urllib.parse import quote

MASK = "***"
MAX_DEPTH = 32
# Shorter values turn up by chance in ids and times; masking those would spoil the logs.
SHORTEST_SECRET = 6

_SECRET_KEY = re.compile(
    r"secret|token|passw|passphrase|authori[sz]ation|api_?key|access_?key|private_?key|credential|cookie|auth_?code"
    r"|signature|\bpin$|_pin$|appidhash"
)
_ASSIGNED = re.compile(
    r"((?:secret|token|password|passphrase|api[_-]?key|secret[_-]?key|authorization|auth[_-]?code|app_?id_?hash)[\"'\\]*"
    r"\s*[=:]\s*)(?:\\?\"[^\"]*\"?|'[^']*'?|(?:bearer\s+|basic\s+)?[^\s\"'\\&,;})]+)",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer\s+)[^\s\"',;]+", re.IGNORECASE)
# Of a JSON Web Token even the part without the seal tells who somebody is.
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?")
_CALLBACK = re.compile(r"(/auth-callback\?)[^\s\"'<>]+")
# Of bot commands: their account's secret stands there, however the rest of the address is spelt.
_PATH = re.compile(r"(/webhook/+)(?!<)[^/\s?\"']+")
_ASSIGNED_WORDS = ("secret", "token", "passw", "passphrase", "key", "authorization", "auth", "hash")


class _Known:
    """The secrets of this process, longest first."""

    values: tuple[str, ...] = ()
    shortest: float = math.inf


_known = _Known()
_format_exception = logging.Formatter().formatException


def register_secrets(*values: str) -> None:
    """Mask these values wherever they turn up; those of fewer than six characters are passed over."""
    long_enough = {value for value in values if len(value) >= SHORTEST_SECRET}
    forms = {form for value in long_enough for form in (value, quote(value, safe=""), dumps(value)[1:-1])}
    _known.values = tuple(sorted(forms.union(_known.values), key=len, reverse=True))
    _known.shortest = min(map(len, _known.values), default=math.inf)


def mask_known(text: str) -> str:
    """Replace every registered secret."""
    if len(text) >= _known.shortest:
        for secret in _known.values:
            if secret in text:
                text = text.replace(secret, MASK)
    return text


def mask(text: str) -> str:
    """Replace registered secrets, and what stands where a secret usually stands (`token=…`, `Bearer …`)."""
    text = mask_known(text)
    if "=" in text or ":" in text:
        lower = text.lower()
        if any(word in lower for word in _ASSIGNED_WORDS):
            text = _ASSIGNED.sub(rf"\1{MASK}", text)
    if "earer" in text or "EARER" in text:
        text = _BEARER.sub(rf"\1{MASK}", text)
    if "eyJ" in text:
        text = _JWT.sub(MASK, text)
    if "/auth-callback?" in text:
        text = _CALLBACK.sub(rf"\1{MASK}", text)
    return _PATH.sub(rf"\1{MASK}", text) if "/webhook/" in text else text


def redact(value: Any) -> Any:
    """Return a copy of a JSON-like value without its secrets; below 32 levels everything is masked."""
    return _redact(value, MAX_DEPTH)


def _redact(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return mask(value) if len(value) >= SHORTEST_SECRET else value
    if isinstance(value, dict):
        return _redact_items(value, depth) if depth else MASK
    if isinstance(value, list | tuple):
        return [_redact(item, depth - 1) for item in value] if depth else MASK
    # NaN and the infinities are not JSON.
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _redact_items(items: dict[Any, Any], depth: int) -> dict[Any, Any]:
    redacted = {}
    for key, item in items.items():
        is_masked = item is not None and _is_secret(str(key))
        if is_masked and isinstance(item, int) and str(key).endswith("tokens"):
            is_masked = False  # a model's bill, not a secret
        name = mask_known(key) if isinstance(key, str) else key
        redacted[name] = MASK if is_masked else _redact(item, depth - 1)
    return redacted


@lru_cache(maxsize=2048)
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(key.lower().replace("-", "_")) is not None


class MaskSecrets(logging.Filter):
    """The last line of defence: no secret passes in a message or a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record where it stands and let it pass."""
        record.msg, record.args = mask(_message(record)), ()
        if record.exc_info and record.exc_info[0] is not None and not record.exc_text:
            record.exc_text = _format_exception(record.exc_info)
        if record.exc_text:
            record.exc_text = mask(record.exc_text)
        if record.stack_info:
            record.stack_info = mask(record.stack_info)
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  # a slip in a log line must not stop an order
        return f"{record.msg!r} could not be formatted"
