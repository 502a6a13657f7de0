"""Structures beside one whose record cannot be read, as a newer version that was taken back leaves it."""

from decimal import Decimal

import pytest

from app.domain.orders import Side
from app.domain.signals import Dialect, Intent, Signal
from app.domain.structures.commands import ExitCommand, Which
from app.domain.tickets import Ticket
from app.errors import RecordUnreadable
from tests.option_bots import CONDOR_BOT

pytestmark = pytest.mark.integration


@pytest.fixture
def leave(services, wing, clock):
    """Let the default bot leave trades by a command."""

    def go(which: Which) -> None:
        command, side = ExitCommand(which=which), Side.SELL
        signal = Signal(Dialect.BOT_COMMAND, "AAPL", Intent.EXIT_STRUCTURE, side, structure=command)
        ticket = Ticket(services.intake.alerts.new_ticket_id(clock()), "default", "bot_command", clock(), {})
        ledger, bot = services.operations.ledger, services.operations.bots.find("default")
        write = services.store.apply
        wing.handler.carry_out(ticket, signal, bot, lambda changes: write([*changes, ledger.writing(ticket)]))

    return go


def test_entry_when_another_trade_cannot_be_read_then_it_may_hold_the_other_side_of_a_contract(
    configure, enter, store, desk
):
    configure(**CONDOR_BOT)
    store.create("structures/other/1", {"broker": "paper"})

    with pytest.raises(RecordUnreadable, match="structures/other/1"):
        enter()


def test_stop_when_another_trade_cannot_be_read_then_it_is_looked_at_and_the_clock_tells(
    condor, store, tick, broker, wing, services
):
    opened = condor(stop_loss_pct="1")
    store.create("structures/other/1", {"broker": "elsewhere"})
    broker.set_prices({"AAPL": Decimal("107.5")})
    tick(90)

    assert wing.trades.find(opened.bot, opened.id) is None
    assert "structures" in services.supervisor.failing


def test_exit_of_all_when_a_trade_cannot_be_read_then_the_others_are_left_and_the_owner_hears_of_it(
    condor, leave, store, tick, wing, settings
):
    opened = condor()
    store.create("structures/default/zzz", {"broker": "paper"})
    leave(Which.ALL)
    tick(60)

    assert wing.trades.find(opened.bot, opened.id) is None
    assert "structures/default/zzz cannot be read" in (settings.log_folder / "activity.log").read_text()


def test_exit_of_the_newest_when_a_trade_cannot_be_read_then_none_is_taken_for_it(condor, leave, store, wing):
    opened = condor()
    store.create("structures/default/zzz", {"broker": "paper"})

    with pytest.raises(RecordUnreadable, match="zzz"):
        leave(Which.NEWEST)
    assert wing.trades.find(opened.bot, opened.id).trade.wanted_exit is None
