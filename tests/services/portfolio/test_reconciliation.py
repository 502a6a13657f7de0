"""What brokers hold against what bots' trades say."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from app import create_app
from app.domain.money import ONE
from app.domain.orders import OrderRole, OrderStatus, Side
from app.domain.tickets import order_record
from app.domain.trades import Trade
from app.repositories.inbox import Arrival, Inbox
from app.repositories.open_orders import OpenOrder, open_order
from app.services.observability.events import EventKind
from tests.builders import ScriptedBroker, services_of, strategy_alert

pytestmark = pytest.mark.unit

KEY = "trades/default/paper:AAPL"


class LateBroker(ScriptedBroker):
    """A broker whose position in Apple is another one each time it is asked."""

    def positions(self):
        self.held = {"AAPL": Decimal(self.showing.pop(0))}
        return super().positions()


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def look(services, clock):
    """Look once, or several times a minute apart; return what counts in the end."""

    def looked(times: int = 1, seconds: float = 60) -> list[tuple[str, str, str]]:
        for _ in range(times):
            services.portfolio.reconciliation.run()
            clock.move(seconds=seconds)
        found = services.portfolio.reconciliation.unreconciled()
        return [(item.symbol, f"{item.held:f}/{item.known:f}", item.kind.value) for item in found]

    return looked


@pytest.fixture
def trade(store, clock):
    """Write a trade into the books."""

    def write(quantity: int, bot: str = "default", hours: int = 0) -> None:
        trade = Trade(bot, "paper", "AAPL", clock() + timedelta(hours=hours), Decimal(quantity))
        store.create(f"trades/{bot}/paper:AAPL", trade.to_json())

    return write


@pytest.fixture
def written(store):
    """Return what the bots' trades say."""
    return lambda: {item.value["bot"]: item.value["quantity"] for item in store.list("trades/")}


@pytest.fixture
def lines(settings):
    """Return the reconciliation's lines in the activity log."""

    def read() -> list[str]:
        log = settings.log_folder / "activity.log"
        text = log.read_text() if log.exists() else ""
        return [line.partition("reconciliation: ")[2] for line in text.splitlines() if "reconcil" in line]

    return read


def test_unmanaged_when_two_looks_saw_it_then_it_counts(look, scripted, trade):
    trade(10)
    scripted.held = {"AAPL": Decimal(15), "MSFT": Decimal(-3)}

    assert look() == []
    assert look() == [("AAPL", "15/10", "unmanaged"), ("MSFT", "-3/0", "unmanaged")]


def test_unmanaged_when_the_looks_are_too_close_then_it_does_not_count_yet(look, scripted):
    scripted.held = {"AAPL": Decimal(5)}

    assert look(6, seconds=10) == []
    assert look() == [("AAPL", "5/0", "unmanaged")]


def test_unmanaged_when_it_differs_in_every_look_then_it_never_counts(look, scripted):
    for quantity in range(1, 6):
        scripted.held = {"AAPL": Decimal(quantity)}
        assert look() == []


def test_unmanaged_when_it_lasts_then_it_is_told_once_and_once_more_when_it_is_over(look, scripted, lines):
    scripted.held = {"AAPL": Decimal(5)}
    look(5)
    scripted.held = {}

    assert look(3) == []
    assert lines() == [
        "unmanaged: paper holds 5 AAPL, the bots' trades say 0; nothing was traded",
        "paper and the bots' trades agree on AAPL again",
    ]


def test_unmanaged_when_it_grows_then_it_stays_listed_and_is_told_anew(look, scripted, lines):
    scripted.held = {"AAPL": Decimal(5)}
    look(2)
    scripted.held = {"AAPL": Decimal(6)}

    assert (look(), look()) == ([("AAPL", "5/0", "unmanaged")], [("AAPL", "6/0", "unmanaged")])
    assert len(lines()) == 2


def test_unmanaged_when_the_process_starts_anew_then_it_is_not_told_again(
    look, scripted, make_app, clock, lines
):
    scripted.held = {"AAPL": Decimal(5)}
    look(2)
    reconciliation = services_of(
        make_app(brokers={"paper": scripted}, dry_run=False)
    ).portfolio.reconciliation
    for _ in range(3):
        reconciliation.run()
        clock.move(seconds=60)

    assert (len(lines()), len(reconciliation.unreconciled())) == (1, 1)


def test_difference_when_an_order_of_ours_works_then_it_does_not_count(client, look, scripted):
    scripted.status = OrderStatus.ACCEPTED
    client.post("/webhook", json=strategy_alert())
    scripted.held = {"AAPL": Decimal(7)}

    assert look(5) == []


