"""A strategy's close and entry of one bar, in whatever order they arrive."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.json_codec import timestamp
from app.domain.orders import Side
from app.domain.reasons import Reason
from app.domain.signals import Dialect, Intent, Signal
from app.domain.tickets import Ticket
from tests.builders import EXIT_LONG, WEBHOOK_SECRET, client_of, fresh_ticket_id, services_of, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


@pytest.fixture
def alert(clock):
    """Build one order of a strategy that goes from one signed position to another."""

    def build(before: int, after: int, *, second: int | None = 0, **changes) -> dict:
        sides = {-1: "short", 0: "flat", 1: "long"}
        sent_at = None if second is None else timestamp(clock.now + timedelta(seconds=second))
        told = {
            "strategy_order_id": "any",
            "strategy_order_action": "buy" if after > before else "sell",
            "strategy_order_contracts": str(abs(after - before)),
            "market_position": sides[(after > 0) - (after < 0)],
            "market_position_size": str(abs(after)),
            "prev_market_position": sides[(before > 0) - (before < 0)],
            "prev_market_position_size": str(abs(before)),
            "time": sent_at,
        }
        return strategy_alert(**told | changes)

    return build


@pytest.fixture
def send(client, alert, ticket_of):
    """Post one order of a strategy; return its ticket."""
    return lambda *positions, **changes: ticket_of(client.post("/webhook", json=alert(*positions, **changes)))


def placed(ticket) -> list[tuple[str, str]]:
    return [(order["role"], order["side"]) for order in ticket["orders"]]


@pytest.mark.parametrize("second", [0, None])
def test_close_when_it_comes_after_the_opposite_entry_then_the_short_stays(send, holding, second):
    send(0, 1, second=second)
    entry = send(0, -1, second=second)
    short = holding()
    late = send(1, 0, second=second)

    assert late["reason"] == "POSITION_NONE"
    assert placed(entry) == [("exit", "sell"), ("entry", "sell")]
    assert (late["status"], late["orders"]) == ("skipped", [])
    assert float(short) < 0
    assert holding() == short


def test_close_when_it_comes_after_the_opposite_entry_then_its_preview_sells_nothing_back(
    send, operator, alert
):
    send(0, -1)
    preview = operator.post("/api/preview", json=alert(1, 0, second=None)).json

    assert (preview["status"], preview["reason"], preview["orders"]) == ("skipped", "POSITION_NONE", [])


def test_cover_when_it_comes_after_the_opposite_entry_then_the_long_stays(send, holding):
    send(0, -1)
    send(0, 1, second=60)
    late = send(-1, 0, second=60)

    assert late["orders"] == []
    assert holding() == "20"


@pytest.mark.parametrize(("first", "second"), [(60, 60), (60, 61)], ids=["one time", "other times"])
def test_close_when_it_comes_after_the_next_entry_then_the_position_stays(send, holding, first, second):
    send(0, 10)
    send(0, 10, second=second)
    late = send(10, 0, second=first)

    assert (late["status"], late["reason"]) == ("skipped", "ALERT_OVERTAKEN")
    assert holding() == "20"


def test_close_when_it_is_taken_for_late_then_the_owner_is_told(make_app, alert):
    heard = []
    app = make_app(notify=heard.append, notification_url="ntfy://localhost/x")
    client = client_of(app, x_bot_secret=WEBHOOK_SECRET)
    for sent in (alert(0, 10), alert(0, 10, second=60), alert(10, 0, second=60), alert(0, 10, second=59)):
        client.post("/webhook", json=sent)
    services_of(app).observability.notifier.close(60)

    assert [("ALERT_OVERTAKEN" in str(message), "exit" in str(message).lower()) for message in heard] == [
        (True, True)
    ]


def test_close_when_it_comes_in_its_time_then_the_position_is_closed(send, holding):
    send(0, 10)
    send(10, 0, second=60)
    send(0, 10, second=60)
    send(10, 0, second=120)

    assert holding() == "0"


@pytest.mark.parametrize("positions", [(10, 0, 5), (10, 0, -5), (10, 4, 9), (10, 4, 0)], ids=str)
@pytest.mark.parametrize("second", [60, None], ids=["one time", "sizes only"])
@pytest.mark.parametrize("backwards", [False, True])
def test_bar_when_tradingviews_sizes_are_traded_then_any_order_gives_its_position(
    send, configure, holding, positions, second, backwards
):
    configure(use_strategy_contracts=True)
    send(0, positions[0])
    moves = [positions[:2], positions[1:]]
    for before, after in reversed(moves) if backwards else moves:
        send(before, after, second=second)

    assert holding() == str(positions[-1])


def test_entry_when_its_close_came_first_then_nothing_is_opened(send, holding):
    send(0, 10)
    send(10, 0, second=60)
    send(10, 0, second=121)
    late = send(0, 10, second=120)

    assert late["reason"] == "ALERT_OVERTAKEN"
    assert holding() == "0"


@pytest.mark.parametrize(("symbol", "reason"), [("NASDAQ:AAPL", Reason.ALERT_OVERTAKEN), ("MSFT", None)])
def test_entry_when_an_exit_has_had_its_turn_while_it_waited_then_it_is_not_made(
    services, client, clock, broker, symbol, reason
):
    broker.set_prices({"AAPL": Decimal(100)})
    bot, _ = services.operations.bots.get("default")
    signal = Signal(Dialect.STRATEGY, "AAPL", Intent.ENTER_LONG, Side.BUY)
    ticket = Ticket(fresh_ticket_id(clock()), bot.id, signal.dialect.name, clock(), {})
    clock.move(seconds=2)
    client.post("/webhook", json=strategy_alert(**EXIT_LONG | {"symbol": symbol}))
    services.intake.trading.carry_out(ticket, signal, bot, services.store.apply)

    assert ticket.reason is reason


def test_late_alert_when_it_is_previewed_then_as_it_would_be_and_nothing_is_kept(
    operator, alert, send, store, holding
):
    send(0, 10)
    send(0, 10, second=60)
    before = {item.key: item.version for item in store.list("strategy_positions/")}
    preview = operator.post("/api/preview", json=alert(10, 0, second=60)).json

    assert preview["reason"] == "ALERT_OVERTAKEN"
    assert any(
        "a later alert came first and says long 10" in (stage["detail"] or "")
        for stage in preview["timeline"]
    )
    assert {item.key: item.version for item in store.list("strategy_positions/")} == before
    assert holding() == "20"


def test_late_close_when_another_process_gets_it_then_it_knows_too(make_app, alert, store, holding):
    apps = [make_app(store=store, allow_short_selling=True) for _ in range(2)]
    for app, positions, second in ((apps[0], (0, 10), 0), (apps[0], (0, 10), 60), (apps[1], (10, 0), 60)):
        sent = alert(*positions, second=second)
        answer = client_of(app, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=sent)

    assert answer.json["reason"] == "ALERT_OVERTAKEN"
    assert holding() == "20"


def test_close_when_the_entry_was_of_another_symbol_or_bot_then_closed(
    send, client, operator, anonymous, alert
):
    secret = operator.post("/api/bots", json={"id": "other"}).json["secret"]
    for changes in ({}, {"symbol": "MSFT"}):
        send(0, 10, **changes)
    anonymous.post("/webhook", json=alert(0, 10, second=60, token=secret))
    send(0, 10, second=60, symbol="MSFT")

    assert placed(send(10, 0, second=60)) == [("exit", "sell")]


class TestAnEntryThatWaits:
    """The entry rests at the broker when the close before it comes."""

    @pytest.fixture
    def app(self, make_app, scripted):
        return make_app(brokers={"paper": scripted}, dry_run=False, allow_short_selling=True)

    def test_late_close_when_the_next_entry_still_waits_then_it_is_not_cancelled(self, send, scripted):
        send(0, 10)
        send(10, 0, second=60)
        scripted.status = type(scripted.status).ACCEPTED
        send(0, 10, second=120)
        # An alert before it that was missing: nothing is known to be wanted by it any more.
        late = send(5, 0, second=119)

        assert late["reason"] == "POSITION_NONE"
        assert [receipt.status.value for receipt in scripted.taken.values()][-1] == "accepted"


def test_state_when_what_is_stored_is_not_ours_then_the_alert_is_taken_as_it_comes(send, store, holding):
    store.create("strategy_positions/default/paper:AAPL", {"position": "up"})
    send(0, 10)
    send(10, 0, second=60)

    assert holding() == "0"
