"""How a day is played again: a house of its own, with what was held before the day began."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from app.domain.audit import Actor
from app.domain.backtest.tape import TapeAlert
from app.domain.opinions import Opinion
from app.errors import InvalidRequest
from app.schemas.backtest.alert_files import of_ticket
from app.schemas.backtest.moments import FIRST_SECOND, LAST_SECOND, PLAYABLE
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
    """Return a day that is ready to be played once; its tickets and what was held tell in which currency.

    Raise InvalidRequest for a day so early or late that nothing can be numbered by its time.
    """
    begins = datetime.combine(day, time(), UTC)
    if not FIRST_SECOND <= begins.timestamp() < LAST_SECOND:
        raise InvalidRequest(f"The day {day} is not between {PLAYABLE}.")
    clock, market = TapeClock(begins - EVE), TapeMarket()

    def opening(each: HeldBefore) -> TapeAlert:
        return TapeAlert(clock(), "held before", json.dumps(each.words()), each.bot)

    alerts = filter(None, map(of_ticket, tickets))
    setup, notes = in_traded_currency(setup, chain(map(opening, held), alerts))
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
    found.begin_with(held, opening)
    return found


def _opinion_of(ticket: dict[str, Any]) -> Opinion | None:
    if ticket.get("opinion") is None:
        return None
    try:
        return read_past(ticket).said
    except ValueError:
        return None
