"""How a day is played again: a house of its own, with what was held before the day began."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.config import Settings
from app.domain.audit import Actor
from app.domain.backtest.tape import TapeAlert
from app.domain.bots import BotConfiguration
from app.domain.money import ZERO
from app.domain.opinions import Opinion
from app.domain.orders import Side
from app.repositories.closed_trades import ClosedTrades
from app.repositories.trades import Trades
from app.schemas.backtest.alert_files import of_ticket
from app.services.backtest.day_replay import DayReplay, HeldBefore, RecordedAnalyst
from app.services.backtest.simulated import TapeClock, TapeMarket
from app.services.opinion_scores.past_opinions import read_past
from app.storage.base import Store
from app.wiring.backtest import backtest_house, for_the_past, read_tape_alert

# The evening before: what is opened then counts towards no limit of the day.
EVE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySetup:
    """Today's bots and settings, and what is different."""

    environment: Settings
    bots: Sequence[tuple[str, BotConfiguration]]
    settings: Mapping[str, Any]
    keys: Mapping[str, Any]
    analyst: RecordedAnalyst


def replay_of(setup: ReplaySetup, day: date, held: Sequence[HeldBefore]) -> DayReplay:
    """Return a day that is ready to be played once."""
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
    found.begin_with(held, lambda each: TapeAlert(clock(), "held before", json.dumps(each.words()), each.bot))
    return found


def held_before(store: Store, day: date, now: datetime) -> list[HeldBefore]:
    """Return what bots held when a day began: shares and coins that went flat since, or are held yet."""
    begins = datetime.combine(day, time(), UTC)
    found = [
        HeldBefore(trade.bot, trade.symbol, trade.side, trade.quantity, trade.entry_price)
        for trade in ClosedTrades(store).newest_first(now)
        if trade.opened_at < begins <= trade.closed_at and trade.entry_price and trade.structure is None
    ]
    for trade in Trades(store, lambda: now).every().values():
        if trade.opened_at < begins and trade.quantity:
            side = Side.BUY if trade.quantity > ZERO else Side.SELL
            found.append(HeldBefore(trade.bot, trade.symbol, side, trade.bought, trade.average_price))
    return sorted(found, key=lambda each: (each.bot, each.symbol))


def _opinion_of(ticket: dict[str, Any]) -> Opinion | None:
    if ticket.get("opinion") is None:
        return None
    try:
        return read_past(ticket).said
    except ValueError:
        return None