def test_difference_when_only_exits_rest_then_it_counts(look, scripted, store, trade, written, clock):
    trade(10)
    scripted.held = {"AAPL": Decimal(4)}
    leg = OpenOrder(
        client_order_id="default-1-sl",
        ticket=UUID(int=1),
        bot="default",
        broker="paper",
        symbol="AAPL",
        role=OrderRole.EXIT,
        multiplier=Decimal(1),
        submitted_at=clock(),
    )
    store.apply([leg.opening()])
    look(2)

    assert written() == {"default": "4"}


@pytest.mark.parametrize(("held", "after"), [(4, {"default": "4"}), (0, {}), (-3, {})])
def test_missing_when_two_looks_saw_it_then_the_books_are_put_right(
    look, scripted, trade, written, held, after
):
    trade(10)
    scripted.held = {"AAPL": Decimal(held)}
    before = (look(), written())

    assert (before, look()) == (([], {"default": "10"}), [])
    assert (written(), scripted.submitted) == (after, [])


def test_missing_when_the_books_were_put_right_then_it_is_told_once(look, scripted, trade, lines):
    trade(10)
    scripted.held = {"AAPL": Decimal(4)}
    look(6)

    assert lines() == [
        "default: 6 AAPL at paper was closed outside Gatehouse; 4 left",
        "missing: paper holds 4 AAPL, the bots' trades say 10; put right: closed outside Gatehouse",
    ]


def test_missing_when_several_bots_hold_it_then_the_latest_loses_first(look, scripted, trade, written):
    trade(10)
    trade(5, "late", hours=1)
    scripted.held = {"AAPL": Decimal(8)}
    look(2)

    assert written() == {"default": "8"}


def test_missing_when_the_other_side_is_held_then_that_becomes_unmanaged(look, scripted, trade):
    trade(10)
    scripted.held = {"AAPL": Decimal(-3)}

    assert look(4) == [("AAPL", "-3/0", "unmanaged")]


def test_missing_when_the_broker_shows_the_units_at_last_then_the_books_stay(
    make_app, clock, trade, written, lines
):
    trade(10)
    broker = LateBroker()
    reconciliation = services_of(make_app(brokers={"paper": broker}, dry_run=False)).portfolio.reconciliation
    for broker.showing in ([0], [0, 10], [10]):
        reconciliation.run()
        clock.move(seconds=60)

    assert (written(), lines()) == ({"default": "10"}, [])


def test_missing_when_a_stop_has_filled_meanwhile_then_it_is_counted_instead(
    client, look, scripted, store, written, lines, clock
):
    client.post("/webhook", json=strategy_alert())
    order = replace(scripted.submitted[0], client_order_id="default-1-sl", side=Side.SELL)
    record = order_record(scripted.take(order), bot="default", ticket=UUID(int=1), role="exit")
    kept = open_order(
        "default-1-sl", record | {"client_order_id": "default-1"}, multiplier=Decimal(1), at=clock()
    )
    store.apply([kept.opening()])

    assert (look(3), written(), lines()) == ([], {}, [])


def test_missing_when_the_trade_goes_on_then_old_fills_are_not_counted_again(client, look, scripted, written):
    client.post("/webhook", json=strategy_alert())
    scripted.held = {"AAPL": Decimal(5)}
    look(2)
    before = written()
    client.post("/webhook", json=strategy_alert())

    assert (before, written()) == ({"default": "5"}, {"default": f"{scripted.held['AAPL']:f}"})


def test_missing_when_the_broker_kept_its_fee_in_the_coin_then_nobody_is_told(
    make_app, clock, store, settings
):
    broker = ScriptedBroker(coin_fee=Decimal("0.0025"))
    services = services_of(make_app(brokers={"paper": broker}, dry_run=False))
    trade = Trade("default", "paper", "BTC-USD", clock(), Decimal(1))
    store.create("trades/default/paper:BTC-USD", trade.to_json())
    broker.held = {"BTC-USD": Decimal("0.9975")}
    for _ in range(3):
        services.portfolio.reconciliation.run()
        clock.move(seconds=60)
    log = (settings.log_folder / "activity.log").read_text()

    assert store.get("trades/default/paper:BTC-USD").value["quantity"] == "0.9975"
    assert ("went as a fee" in log, "missing" in log) == (True, False)


