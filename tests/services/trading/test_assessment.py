"""Sizing, prices and limits: what an alert comes to before the broker is told."""

from decimal import Decimal

import pytest

from app.domain.gates import FIGURES, PERMISSIONS
from app.domain.instruments import AssetClass
from tests.builders import (
    ENTER_LONG,
    ENTER_SHORT,
    EXIT_LONG,
    WEBHOOK_SECRET,
    ScriptedBroker,
    client_of,
    post_at_once,
    strategy_alert,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def post(client):
    def send(**changes):
        return client.post("/webhook", json=strategy_alert(**changes))

    return send


@pytest.fixture
def code(post):
    """Post an alert and read the code of its refusal."""

    def send(**changes):
        response = post(**changes)
        assert response.status_code == 400
        return response.json["error"]["code"]

    return send


@pytest.mark.parametrize(
    ("configuration", "contracts", "quantity"),
    [
        ({"use_strategy_contracts": True, "notional": "300"}, "7.5", "7.5"),
        ({"use_strategy_contracts": True, "notional": "300"}, None, "3"),
        ({"use_strategy_contracts": True}, None, "20"),
        ({"notional": "350"}, "7.5", "3.5"),
        ({"base_order_pct": "0.001"}, "7.5", "1"),
        ({}, None, "20"),
    ],
    ids=["contracts", "to notional", "to equity", "notional", "percent", "default"],
)
def test_size_when_a_source_is_missing_then_the_next_one_counts(
    post, configure, holding, configuration, contracts, quantity
):
    configure(**configuration)
    post(strategy_order_contracts=contracts)

    assert holding() == quantity


def test_size_when_it_comes_to_nothing_then_the_entry_is_denied(code, configure):
    configure(use_strategy_contracts=True)

    assert code(strategy_order_contracts="0") == "QUANTITY_ZERO"


@pytest.mark.parametrize(("kinds", "quantity"), [({AssetClass.EQUITY}, "3.5"), (set(), "3")])
def test_size_when_the_broker_takes_no_fractions_then_it_is_rounded_down(make_app, kinds, quantity):
    broker = ScriptedBroker(fractional=frozenset(kinds))
    broker.price = "571.428571428"
    post_at_once(make_app(brokers={"paper": broker}, dry_run=False), [strategy_alert()])

    assert broker.submitted[0].quantity.quantize(Decimal("0.001")) == Decimal(quantity)


@pytest.mark.parametrize(
    ("side", "ticks", "limit"),
    [
        (ENTER_LONG, 5, "100.05"),
        (ENTER_LONG, -5, "99.95"),
        (ENTER_SHORT, 5, "99.95"),
        (ENTER_SHORT, -5, "100.05"),
        (ENTER_LONG, 0, "100.00"),
    ],
)
def test_limit_when_the_offset_is_positive_then_it_is_more_eager(make_app, configure, side, ticks, limit):
    client = client_of(make_app(allow_short_selling=True), x_bot_secret=WEBHOOK_SECRET)
    configure(use_limit_orders=True, limit_offset_ticks=ticks)
    order = client.post("/webhook", json=strategy_alert(**side)).json["order"]

    assert (order["type"], Decimal(order["limit_price"])) == ("limit", Decimal(limit))


def test_limit_when_the_markets_price_is_wanted_then_the_alerts_is_ignored(post, configure, operator):
    operator.put("/api/paper/prices", json={"AAPL": "90"})
    configure(use_limit_orders=True, use_strategy_order_price=False)

    assert post().json["order"]["limit_price"] == "90"


def test_exit_when_the_bot_uses_limits_then_it_still_goes_at_the_market(post, configure):
    post()
    configure(use_limit_orders=True)

    assert post(**EXIT_LONG).json["order"]["type"] == "market"


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"allowed_symbols": ["MSFT"]}, "SYMBOL_NOT_ALLOWED"),
        ({"allowed_symbols": []}, "SYMBOL_NOT_ALLOWED"),
        ({"max_order_quantity": "19"}, "QUANTITY_EXCEEDS_LIMIT"),
        ({"max_order_notional": "1999"}, "NOTIONAL_EXCEEDS_LIMIT"),
        ({"notional": "100001"}, "BUYING_POWER_INSUFFICIENT"),
        ({"daily_order_cap": 0}, "DAILY_ORDER_CAP"),
        ({"daily_notional_cap": "1999"}, "DAILY_NOTIONAL_CAP"),
        ({"per_symbol_cap": "1999"}, "SYMBOL_EXPOSURE_CAP"),
        ({"max_open_positions": 0}, "OPEN_POSITIONS_CAP"),
    ],
)
def test_entry_when_a_limit_is_crossed_then_its_code_is_answered(
    code, configure, broker, configuration, expected
):
    configure(**configuration)

    assert code() == expected
    assert broker.open_orders() == broker.positions() == []


