from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.orders import Side
from app.domain.reasons import Reason
from app.domain.signals import Dialect, Intent, Signal
from app.domain.structures.commands import EnterCommand, ExitCommand, WantedLeg, Which
from app.domain.structures.trades import TradeState
from app.domain.tickets import Ticket, TicketStatus
from app.domain.trading_state import StateSwitch, TradingState
from tests.builders import services_of
from tests.option_bots import CONDOR_BOT

pytestmark = pytest.mark.integration


@pytest.fixture
def command(services, clock):
    """Let the handler carry a command out; return its ticket."""

    def give(command, *, preview=False, crashes=False, meanwhile=lambda: None, services=services):
        intent = Intent.ENTER_STRUCTURE if isinstance(command, EnterCommand) else Intent.EXIT_STRUCTURE
        signal = Signal(Dialect.BOT_COMMAND, "AAPL", intent, Side.BUY, structure=command)
        bot = services.operations.bots.find("default")
        made = services.intake.alerts.new_ticket_id(clock())
        ticket = Ticket(made, "default", "bot_command", clock(), {})
        written = []

        def finish(changes):
            meanwhile()
            services.store.apply([*changes, services.operations.ledger.writing(ticket)])
            written.append(ticket)
            if crashes:
                raise KeyboardInterrupt

        handler = services.structures.handler
        if preview:
            handler.preview(ticket, signal, bot)
        else:
            try:
                handler.carry_out(ticket, signal, bot, finish)
            except KeyboardInterrupt:
                return ticket
            assert len(written) == 1
        return ticket

    return give


@pytest.fixture
def condor(configure):
    configure(**CONDOR_BOT)


@pytest.fixture
def run(wing, clock):
    def go(seconds=60):
        for _ in range(seconds):
            wing.ladders.run()
            clock.move(seconds=1)

    return go


@pytest.fixture
def trades(wing):
    return lambda: sorted((stored.trade for stored in wing.trades.every()), key=lambda one: one.number)


def strikes(trade):
    return [
        f"{leg.ratio:+d}{leg.option.kind[0].upper()}{leg.option.strike.normalize():f}"
        for leg in trade.structure.legs
    ]


def test_entry_when_by_settings_then_the_ticket_tells_every_candidate_and_the_trade_opens(
    command, condor, run, trades, ticket_by_id
):
    ticket = command(EnterCommand())
    run()
    (trade,) = trades()

    assert (ticket.status.value, trade.state, trade.units) == ("ordered", TradeState.OPEN, 1)
    assert strikes(trade) == ["+1P90", "-1P95", "-1C105", "+1C110"]
    weighed = ticket.signal["structure"]["candidates"]
    assert len(weighed) > 50
    assert sorted(row[0][-9] for row in weighed if row[-1]) == ["C", "P"]
    assert {gate[0] for gate in ticket.gates} >= {"options_level", "loss_affordable", "global_trading_state"}
    stored = ticket_by_id(ticket.id)
    assert (stored["status"], stored["orders"][0]["filled_quantity"]) == ("filled", "1")


def test_entry_when_previewed_then_the_same_is_told_and_nothing_is_kept(command, condor, trades):
    ticket = command(EnterCommand(), preview=True)

    assert ticket.signal["structure"]["legs"][0]["ratio"] == 1
    assert all(gate[1] for gate in ticket.gates)
    assert trades() == []


def test_entry_when_legs_are_named_then_the_nearest_listed_are_chosen(command, configure, trades):
    configure(structure="custom")
    legs = (
        WantedLeg("AAPL", 2, date(2025, 3, 19), "put", Decimal("94.2")),
        WantedLeg("AAPL", -2, date(2025, 3, 19), "put", Decimal("99.9")),
    )
    command(EnterCommand(legs=legs))
    (trade,) = trades()

    assert strikes(trade) == ["+1P95", "-1P100"]
    assert trade.structure.expiries == (date(2025, 3, 21),)
    assert trade.work is None or trade.work.units + trade.units == 2


