"""How a day is played again: a house of its own, with what was held before the day began."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.domain.audit import Actor
from app.domain.backtest.tape import TapeAlert
from app.domain.opinions import Opinion
from app.schemas.backtest.alert_files import of_ticket
from app.services.backtest.day_replay import DayReplay, HeldBefore
from app.services.backtest.simulated import TapeClock, TapeMarket
from app.services.opinion_scores.past_opinions import read_past
from app.wiring.backtest import backtest_house, for_the_past
from app.wiring.backtest_setup import ReplaySetup
from app.wiring.tape_alerts import in_traded_currency, read_tape_alert

# The evening before: what is opened then counts towards no limit of the day.
EVE = timedelta(minutes=1)


def replay_of(
    setup: ReplaySetup, day: date, held: Sequence[HeldBefore], tickets: Sequence[dict[str, Any]] = ()
) -> DayReplay:
    """Return a day that is ready to be played once; its tickets tell in which currency."""
    setup, notes = in_traded_currency(setup, filter(None, map(of_ticket, tickets)))
    begins = datetime.combine(day, time(), UTC)
    clock, market = TapeClock(begins - EVE), TapeMarket()
    house = backtest_house(replace(setup.environment, **setup.settings), clock, market, analyst=setup.analyst)
    services = house.services
    for name, configuration in setup.bots:
        own = replace(configuration, **setup.keys)
        played = replace(for_the_past(own), analyst=own.analyst)
        services.operations.bots.create(name, played, secret=f"of the bot {name}", by=Actor.CLOCK)
    found = DayReplay(
        clock=clock,
        market=market,
        supervisor=house.supervisor,
        intake=services.intake.alerts,
        bots=services.operations.bots,
        ledger=services.operations.ledger,
        analyst=setup.analyst,
        read=read_tape_alert,
        opinion_of=_opinion_of,
        alert_of=of_ticket,
    )
    found.notes += notes
    found.begin_with(held, lambda each: TapeAlert(clock(), "held before", json.dumps(each.words()), each.bot))
    return found


def _opinion_of(ticket: dict[str, Any]) -> Opinion | None:
    if ticket.get("opinion") is None:
        return None
    try:
        return read_past(ticket).said
    except ValueError:
        return None