@pytest.mark.parametrize(
    ("symbol", "held", "is_fee"),
    [("BTC-USD", "0.9974", False), ("BTC-USD", "0.9975", True), ("AAPL", "0.9975", False)],
)
def test_missing_when_it_is_a_coin_and_no_more_than_the_fee_then_nobody_is_told(
    make_app, clock, store, settings, symbol, held, is_fee
):
    broker = ScriptedBroker(coin_fee=Decimal("0.0025"))
    services = services_of(make_app(brokers={"paper": broker}, dry_run=False))
    store.create(f"trades/default/paper:{symbol}", Trade("default", "paper", symbol, clock(), ONE).to_json())
    broker.held = {symbol: Decimal(held)}
    for _ in range(3):
        services.portfolio.reconciliation.run()
        clock.move(seconds=60)
    log = (settings.log_folder / "activity.log").read_text()

    assert ("went as a fee" in log, "missing" in log) == (is_fee, not is_fee)


def test_broker_when_it_cannot_be_asked_then_what_counts_stays(look, scripted, written, trade):
    trade(10)
    scripted.held = {"AAPL": Decimal(15)}
    before = look(2)
    scripted.is_reachable = False

    assert look(3) == before
    assert written() == {"default": "10"}


@pytest.mark.parametrize(("dry_run", "simulated", "is_seen"), [(True, False, False), (True, True, True)])
def test_broker_when_runs_are_dry_then_only_a_simulated_one_is_looked_at(
    make_app, clock, dry_run, simulated, is_seen
):
    broker = ScriptedBroker(simulated=simulated)
    broker.held = {"AAPL": Decimal(5)}
    reconciliation = services_of(
        make_app(brokers={"paper": broker}, dry_run=dry_run)
    ).portfolio.reconciliation
    for _ in range(2):
        reconciliation.run()
        clock.move(seconds=60)

    assert bool(reconciliation.unreconciled()) is is_seen


def test_owner_when_something_differs_then_a_message_says_so(settings, store, clock, scripted):
    heard = []
    told = replace(settings, notification_url="https://push.example", dry_run=False)
    app = create_app(told, store=store, brokers={"paper": scripted}, clock=clock, notify=heard.append)
    services = services_of(app)
    for held in (5, 5, 5, 0, 0):
        scripted.held = {"AAPL": Decimal(held)}
        services.supervisor.tick(everything=True)
        clock.move(seconds=60)
    services.observability.notifier.close(60)
    services.observability.journal.close()

    assert [event.kind for event in heard] == [EventKind.POSITION_MISMATCH, EventKind.POSITION_MATCH]
    assert [event.severity.value for event in heard] == ["warning", "info"]


def test_status_when_something_differs_then_it_is_shown(operator, look, scripted, clock):
    since = clock()
    scripted.held = {"AAPL": Decimal("5.5")}
    look(2)
    shown = {"broker": "paper", "symbol": "AAPL", "held": "5.5", "known": "0", "kind": "unmanaged"}
    (found,) = operator.get("/status?fresh=true").json["unreconciled"]

    assert found == shown | {"since": found["since"]}
    assert found["since"].startswith(since.isoformat()[:19])


def test_agree_when_the_books_say_more_then_they_are_reduced_in_silence(
    services, scripted, trade, written, lines, clock
):
    trade(15)
    scripted.held = {"AAPL": Decimal(10)}
    first = services.portfolio.reconciliation.agree("paper", "AAPL")
    clock.move(seconds=11)

    assert (first, written()) == (False, {"default": "15"})
    assert services.portfolio.reconciliation.agree("paper", "AAPL")
    assert written() == {"default": "10"}
    assert lines() == ["default: 5 AAPL at paper had been sold before it was known; 10 left"]


@pytest.mark.parametrize("between", ["10", "15", "0"], ids=["another figure", "agrees again", "less still"])
def test_agree_when_the_second_look_differs_then_the_books_stay(
    services, scripted, trade, written, clock, between
):
    trade(15)
    for held in ("5", between, "5"):
        scripted.held = {"AAPL": Decimal(held)}
        services.portfolio.reconciliation.agree("paper", "AAPL")
        clock.move(seconds=11)

    assert written() == {"default": "15"}


def test_look_when_an_alert_is_unfinished_then_nothing_is_compared(services, store, trade, look, clock):
    trade(10)
    inbox = Inbox(store, clock, services.intake.recovery.locks.owner, ttl_seconds=300)
    inbox.claim(Arrival(UUID(int=1), "default", "strategy", "abc", {}, clock()))

    assert look(1) == []
    assert services.portfolio.reconciliation.run() == 0