@pytest.mark.parametrize(
    "configuration",
    [
        {"allowed_symbols": ["MSFT"]},
        {"max_order_quantity": "1"},
        {"max_order_notional": "1"},
        {"daily_order_cap": 1},
        {"daily_notional_cap": "1"},
        {"per_symbol_cap": "1"},
        {"max_open_positions": 0},
        {"cooldown_seconds": 600},
        {"max_price_deviation_pct": "0.0001"},
    ],
    ids=lambda configuration: next(iter(configuration)),
)
def test_exit_when_entries_are_limited_then_it_passes(post, configure, holding, configuration):
    post()
    configure(**configuration)

    assert post(**EXIT_LONG, strategy_order_price="70").json["status"] == "filled"
    assert holding() == "0"


def test_symbol_list_when_it_is_written_otherwise_then_it_means_the_same(post, configure):
    configure(allowed_symbols=["COINBASE:BTCUSD"])

    assert post(symbol="BTC/USD").json["status"] == "filled"


def test_limit_when_the_environment_is_stricter_then_the_bot_cannot_loosen_it(make_app, configure):
    client = client_of(make_app(daily_order_cap=1), x_bot_secret=WEBHOOK_SECRET)
    configure(daily_order_cap=50)
    answers = [client.post("/webhook", json=strategy_alert()).status_code for _ in range(2)]

    assert answers == [200, 400]


def test_exposure_when_the_position_would_grow_beyond_it_then_the_addition_is_denied(post, code, configure):
    configure(per_symbol_cap="3000")
    post()

    assert code() == "SYMBOL_EXPOSURE_CAP"


def test_size_when_it_comes_to_nothing_then_price_and_budget_are_told(post, configure):
    configure(notional="0.00000001")
    message = post().json["error"]["message"]

    assert message.endswith("price 100 USD, budget 0.00000001 USD.")


def test_positions_when_the_symbol_is_held_then_the_cap_lets_it_grow(post, code, configure):
    configure(max_open_positions=1)
    post()

    assert post().status_code == 200
    assert code(symbol="MSFT") == "OPEN_POSITIONS_CAP"


def test_cooldown_when_it_is_over_then_the_symbol_may_be_entered_again(post, code, configure, clock):
    configure(cooldown_seconds=60)
    post()

    assert code() == "COOLDOWN_ACTIVE"
    assert post(symbol="MSFT").status_code == 200
    clock.move(seconds=60)
    assert post().status_code == 200


@pytest.mark.parametrize(("price", "status"), [("101", 200), ("103", 400), ("97", 400)])
def test_deviation_when_the_alert_is_too_far_from_the_quote_then_it_is_denied(
    post, configure, operator, price, status
):
    operator.put("/api/paper/prices", json={"AAPL": "100"})
    configure(max_price_deviation_pct="0.02")

    assert post(strategy_order_price=price).status_code == status


