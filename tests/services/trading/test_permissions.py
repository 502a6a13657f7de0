"""Entries that a bot may not make at all, whatever their size; exits stay free."""

from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass
from app.domain.order_check import ProposedOrder
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.signals import Dialect, Intent, Signal
from app.domain.tickets import Ticket
from app.domain.trading_state import TradingState
from tests.builders import (
    ENTER_LONG,
    ENTER_SHORT,
    EXIT_LONG,
    client_of,
    fresh_ticket_id,
    strategy_alert,
)
from tests.domain.builders import NOW, TICKET

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


@pytest.fixture
def post(client):
    def send(**changes):
        return client.post("/webhook", json=strategy_alert(**changes))

    return send


@pytest.fixture
def other(operator, anonymous):
    """Post strategy alerts of a second bot at the same account."""
    secret = operator.post("/api/bots", json={"id": "other"}).json["secret"]

    def send(**changes):
        return anonymous.post("/webhook", json=strategy_alert(bot="other", secret=secret, **changes))

    return send


def test_entry_when_another_bot_holds_the_opposite_then_it_is_denied(post, other, holding):
    post(**ENTER_LONG)
    response = other(**ENTER_SHORT)

    assert (response.status_code, response.json["reason"]) == (400, "OPPOSED_BY_BOT")
    assert (
        response.json["error"]["message"]
        == "Another bot holds the opposite position in the same account: default."
    )
    assert holding() == "20"


@pytest.mark.parametrize("alert", [{"symbol": "MSFT", **ENTER_SHORT}, ENTER_LONG], ids=["symbol", "side"])
def test_entry_when_another_bot_holds_something_else_then_it_passes(post, other, alert):
    post(**ENTER_LONG)

    assert other(**alert).json["status"] == "filled"


def test_entry_when_the_other_bot_has_left_then_it_passes(post, other, holding):
    post(**ENTER_LONG)
    post(**EXIT_LONG)

    assert other(**ENTER_SHORT).json["status"] == "filled"
    assert holding() == "-20"


def test_reversal_when_another_bot_holds_what_is_left_then_it_only_closes(post, other, holding):
    post(**ENTER_LONG)
    other(**ENTER_LONG)
    response = post(**ENTER_SHORT)

    assert response.json["reason"] == "OPPOSED_BY_BOT"
    assert (response.json["order"]["role"], holding()) == ("exit", "20")


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"analyst": "required"}, "researching"),
        ({"analyst": "required", "approval": "always"}, "researching"),
        ({"approval": "always"}, "awaiting_approval"),
        ({"approval": "above_notional"}, "awaiting_approval"),
    ],
)
def test_entry_when_the_bot_wants_a_word_then_it_goes_on_later_and_exits_do_not(
    post, configure, holding, wanted, status
):
    post()
    configure(**wanted)
    response = post()

    assert (response.status_code, response.json["status"]) == (202, status)
    assert post(**EXIT_LONG).json["status"] == "filled"
    assert holding() == "0"


@pytest.mark.parametrize("wanted", [{"analyst": "off"}, {"approval": "off"}])
def test_entry_when_the_bot_wants_no_word_then_it_passes(post, configure, wanted):
    configure(**wanted)

    assert post().json["status"] == "filled"


@pytest.mark.parametrize(
    ("symbol", "reason"),
    [("BTCEUR", "CURRENCY_UNSUPPORTED"), ("EURJPY", "CURRENCY_UNSUPPORTED"), ("BTCUSD", None)],
)
def test_entry_when_its_price_is_in_another_currency_then_it_is_denied(post, symbol, reason):
    assert post(symbol=symbol).json.get("reason") == reason


@pytest.mark.parametrize(
    ("symbol", "alert", "reason"),
    [
        ("AAPL", ENTER_LONG, "BROKER_NOT_CONFIGURED"),
        ("AAPL", EXIT_LONG, "BROKER_NOT_CONFIGURED"),
        ("OANDA:EURUSD", ENTER_LONG, "SYMBOL_UNSUPPORTED"),
        ("BTCUSD", ENTER_SHORT, "SHORT_UNSUPPORTED"),
        ("TVC:SPX", ENTER_LONG, "SYMBOL_INDEX"),
    ],
)
def test_alert_when_its_broker_has_no_credentials_then_what_it_never_takes_is_told_first(
    post, configure, symbol, alert, reason
):
    configure(broker="alpaca")
    response = post(symbol=symbol, **alert)

    assert (response.status_code, response.json["reason"]) == (400, reason)


