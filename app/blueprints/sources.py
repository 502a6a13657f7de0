"""Who may send what from where: each dialect has its list of addresses, and an empty list is everybody."""

import ipaddress
from functools import lru_cache
from typing import Any

from flask import g, request

from app.blueprints.authentication import caller_address
from app.config import Settings
from app.errors import AlertRefused, SourceNotAllowed
from app.schemas.dialects import DIALECTS
from app.schemas.entry import DialectEntry
from app.wiring.container import services

# Of a blueprint's doors; at /webhook the alert's fields tell its dialect, so more than one list stands there.
DOORS = {"webhook": "bridge", "ideas": "trade_idea", "commands": "bot_command"}
AT_WEBHOOK = frozenset({"webhook.receive_alert", "webhook.receive_alert_of_bot"})
TAKEN_THERE = [entry for entry in DIALECTS.values() if entry.is_taken_at_webhook]
LISTS_THERE = tuple(dict.fromkeys(entry.sources for entry in TAKEN_THERE))
PLAIN = DIALECTS["strategy"].sources


def allowed_source() -> None:
    """Let in who may send something here from his address; what exactly is judged once it is known.

    `g.open_lists` are those of the lists here that let him in.
    """
    lists, settings = _lists_here(), services().settings
    g.open_lists = [name for name in lists if _is_in(name, settings)]
    if not g.open_lists:
        raise _refusal(*lists)


def source_of_dialect(entry: DialectEntry) -> None:
    """Refuse an alert of a dialect that is not taken from the caller's address."""
    if not _is_in(entry.sources, services().settings):
        raise _refusal(entry.sources)


def refuse_elsewhere(error: AlertRefused) -> None:
    """Tell a caller outside the webhook's first list nothing of what could not be read: he is not let in."""
    if PLAIN not in g.open_lists:
        raise _refusal(PLAIN) from error


def dialect_from_elsewhere(entry: DialectEntry | None) -> None:
    """Let in, of callers outside the webhook's first list, alerts of a dialect with a list that has them.

    It is the dialect by which the alert is read later, so that no added field opens another list.
    """
    if entry is None or not entry.is_taken_at_webhook:
        raise _refusal(PLAIN)
    source_of_dialect(entry)


def dialect_of_door() -> str | None:
    """Return the dialect of a door that takes no other."""
    return None if request.endpoint in AT_WEBHOOK else DOORS.get(request.blueprint or "")


def _lists_here() -> tuple[str, ...]:
    if request.endpoint in AT_WEBHOOK:
        return LISTS_THERE
    return (DIALECTS[DOORS[request.blueprint or ""]].sources,)


def _refusal(*lists: str) -> SourceNotAllowed:
    names = " and ".join(lists)
    return SourceNotAllowed(
        f"Nothing of this kind is taken from the address {caller_address()}; see {names}.", setting=names
    )


def _is_in(name: str, settings: Settings) -> bool:
    networks = getattr(settings, name.lower())
    return not networks or _is_among(request.remote_addr, networks)


@lru_cache(maxsize=1024)
def _is_among(address: str | None, networks: tuple[Any, ...]) -> bool:
    try:
        caller = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    # A proxy may write an IPv4 caller the IPv6 way (::ffff:52.89.214.238).
    mapped = getattr(caller, "ipv4_mapped", None)
    return any((mapped or caller) in network for network in networks)
