"""Secrets of other services in alerts written for them: hidden by their names, and by their values."""

from typing import Any

from app.logs.redaction import MASK, SHORTEST_SECRET

# What other services call them; `token` and `secret` may be ours as well.
SHARED = frozenset({"token", "secret"})
NAMES = frozenset(
    {
        *("passphrase", "pass_phrase", "passcode", "password", "apikey", "api_key", "apiKey", "api_secret"),
        *(
            "apiSecret",
            "key",
            "code",
            "access_token",
            "accessToken",
            "signalToken",
            "signal_token",
            "license",
        ),
        *("license_id", "licenseId", "webhook_secret", "webhookSecret", "auth", "auth_token", "authToken"),
    }
)
_ALL = SHARED | NAMES


def hide_foreign(alert: dict[str, Any], *, shared: bool) -> dict[str, Any]:
    """Return an alert without other services' secrets, wherever their values stand in it.

    `shared`: `token` and `secret` are theirs too. An alert that carries none comes back as it is.
    """
    names = _ALL if shared else NAMES
    values: set[str] = set()
    _collect(alert, names, values)
    if not values:
        return alert
    # Shorter ones stand in other texts by chance.
    long_enough = sorted((value for value in values if len(value) >= SHORTEST_SECRET), key=len, reverse=True)
    hidden = _hidden(alert, names, long_enough)
    return hidden if isinstance(hidden, dict) else {}


def _collect(value: Any, names: frozenset[str], found: set[str]) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            if name in names and item is not None:
                found.update(_texts(item))
            _collect(item, names, found)
    elif isinstance(value, list):
        for item in value:
            _collect(item, names, found)


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_texts, value.values())) | {""}
    if isinstance(value, list):
        return set().union(*map(_texts, value)) | {""}
    return {str(value)}


def _hidden(value: Any, names: frozenset[str], secrets: list[str]) -> Any:
    if isinstance(value, dict):
        return {
            _without(name, secrets): MASK
            if name in names and item is not None
            else _hidden(item, names, secrets)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_hidden(item, names, secrets) for item in value]
    return _without(value, secrets) if isinstance(value, str) else value


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, MASK)
    return text