@pytest.mark.parametrize(
    ("broker", "needs"),
    [
        ("alpaca", "ALPACA_API_KEY, ALPACA_SECRET_KEY"),
        ("fyers", "FYERS_APP_ID, FYERS_SECRET_ID, FYERS_REDIRECT_URI or PUBLIC_URL"),
    ],
)
def test_alert_when_its_broker_has_no_credentials_then_the_settings_are_named(post, configure, broker, needs):
    configure(broker=broker)

    assert post(symbol="SBIN").json["error"]["message"].endswith(f": {broker} needs {needs}.")


@pytest.mark.parametrize("symbol", ["NSE:RELIANCE", "BSE:RELIANCE", "NSE:SBIN"])
def test_share_of_india_when_fyers_has_no_keys_then_they_are_what_is_missing(post, configure, symbol):
    configure(broker="fyers")

    assert post(symbol=symbol).json["reason"] == "BROKER_NOT_CONFIGURED"


@pytest.mark.parametrize(
    ("symbol", "venue"), [("BINANCE:BTCUSDT", "binance"), ("NSE:RELIANCE", "nse"), ("AAPL", None)]
)
def test_ticket_when_the_symbol_says_where_it_trades_then_the_signal_shows_it(post, ticket_of, symbol, venue):
    assert ticket_of(post(symbol=symbol))["signal"].get("venue") == venue


@pytest.mark.parametrize(("symbol", "reason"), [("BTCUSD", "SYMBOL_UNSUPPORTED"), ("SBIN", None)])
def test_gates_when_the_broker_has_no_credentials_then_all_are_asked_of_what_it_can_do(
    post, configure, ticket_of, symbol, reason
):
    configure(broker="fyers")
    verdicts = {verdict["gate"]: verdict["code"] for verdict in ticket_of(post(symbol=symbol))["gates"]}

    assert verdicts["broker_supports"] == reason
    assert verdicts["broker_configured"] == "BROKER_NOT_CONFIGURED"


def test_alert_when_a_broker_is_there_but_not_for_its_kind_then_the_broker_is_named(make_app, scripted):
    scripted.capabilities = type(scripted)(asset_classes=frozenset({AssetClass.CRYPTO})).capabilities
    client = client_of(make_app(brokers={"paper": scripted}), x_bot_secret="the-default-bots-secret")

    message = client.post("/webhook", json=strategy_alert()).json["error"]["message"]

    assert message == "This kind of instrument cannot be traded here: paper does not trade equity."


@pytest.mark.parametrize(
    ("seconds", "thrown"), [(2, {"state": "HALTED"}), (2, {"state": "REDUCING"}), (0, None), (2, None)]
)
def test_alert_when_its_bot_is_switched_while_it_waits_for_its_symbol_then_that_counts(
    services, operator, clock, broker, seconds, thrown
):
    broker.set_prices({"AAPL": Decimal(100)})
    bot, _ = services.operations.bots.get("default")
    signal = Signal(Dialect.STRATEGY, "AAPL", Intent.ENTER_LONG, Side.BUY)
    ticket = Ticket(fresh_ticket_id(clock()), bot.id, signal.dialect.name, clock(), {})
    clock.move(seconds=seconds)
    if thrown is not None:
        operator.put("/api/bots/default/trading-state", json=thrown)
    services.intake.trading.carry_out(ticket, signal, bot, services.store.apply)

    assert ticket.reason == (None if thrown is None else f"TRADING_{thrown['state']}")


def test_alert_when_its_bot_is_deleted_while_it_waits_for_its_symbol_then_nothing_is_sent(
    services, operator, clock, broker
):
    broker.set_prices({"AAPL": Decimal(100)})
    operator.post("/api/bots", json={"id": "other"})
    bot, _ = services.operations.bots.get("other")
    signal = Signal(Dialect.STRATEGY, "AAPL", Intent.ENTER_LONG, Side.BUY)
    ticket = Ticket(fresh_ticket_id(clock()), bot.id, signal.dialect.name, clock(), {})
    clock.move(seconds=2)
    operator.delete("/api/bots/other", headers={"If-Match": "*"})
    services.intake.trading.carry_out(ticket, signal, bot, services.store.apply)

    assert ticket.reason is Reason.TRADING_HALTED


@pytest.mark.parametrize("looked_at", ["global_state", "bot_state"])
def test_gates_when_nobody_has_looked_at_both_switches_then_nothing_may_trade(services, looked_at):
    bot, _ = services.operations.bots.get("default")
    signal = Signal(Dialect.STRATEGY, "AAPL", Intent.ENTER_LONG, Side.BUY)
    ticket = Ticket(TICKET, bot.id, signal.dialect.name, NOW, {})
    assessor = services.intake.trading.assessor
    context = assessor.open(ticket, signal, bot)
    setattr(context, looked_at, TradingState.ACTIVE)

    assert not assessor.gate_check.allows(context, ProposedOrder(OrderRole.EXIT, Side.SELL))
    assert ticket.reason is Reason.TRADING_HALTED