@pytest.mark.parametrize(("is_open", "status"), [(True, 200), (False, 400)])
def test_hours_when_the_market_is_closed_then_entries_are_denied(make_app, scripted, is_open, status):
    app = make_app(brokers={"paper": scripted}, dry_run=False, market_hours_only=True)
    scripted.is_open = is_open
    response = client_of(app, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=strategy_alert())

    assert response.status_code == status
    assert len(scripted.submitted) == int(is_open)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-59, None), (-61, "ALERT_STALE"), (59, None), (61, "ALERT_FROM_FUTURE")],
)
def test_freshness_when_a_limit_is_set_then_the_alerts_own_time_counts(make_app, clock, seconds, expected):
    client = client_of(make_app(stale_alert_seconds=60), x_bot_secret=WEBHOOK_SECRET)
    sent_at = int((clock.now.timestamp() + seconds) * 1000)
    response = client.post("/webhook", json=strategy_alert(time=sent_at))

    assert response.json.get("error", {}).get("code") == expected


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("BTCUSD.P", "SYMBOL_UNSUPPORTED"),
        ("ES1!", "SYMBOL_UNSUPPORTED"),
        ("TVC:SPX", "SYMBOL_INDEX"),
        ("\uff21\uff21\uff30\uff2c", "SYMBOL_MALFORMED"),
        ("\u0410\u0410\u0420L", "SYMBOL_MALFORMED"),
    ],
)
def test_symbol_when_it_cannot_be_traded_then_it_is_denied_with_a_code(code, symbol, expected):
    assert code(symbol=symbol) == expected


def test_caps_when_alerts_arrive_at_once_then_exactly_the_cap_is_ordered(app, configure, broker):
    configure(daily_order_cap=5, notional="100")
    symbols = ["AAPL", "MSFT", "SPY", "F", "GE"] * 4
    responses = post_at_once(app, [strategy_alert(symbol=symbol) for symbol in symbols])

    assert sorted(response.status_code for response in responses) == [200] * 5 + [400] * 15
    assert sum(position.quantity for position in broker.positions()) == 5


def test_notional_cap_when_alerts_arrive_at_once_then_it_is_not_exceeded(app, configure, broker):
    configure(daily_notional_cap="500", notional="100")
    symbols = ["AAPL", "MSFT", "SPY", "F", "GE"] * 2
    post_at_once(app, [strategy_alert(symbol=symbol) for symbol in symbols])

    assert sum(position.quantity for position in broker.positions()) == 5


def test_position_cap_when_entries_arrive_at_once_then_one_is_placed(app, configure):
    configure(max_open_positions=1)
    responses = post_at_once(app, [strategy_alert(symbol=symbol) for symbol in ("AAPL", "MSFT", "SPY")])

    assert sorted(response.status_code for response in responses) == [200, 400, 400]


def test_position_cap_when_an_entry_rests_then_it_counts(post, code, configure, operator):
    operator.put("/api/paper/prices", json={"AAPL": "110"})
    configure(max_open_positions=1, use_limit_orders=True)

    assert post().json["status"] == "ordered"
    assert code(symbol="MSFT") == "OPEN_POSITIONS_CAP"


def test_gates_when_an_order_is_judged_then_every_verdict_is_in_the_ticket(post, ticket_of):
    gates = ticket_of(post())["gates"]

    assert [verdict["gate"] for verdict in gates] == [
        *(gate.name for gate in PERMISSIONS.gates),
        "review",
        "idea",
        *(gate.name for gate in FIGURES.gates),
        "caps",
        "losses",
        "timing",
    ]
    assert all(verdict["passed"] and verdict["detail"] for verdict in gates)


@pytest.mark.parametrize(
    ("limits", "asked", "rest"),
    [
        ({"daily_order_cap": 9}, "daily_orders", {"losses", "timing"}),
        ({"max_consecutive_losses": 9}, "losses_in_a_row", {"caps", "timing"}),
        ({"trading_windows": ["mon-sun 00:00-24:00"]}, "trading_windows", {"caps", "losses"}),
    ],
)
def test_gates_when_a_limit_is_set_then_its_group_is_asked_and_the_others_say_why_not(
    post, configure, ticket_of, limits, asked, rest
):
    configure(**limits)
    told = {verdict["gate"]: verdict["detail"] for verdict in ticket_of(post())["gates"]}

    assert asked in told
    assert {name for name, detail in told.items() if detail == "no such limit is set"} == rest


def test_gates_when_one_refuses_then_the_ticket_has_the_figures_compared(post, configure, ticket_of):
    configure(max_order_quantity="19")
    refused = [verdict for verdict in ticket_of(post())["gates"] if not verdict["passed"]]

    assert [verdict["code"] for verdict in refused] == ["QUANTITY_EXCEEDS_LIMIT"]
    assert refused[0]["detail"] == "20 shares, limit 19 shares"
