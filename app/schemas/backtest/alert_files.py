"""Alerts of the past: TradingView's log of them, our own `logs.jsonl`, a day of tickets, or JSON lines."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from itertools import chain
from typing import Any

from app.domain.backtest.tape import TapeAlert
from app.domain.bots import TEST_BOT
from app.domain.tickets import BY_NO_ALERT
from app.errors import InvalidRequest
from app.schemas.backtest.moments import moment
from app.schemas.backtest.tables import headings_of, read_rows

LOG = frozenset({"description", "time", "ticker"})


def read_alerts(lines: Iterable[str], name: str, zone: tzinfo) -> list[TapeAlert]:
    """Return the alerts of a file in the order of their times; raise InvalidRequest where it is none.

    The kind of file is told by its first line.
    """
    rest = iter(lines)
    first = next((line for line in rest if line.strip()), "").removeprefix("\ufeff")
    together = chain([first], rest)
    if set(headings_of(first)) >= LOG:
        found: Iterable[TapeAlert] = _log(together, name, zone)
    elif first.lstrip().startswith(("{", "[")):
        found = _json(first, together, name, zone)
    else:
        raise no_alerts(name)
    return sorted(found, key=lambda alert: alert.at)


def is_alerts(first_line: str) -> bool:
    """Tell a file of alerts by its first line."""
    return set(headings_of(first_line)) >= LOG or first_line.lstrip("\ufeff \t").startswith(("{", "["))


def no_alerts(name: str) -> InvalidRequest:
    """Return what is said of a file that has none."""
    return InvalidRequest(
        f"{name} holds no alerts that we know: TradingView's alert log, its list of trades in English, "
        "our own logs.jsonl, the tickets of a day, or lines of JSON with `time` and `alert`."
    )


def of_ticket(ticket: dict[str, Any]) -> TapeAlert | None:
    """Return the alert of a ticket; None of one that no strategy sent: made by hand, or a test."""
    if not ticket.get("alert") or ticket.get("bot") == TEST_BOT:
        return None
    return _of_record(ticket, f"ticket {ticket.get('id')}", UTC)


def _log(lines: Iterable[str], name: str, zone: tzinfo) -> list[TapeAlert]:
    """TradingView's log; it has the newest first, so of one second the lower line came before the upper."""
    found = list(_rows_of_log(lines, name, zone))
    is_newest_first = bool(found) and found[0].at >= found[-1].at
    return found[::-1] if is_newest_first else found


def _rows_of_log(lines: Iterable[str], name: str, zone: tzinfo) -> Iterator[TapeAlert]:
    """Yield the alerts of a log; what stands twice with one id and time was one alert."""
    seen: set[tuple[str, str, str]] = set()
    for row in read_rows(lines, name):
        mark = row.text("alert id"), row.text("time"), row.text("description")
        if mark not in seen:
            seen.add(mark)
            yield TapeAlert(moment(row.text("time"), zone, row.place), row.place, row.text("description"))


def _json(first: str, lines: Iterable[str], name: str, zone: tzinfo) -> Iterator[TapeAlert]:
    if first.lstrip().startswith("[") or '"tickets"' in first or first.strip() == "{":
        yield from _tickets(_whole("".join(lines), name), name, zone)
        return
    for number, line in enumerate(lines, start=1):
        place = f"{name}, line {number}"
        alert = _of_record(_whole(line, place), place, zone) if line.strip() else None
        if alert is not None:
            yield alert


def _tickets(data: Any, name: str, zone: tzinfo) -> Iterator[TapeAlert]:
    tickets = data.get("tickets", [data]) if isinstance(data, dict) else data
    for number, ticket in enumerate(tickets, start=1):
        alert = _of_record(ticket, f"{name}, ticket {number}", zone)
        if alert is not None:
            yield alert


def _of_record(record: Any, place: str, zone: tzinfo) -> TapeAlert | None:
    """Take an alert out of a record of ours; None where it is one of something else."""
    if not isinstance(record, dict):
        raise InvalidRequest(f"{place} is not an object.")
    if record.get("kind") not in {None, "alert"} or record.get("outcome") == "duplicate":
        return None
    if record.get("dialect") in BY_NO_ALERT:
        return None
    at = record.get("created_at") or record.get("at") or record.get("time")
    alert = record.get("alert")
    if at is None or not isinstance(alert, dict | str):
        raise InvalidRequest(f"{place} has no time and alert.")
    text = alert if isinstance(alert, str) else json.dumps(alert)
    return TapeAlert(moment(str(at), zone, place), place, text, record.get("bot"), record.get("dialect"))


def _whole(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidRequest(f"{place} is not JSON: {error.msg} at character {error.pos}.") from error