@pytest.mark.parametrize(
    ("keys", "legs", "reason"),
    [
        ({}, (), "BOT_KIND_MISMATCH"),
        ({"structure": "custom"}, (), "BOT_KIND_MISMATCH"),
        ({"structure": "iron_condor"}, (), "BOT_KIND_MISMATCH"),
        (CONDOR_BOT | {"days_to_expiry_max": 1}, (), "DTE_OUT_OF_RANGE"),
        (CONDOR_BOT | {"wing_width": "3", "strike_rule": "exact"}, (), "STRIKE_TOO_FAR"),
        (CONDOR_BOT | {"max_loss": "10"}, (), "MAX_LOSS_EXCEEDED"),
        (CONDOR_BOT | {"underlying": "ZZZ"}, (), "CHAIN_UNAVAILABLE"),
        (CONDOR_BOT | {"min_open_interest": 10**9}, (), "OPEN_INTEREST_LOW"),
        (CONDOR_BOT | {"risk_amount": "1"}, (), "QUANTITY_ZERO"),
        (CONDOR_BOT | {"structure": "short_strangle"}, (), "OPTIONS_LEVEL_INSUFFICIENT"),
        (
            {"structure": "custom"},
            (WantedLeg("AAPL", 1, date(2026, 12, 1), "call", Decimal(100)),),
            "EXPIRY_TOO_FAR",
        ),
        (
            {"structure": "custom"},
            (WantedLeg("AAPL", 1, date(2025, 3, 21), "call", Decimal(500)),),
            "STRIKE_TOO_FAR",
        ),
    ],
)
def test_entry_when_it_cannot_be_had_then_denied_with_why_by_preview_too(
    command, configure, trades, keys, legs, reason
):
    configure(**keys)
    for preview in (True, False):
        ticket = command(EnterCommand(legs=legs), preview=preview)
        assert (ticket.status.value, ticket.reason.value) == ("denied", reason)
        assert ticket.message
    assert trades() == []


def test_entry_when_trading_is_halted_then_denied(command, condor, services, trades):
    services.operations.switch.throw(StateSwitch(TradingState.HALTED))
    assert command(EnterCommand()).reason.value == "TRADING_HALTED"
    assert trades() == []


def test_entry_when_sized_by_risk_then_the_largest_loss_fits(command, condor, configure, trades):
    configure(risk_pct="0.02")
    command(EnterCommand())
    (trade,) = trades()
    work = trade.work
    units = trade.units + (0 if work is None else work.units)

    assert units * 500 <= 2000 + 600
    assert units >= 4


def test_entry_when_the_process_dies_after_it_was_written_then_the_clock_goes_on_with_it(
    command, condor, run, trades, held
):
    command(EnterCommand(), crashes=True)
    assert held() == {}
    run()
    (trade,) = trades()

    assert trade.units == 1
    assert len(held()) == 4


def test_entry_when_it_is_taken_up_after_a_crash_then_it_counts_towards_the_caps(command, condor, services):
    first = command(EnterCommand(), crashes=True)
    again, bot = first.blank(), services.operations.bots.find("default")
    signal = Signal(Dialect.BOT_COMMAND, "AAPL", Intent.ENTER_STRUCTURE, Side.BUY, structure=EnterCommand())

    assert services.structures.handler.adopt(again, signal, bot, lambda _: None)
    assert again.entry == first.entry


def test_entry_when_another_underlying_is_entered_meanwhile_then_the_last_place_is_taken_once(
    command, condor, configure, broker
):
    broker.set_prices({"MSFT": Decimal(100)})
    configure(max_open_trades=1)
    legs = (WantedLeg("MSFT", 1, date(2025, 3, 21), "call", Decimal(100)),)
    with ThreadPoolExecutor(1) as pool:
        others = []

        def meanwhile():
            others.append(pool.submit(command, EnterCommand(None, legs)))
            # It waits for the bot: no longer than this test does.
            wait(others, timeout=0.3)

        first = command(EnterCommand(), meanwhile=meanwhile)

    assert (first.status, others[0].result().reason) == (TicketStatus.ORDERED, Reason.BOT_TRADES_CAP)


