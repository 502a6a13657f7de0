"""Structures at the paper broker: one that is being opened or held, and the clock that goes on with it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.orders import OrderRole, Side
from app.domain.signals import Dialect, Intent, Signal
from app.domain.structures.beginnings import beginning
from app.domain.structures.commands import EnterCommand
from app.domain.structures.kinds import recognise
from app.domain.structures.ladder import LadderTerms, Pace, rungs
from app.domain.structures.net_quotes import net_quote
from app.domain.structures.trades import StructureTrade, TradeState
from app.domain.tickets import Ticket
from tests.brokers.paper.structures.builders import structure
from tests.option_bots import FAST_CONDOR

TICKET = UUID("01899a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b")
CONDOR = structure("+P90", "-P95", "-C105", "+C110")


@pytest.fixture
def clock(clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    return clock


@pytest.fixture(autouse=True)
def _price(broker):
    broker.set_prices({"AAPL": Decimal(100)})


@pytest.fixture
def desk(broker):
    return broker.structures


@pytest.fixture
def wing(services):
    return services.structures


@pytest.fixture
def held(broker):
    """Read what is held by name, signed."""
    return lambda: {position.symbol: position.quantity for position in broker.positions()}


@pytest.fixture
def open_trade(services, wing, desk, clock):
    """Write down a trade whose ladder is to be climbed; `limit` is a bound on its prices."""

    def make(wanted=CONDOR, units=2, *, give="0.5", limit=None, prices=None) -> StructureTrade:
        quote = net_quote(wanted, desk.quotes([leg.instrument for leg in wanted.legs]))
        terms = LadderTerms(Pace.NORMAL, Decimal(give), None if limit is None else Decimal(limit))
        trade = StructureTrade(
            id="t",
            number=wing.trades.number(),
            bot="default",
            broker="paper",
            kind=recognise(wanted),
            structure=wanted,
            state=TradeState.OPENING,
            created_at=clock(),
            tickets=(TICKET,),
        )
        steps = rungs(quote, terms) if prices is None else prices
        work = beginning(OrderRole.ENTRY, wanted, steps, trade=trade, ticket=TICKET, units=units, now=clock())
        opening = replace(trade, work=work)
        services.store.apply(wing.trades.opening(opening))
        return opening

    return make


@pytest.fixture
def ticket_by_id(operator):
    return lambda ticket: operator.get(f"/api/tickets/{ticket}").json


@pytest.fixture
def enter(services, wing, clock):
    """Let the default bot enter by its settings."""

    def go(command=None) -> Ticket:
        intent = Intent.ENTER_STRUCTURE
        signal = Signal(Dialect.BOT_COMMAND, "AAPL", intent, Side.BUY, structure=command or EnterCommand())
        made = services.intake.alerts.new_ticket_id(clock())
        ticket = Ticket(made, "default", "bot_command", clock(), {})
        ledger = services.operations.ledger
        bot = services.operations.bots.find("default")

        def finish(changes):
            services.store.apply([*changes, ledger.writing(ticket)])

        wing.handler.carry_out(ticket, signal, bot, finish)
        return ticket

    return go


@pytest.fixture
def tick(services, clock):
    """Let the clock come round for some seconds, each task at its pace, and all of them in the last one."""

    def go(seconds):
        for left in reversed(range(seconds)):
            services.supervisor.tick(everything=left == 0)
            clock.move(seconds=1)

    return go


@pytest.fixture
def run(app):
    """Run a command inside the test's application."""
    return lambda *words, **options: app.test_cli_runner().invoke(args=list(words), **options)


@pytest.fixture
def condor(configure, enter, tick, wing):
    """Open a condor of a bot with these rules."""

    def make(**rules):
        configure(**FAST_CONDOR | rules)
        enter()
        tick(30)
        (trade,) = [stored.trade for stored in wing.trades.every()]
        assert trade.state is TradeState.OPEN
        return trade

    return make


@pytest.fixture
def climb(wing, clock):
    """Let the clock come round every second for some seconds; return the trade, or None once it is over."""

    def go(seconds=0):
        for _ in range(seconds + 1):
            wing.ladders.run()
            clock.move(seconds=1)
        stored = wing.trades.find("default", "t")
        return None if stored is None else stored.trade

    return go
