"""Stretches of time have a first and a last moment, in this order."""

from typing import Any

from app.errors import RequestRefused


def in_order(data: dict[str, Any]) -> dict[str, Any]:
    """Return what was read; raise RequestRefused where `from` lies after `to`."""
    since, until = data["since"], data["until"]
    if since is not None and until is not None and since > until:
        raise RequestRefused("`from` must not lie after `to`.")
    return data
