"""Bots that may enter only so often a day: whatever happens, not once more, and not once less."""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from random import Random
from uuid import UUID

from app.domain.orders import OrderRole, client_order_id
from tests.reliability.alerts import Alert, strategy_alert
from tests.reliability.evidence import Evidence
from tests.reliability.server import Service

# Reached one after the other, so that one of them always stands before its last entry.
CAPS = {f"capped-{cap}": cap for cap in range(2, 26, 2)}
DENIED = "DAILY_ORDER_CAP"
NOT_PLACED = frozenset({"rejected", "failed"})


def make_capped_bots(server: Service) -> dict[str, str]:
    """Make them; return their secrets."""
    return {bot: server.create_bot(bot, notional="5", daily_order_cap=cap) for bot, cap in CAPS.items()}


def capped_stream(random: Random, secrets: dict[str, str], name: str) -> Iterator[Alert]:
    """Yield entries without end, for a bot that has some left rather than for one that has none."""
    for number in count():
        bot = random.choice([*CAPS])
        yield strategy_alert(f"{name}-{number}", secrets[bot], idempotency_key=f"key-{name}-{number}")


def overruns(evidence: Evidence, *, exactly: bool) -> Iterator[str]:
    """Find bots that entered more often than they might.

    Where nothing is refused by the broker the caps are met `exactly`: nobody is denied who has some left.
    """
    tickets = [ticket for found in evidence.tickets.values() for ticket in found if ticket["bot"] in CAPS]
    entered, denied = Counter[str](), Counter[str]()
    for ticket in tickets:
        denied[ticket["bot"]] += ticket["reason"] == DENIED
        name = client_order_id(ticket["bot"], UUID(ticket["id"]), OrderRole.ENTRY)
        entered[ticket["bot"]] += name in evidence.orders and ticket["status"] not in NOT_PLACED
    for bot, cap in CAPS.items():
        if entered[bot] > cap:
            yield f"{bot}: {entered[bot]} entries, and {cap} are allowed"
        elif exactly and denied[bot] and entered[bot] < cap:
            yield f"{bot}: denied {denied[bot]} times, with {entered[bot]} of {cap} entries made"


def reached(evidence: Evidence) -> int:
    """Count the bots that were denied because their cap was reached."""
    tickets = [ticket for found in evidence.tickets.values() for ticket in found]
    return len({ticket["bot"] for ticket in tickets if ticket["bot"] in CAPS and ticket["reason"] == DENIED})
