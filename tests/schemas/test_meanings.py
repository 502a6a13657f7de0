"""The table of meanings as a table: each name is read as something, refused with a sentence, or harmless."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.orders import OrderType, Side
from app.domain.signals import Intent, Target
from app.errors import MalformedAlert
from app.schemas import meanings
from app.schemas.body import read_object
from app.schemas.dialects import DIALECTS
from app.schemas.meanings import BY_LETTERS, MEANINGS, letters_of, meaning_of
from app.schemas.reading import read_signal
from tests.builders import trade_idea
from tests.schemas.builders import BRIDGE, MISSING, OPTION, STRATEGY, changed

pytestmark = pytest.mark.unit

# As it comes out of JSON: fractions are decimals.
IDEA = read_object(json.dumps(trade_idea()).encode())
BASES = {"strategy": STRATEGY, "option": OPTION, "bridge": BRIDGE, "trade_idea": IDEA}
EXIT = {"strategy_order_action": "sell"}
NAMES = sorted({name for meaning in MEANINGS for name in meaning.names})


def read(dialect, **changes):
    return read_signal(DIALECTS[dialect], changed(BASES[dialect], **changes))


def refusal(dialect, **changes):
    with pytest.raises(MalformedAlert) as refused:
        read(dialect, **changes)
    return refused.value.message


# What stands in the place of which field: names, what they say, what the signal then has.
READ = [
    ("strategy", "symbol", "Symbol ticker tv_instrument trading.symbol", "MSFT", "symbol", "MSFT"),
    (
        "strategy",
        "strategy_order_action",
        "action side orderAction strategy.order_action",
        "buy",
        "side",
        Side.BUY,
    ),
    (
        "strategy",
        "strategy_order_contracts",
        "quantity qty Qty contracts size shares order_quantity strategy_order_quantity Order.Quantity",
        "3",
        "quantity",
        Decimal(3),
    ),
    (
        "strategy",
        "strategy_order_price",
        "price signalPrice entry_price",
        101,
        "reference_price",
        Decimal(101),
    ),
    ("strategy", "stop_loss", "sl SL stopLoss stop_loss_price sl.price", "95", "stop_loss", Decimal(95)),
    ("strategy", "take_profit", "tp TakeProfit tpPrice target_price", 110, "take_profit", Decimal(110)),
    ("strategy", "stop_loss", "stopLoss", {"stopPrice": 95, "type": "stop"}, "stop_loss", Decimal(95)),
    ("strategy", "take_profit", "takeProfit", {"limitPrice": 110}, "take_profit", Decimal(110)),
    ("strategy", "order_type", "orderType price_type", "MKT", "order_type", OrderType.MARKET),
    (
        "strategy",
        "market_position",
        "strategy_market_position marketPosition sentiment mar_pos position",
        "Long",
        "target",
        Target(1),
    ),
    ("strategy", "market_position", "sentiment", "bearish", "target", Target(-1)),
    ("strategy", "idempotency_key", "IdempotencyKey", "k", "idempotency_key", "k"),
    ("strategy", "strategy_order_id", "order_id Strategy_Order_ID", "short", "intent", Intent.EXIT_SHORT),
    ("option", "qty", "quantity Quantity units size", "130", "quantity", Decimal(130)),
    ("option", "sl", "stopLoss stop_loss slPrice", 120, "stop_loss", Decimal(120)),
    ("option", "tp", "take_profit targetPrice", 60, "take_profit", Decimal(60)),
    ("option", "action", "side transactionType", "SELL", "side", Side.SELL),
    ("option", "strikeprice", "strikePrice strike_price", "24500", "quantity", Decimal(65)),
    ("option", "productType", "product product_type", "MARGIN", "product", "MARGIN"),
    ("trade_idea", "stop_price", "sl stopLoss", 138, "stop_loss", Decimal(138)),
    ("trade_idea", "target_price", "tp take_profit", 150, "take_profit", Decimal(150)),
    ("trade_idea", "entry_price", "price signal_price", 143, "reference_price", Decimal(143)),
]


@pytest.mark.parametrize(
    ("dialect", "own", "name", "value", "part", "expected"),
    [(dialect, own, name, *rest) for dialect, own, names, *rest in READ for name in names.split()],
)
def test_name_when_it_means_a_field_of_the_dialect_then_it_is_read_as_that(
    dialect, own, name, value, part, expected
):
    more = {"strategy_order_action": "buy"} if own == "strategy_order_id" else {}
    signal = read(dialect, **more | {own: MISSING, name: value})

    assert getattr(signal, part) == expected


REFUSED = [
    ("strategy", "positionSize position_size target_position", 3, "write market_position and"),
    ("strategy", "trailing trailingStop trail_percent trailAmount", 1, "set trailing_stop_pct at the bot"),
    ("strategy", "breakeven break_even_offset", 1, "set break_even_pct at the bot"),
    ("strategy", "sl_pct stopLossPercent tpPercent dollar_sl", 2, "write the exit as a price, or set sl_pct"),
    ("strategy", "tp1 take_profit_2 sl2 targets", 110, "one stop-loss and one take-profit are read"),
    ("strategy", "amount notional percent_of_equity risk lots", 5, "set notional, base_order_pct, risk_pct"),
    (
        "strategy",
        "limit_price limitPrice strategy_limit_price",
        99,
        "set use_limit_orders at the bot, or send",
    ),
    ("strategy", "stopPrice trigger_price", 99, "a stop-loss is written as such"),
    ("strategy", "leverage Leverage margin_mode", 5, "it is set at the broker"),
    ("strategy", "reduceOnly closePosition", True, "a command cancels"),
    ("strategy", "time_in_force tif", "ioc", "orders are for the day"),
    ("strategy", "optionType strike expiry", "CE", "contracts are traded by option alerts"),
    ("strategy", "account broker", "x", "name the bot in the alert"),
    ("strategy", "Bot", "swing", "write bot"),
    ("option", "contracts", 2, "write the units in qty, a multiple of the lot"),
    ("option", "lots", 2, "write the units in qty, a multiple of the lot"),
    ("option", "limit_price signalPrice", 90, "in price, with orderType LIMIT"),
    ("option", "trailing", 1, "set trailing_stop_pct at the bot"),
    ("bridge", "qty contracts Quantity", 1, "write quantity"),
    ("bridge", "price", 95, "write limit_price"),
    ("bridge", "sl stopLoss", 95, "set attach_sl_tp and sl_pct at the bot"),
    ("bridge", "Fund_ID", "x", "write fund_id"),
    ("trade_idea", "leverage", 5, "it is set at the broker"),
    ("trade_idea", "trailing", 5, "set trailing_stop_pct at the bot"),
]


@pytest.mark.parametrize(
    ("dialect", "name", "value", "told"),
    [(dialect, name, *rest) for dialect, names, *rest in REFUSED for name in names.split()],
)
def test_name_when_it_means_what_is_not_read_then_refused_with_what_to_do(dialect, name, value, told):
    message = refusal(dialect, **{name: value})

    assert f"`{name}` is not read here; " in message
    assert told in message


HARMLESS = (
    "interval timeframe timenow close open high low volume comment description alert_message colour id"
    " strategy_order_alert_message position_avg_price strategy_netprofit"
)


@pytest.mark.parametrize("dialect", ["strategy", "option", "trade_idea"])
@pytest.mark.parametrize("name", HARMLESS.split())
def test_name_when_it_decides_nothing_then_it_is_ignored(dialect, name):
    assert read(dialect, **{name: "7"}) == read(dialect)


IN_IDEAS = (
    meanings.SIDE,
    meanings.UNITS,
    meanings.CONTRACTS,
    meanings.OTHER_SIZE,
    meanings.ORDER_TYPE,
    meanings.LIFETIME,
    meanings.OPTION_CONTRACT,
    meanings.PRODUCT,
)


def test_name_when_it_is_in_the_table_then_no_dialect_drops_it_in_silence():
    # One test for all, as below: each of nearly a thousand would cost more than what it looks at.
    assert [(dialect, name) for dialect in BASES for name in NAMES if is_dropped(dialect, name)] == []


def is_dropped(dialect, name):
    own = name in DIALECTS[dialect].schema.fields
    ignored = dialect == "trade_idea" and meaning_of(name) in IN_IDEAS
    path, _, inner = name.partition(".")
    try:
        is_other = read(dialect, **{path: {inner: "7"} if inner else "7"}) != read(dialect)
    except MalformedAlert as refused:
        is_other = f"`{name}`" in refused.message
    return not (own or ignored or is_other)


STYLES = {
    "capitals": str.upper,
    "camel": lambda name: name[0] + name.title().replace("_", "")[1:],
    "dots": lambda name: name.replace("_", "."),
    "dashes": lambda name: name.replace("_", "-"),
    "TradingView's": lambda name: f"strategy.{name}",
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_name_when_spelt_otherwise_then_it_means_the_same(style):
    names = [name for name in NAMES if "." not in name]
    others = [name for name in names if meaning_of(style(name)) is not meaning_of(name)]

    assert (others, None in map(meaning_of, names)) == ([], False)


def test_table_when_made_then_no_letters_mean_two_things():
    letters = [letters_of(name) for meaning in MEANINGS for name in meaning.names]

    assert len(letters) == len(set(letters)) == len(BY_LETTERS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("trailing", value) for value in (None, "", 0, "0", False, "false", [], Decimal("NaN"))),
        ("leverage", 1),
        ("leverage", "1x"),
        ("quantityType", "fixed_quantity"),
        ("stopLoss", {"enabled": False}),
        ("takeProfit", {"limitPrice": None}),
        ("extras", {"quantity": 5}),
        ("sl", None),
        ("qty", ""),
    ],
)
def test_name_when_it_asks_for_nothing_then_it_is_ignored(name, value):
    assert read("strategy", **{name: value}) == read("strategy")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"quantity": 2}, "`quantity` says 2 and `strategy_order_contracts` says 10.5, which mean the same"),
        ({"sl": 95, "stopLoss": 96}, "`stopLoss` says 96 and `sl` says 95, which mean the same"),
        ({"price": 95}, "`price` says 95 and `strategy_order_price` says 190.25"),
        ({"ticker": "MSFT"}, "`ticker` says MSFT and `symbol` says AAPL"),
        ({"action": "sell"}, "`action` says sell and `strategy_order_action` says buy"),
        (
            {"market_position": "long", "sentiment": "flat"},
            "`sentiment` says flat and `market_position` says",
        ),
    ],
)
def test_names_when_they_contradict_each_other_then_refused(changes, told):
    assert told in refusal("strategy", **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"price": Decimal("190.250")},
        {"ticker": "NASDAQ:AAPL", "Symbol": "aapl"},
        {"action": "BUY", "side": "Buy"},
    ],
)
def test_names_when_they_say_the_same_then_the_alert_is_the_same(changes):
    assert read("strategy", **changes) == read("strategy")


@pytest.mark.parametrize(
    ("size", "position", "passes"),
    [(3, ("long", 3), True), ("-3", ("short", "3"), True), (0, ("flat", 0), True), (3, ("short", 3), False)],
)
def test_signed_position_when_the_position_fields_say_it_too_then_it_passes(size, position, passes):
    changes = {"market_position": position[0], "market_position_size": position[1]}
    if not passes:
        assert "write market_position" in refusal("strategy", **changes, position_size=size)
    else:
        assert read("strategy", **changes, position_size=size) == read("strategy", **changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"order": {"amount": 5}}, "`order.amount` is not read here; set notional"),
        ({"risk_rules": {"sl": 95}}, "`risk_rules.sl` is not read inside of `risk_rules`; write stop_loss"),
        ({"legs": [{"qty": 1}, {"qty": 2}]}, "`legs.qty` is not read inside of `legs`; write strategy_order"),
        ({"stopLoss": {"foo": 1}}, "`stopLoss.foo` is not read here; write stop_loss"),
        ({"takeProfits": [{"priceDeviation": 1}]}, "`takeProfits` is not read here; one stop-loss"),
        ({"contracs": 5}, "`contracs` is no field of this dialect; is contracts meant?"),
        ({"stop_los": 5}, "`stop_los` is no field of this dialect; is stop_loss meant?"),
    ],
)
def test_name_when_nested_or_misspelt_then_refused_by_its_path(changes, told):
    assert told in refusal("strategy", **changes)


def test_strategy_object_when_it_holds_tradingviews_fields_then_they_are_read():
    own = {"strategy_order_contracts": MISSING}

    assert read("strategy", **own, strategy={"order_contracts": 4}).quantity == Decimal(4)


@pytest.mark.parametrize(
    ("changes", "unused"),
    [
        ({"sl": 95, "tp": 110}, ("sl", "tp")),
        ({"stop_loss": "{{plot_0}}", "take_profit": 0}, ("stop_loss", "take_profit")),
        (
            {"trailing": 1, "leverage": 5, "stopLoss": {"percent": 2}},
            ("leverage", "stopLoss.percent", "trailing"),
        ),
        ({"price": 95, "reduceOnly": True}, ("price", "reduceOnly")),
    ],
)
@pytest.mark.parametrize("out", [EXIT, {"market_position": "flat"} | EXIT], ids=["by id", "by target"])
def test_exit_when_it_carries_what_an_entry_needs_then_it_passes_and_says_so(out, changes, unused):
    assert read("strategy", **out, **changes) == replace(read("strategy", **out), unused=unused)


@pytest.mark.parametrize("name", ["limit_price", "percent_of_position", "optionType"])
def test_exit_when_a_field_says_how_to_exit_then_it_is_refused_all_the_same(name):
    assert f"`{name}` is not read here" in refusal("strategy", **EXIT, **{name: 5})


def test_malformed_value_when_it_came_under_another_name_then_told_by_that():
    assert "`sl` must be greater than zero" in refusal("strategy", sl=0)
    assert "`orderType` must be one of market" in refusal("strategy", orderType="limit")


@pytest.mark.parametrize(
    ("changes", "size_field"),
    [
        ({"quantity": Decimal("10.5")}, "quantity"),
        ({"strategy_order_contracts": MISSING, "contracts": 5}, "contracts"),
        ({"strategy_order_contracts": MISSING, "StrategyOrderContracts": 5}, None),
        ({}, None),
    ],
)
def test_size_when_it_has_another_name_than_tradingviews_then_the_name_is_kept(changes, size_field):
    assert read("strategy", **changes).size_field == size_field


COMMAND = {"command": "modify", "order": "x"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"qty": 5, "action": "buy"}, "`action` is not read here; it does not belong in a command"),
        ({"price": 5}, "`price` is not read here; write limit_price"),
        ({"limit_price": 5, "sl": 4}, "`sl` is not read here; set attach_sl_tp"),
    ],
)
def test_command_when_it_has_the_names_of_an_order_then_refused(changes, told):
    with pytest.raises(MalformedAlert) as refused:
        read_signal(DIALECTS["strategy"], COMMAND | changes)

    assert told in refused.value.message


def test_command_when_its_change_has_another_name_then_it_is_read():
    signal = read_signal(DIALECTS["strategy"], COMMAND | {"qty": 5, "limitPrice": 4})

    assert (signal.quantity, signal.limit_price) == (Decimal(5), Decimal(4))


@pytest.mark.parametrize("price", ["NaN", Decimal("NaN"), 0, "{{close}}"])
def test_exit_when_the_markets_price_is_none_then_it_passes_and_says_so(price):
    signal = read("strategy", strategy_order_action="sell", strategy_order_price=price)

    assert (signal.intent, signal.reference_price) == (Intent.EXIT_LONG, None)
    assert signal.unused == ("strategy_order_price",)


def test_entry_when_the_markets_price_is_none_then_refused():
    assert "strategy_order_price" in refusal("strategy", strategy_order_price="NaN")


def test_type_when_it_is_a_kind_of_order_then_it_is_not_passed_over():
    assert "`type`" in refusal("strategy", type="limit")
    assert read("strategy", type="strategy") == read("strategy")