def test_entry_when_another_process_made_the_last_one_then_the_cap_holds(
    command, condor, configure, make_app
):
    configure(daily_order_cap=1)
    first = command(EnterCommand())
    second = command(EnterCommand(), services=services_of(make_app()))

    assert (first.status, second.reason) == (TicketStatus.ORDERED, Reason.DAILY_ORDER_CAP)


def test_entry_when_a_leg_opposes_another_trade_then_denied(command, configure, run):
    configure(structure="custom", ladder_give_pct="1")
    leg = WantedLeg("AAPL", 1, date(2025, 3, 21), "call", Decimal(100))
    command(EnterCommand(legs=(leg,)))
    run()
    against = (replace(leg, quantity=-1), replace(leg, strike=Decimal(105)))

    assert command(EnterCommand(legs=against)).reason.value == "LEG_HELD"
    assert command(EnterCommand(legs=(leg,))).status.value == "ordered"


@pytest.mark.parametrize(("which", "left"), [("newest", [1, 2]), ("oldest", [2, 3]), ("all", [])])
def test_exit_when_some_of_the_bots_are_meant_then_those(command, condor, run, trades, held, which, left):
    for _ in range(3):
        command(EnterCommand())
        run()
    command(ExitCommand(which=Which(which)))
    run(90)

    assert [trade.number for trade in trades()] == left
    assert {abs(quantity) for quantity in held().values()} == ({len(left)} if left else set())


def test_exit_when_a_trade_is_trimmed_then_rounded_up_and_the_rest_stays(
    command, condor, configure, run, trades
):
    configure(contracts=5)
    command(EnterCommand())
    run()
    ticket = command(ExitCommand(trade=1, trim=30))
    run(90)

    assert ticket.signal["closes"] == [{"trade": 1, "units_closed": 2}]
    assert [trade.units for trade in trades()] == [3]


def test_exit_when_it_is_opening_then_the_entry_ends_and_what_filled_is_left(
    command, condor, configure, run, trades, held, services
):
    configure(ladder_give_pct="0", ladder="patient", contracts=3)
    command(EnterCommand())
    command(ExitCommand(trade=1))
    run(90)

    assert trades() == []
    assert held() == {}
    assert services.portfolio.trades.closed.numbered(1) is not None


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (ExitCommand(trade=99), "TRADE_NONE"),
        (ExitCommand(which=Which.ALL), "TRADE_NONE"),
        (ExitCommand(which=Which.NEWEST), "TRADE_NONE"),
    ],
)
def test_exit_when_there_is_nothing_then_denied(command, condor, asked, reason):
    assert command(asked).reason.value == reason


@pytest.mark.parametrize(
    ("seconds", "status", "reason"), [(0, "canceled", "POSITION_NONE"), (40, "filled", None)]
)
def test_exit_when_its_ladder_ends_before_its_ticket_is_written_then_the_ticket_ends_too(
    command, condor, run, trades, ticket_by_id, seconds, status, reason
):
    command(EnterCommand(units=2))
    run(seconds)
    ticket = command(ExitCommand(which=Which.ALL), meanwhile=run)

    assert trades() == []
    found = ticket_by_id(ticket.id)
    assert (found["status"], found["reason"]) == (status, reason)


def test_exit_when_it_is_closing_already_then_denied(command, condor, run, desk):
    command(EnterCommand())
    run()
    desk.quotes = lambda _: {}
    command(ExitCommand(trade=1))

    assert command(ExitCommand(trade=1)).reason.value == "TRADE_CLOSING"
    assert command(ExitCommand(which=Which.ALL)).reason.value == "TRADE_NONE"


def test_exit_when_the_process_dies_between_trades_then_asked_again_each_is_left_once(
    command, condor, run, trades, held
):
    for _ in range(2):
        command(EnterCommand())
        run()
    command(ExitCommand(which=Which.ALL), crashes=True)
    run(90)

    assert trades() == []
    assert held() == {}
