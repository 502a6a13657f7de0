from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.accounts import AssetTerms, Quote
from app.domain.bots import Approval
from app.domain.capabilities import Capabilities
from app.domain.exit_levels import Levels
from app.domain.gates import GATES
from app.domain.gates.gate import ask_gates, first_refusal
from app.domain.instruments import AssetClass
from app.domain.opinions import Action
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.review import Advice
from app.domain.trading_state import TradingState
from tests.domain import loss_gates, opinion_gates, timing_gates
from tests.domain.builders import APPLE, BITCOIN, CALL, NOW, RICH, order_check
from tests.domain.timing_gates import CLOSED, OPEN

pytestmark = pytest.mark.unit

LIVE = Capabilities("alpaca", short=frozenset({AssetClass.EQUITY}), live=True)
NIFTY = replace(CALL, venue="nse")
SHARES_ONLY = Capabilities("shares", asset_classes=frozenset({AssetClass.EQUITY}))
WHOLE_SHORTS = Capabilities("whole", short=frozenset({AssetClass.EQUITY}), whole_shorts=True)
HALF_A_SHARE = {"quantity": Decimal("0.5")}
# Groups whose limits may all be unset.
LIMITED = ["caps", "losses", "timing"]
EVERY_GATE = [gate for group in GATES for gate in group.gates]
GATE = {gate.name: gate for gate in EVERY_GATE}
MICROSECOND = timedelta(microseconds=1)


def seconds(count):
    return timedelta(seconds=count)


def limits(**values):
    return {"limits": {name: Decimal(v) if isinstance(v, str) else v for name, v in values.items()}}


def own_exits(stop, target=None):
    return {"own_exits": Levels(*(level and Decimal(level) for level in (stop, target)))}


LOTS = replace(CALL, quantity_increment=Decimal(65), freeze_quantity=Decimal(1800))
ALLOWED = [
    ("freshness", limits(stale_after_seconds=60) | {"sent_at": NOW - seconds(60)}),
    ("freshness", limits(stale_after_seconds=60) | {"sent_at": NOW + seconds(60)}),
    ("freshness", limits(stale_after_seconds=60) | {"sent_at": None}),
    ("freshness", {"sent_at": NOW - seconds(10**6)}),
    ("symbol_known", {}),
    ("symbol_allowed", {"bot": {"allowed_symbols": ("MSFT", "AAPL")}}),
    ("broker_supports", {"capabilities": SHARES_ONLY}),
    ("broker_supports", {"capabilities": WHOLE_SHORTS} | HALF_A_SHARE),
    ("broker_supports", {"capabilities": WHOLE_SHORTS, "side": Side.SELL, "quantity": Decimal(1)}),
    ("broker_configured", {"broker_configured": True}),
    ("live_trading", {"capabilities": LIVE, "allow_live": True, "bot": {"live": True}}),
    ("live_trading", {"allow_live": False}),
    ("equity_known", {"equity_unknown": False}),
    ("currency", {"instrument": BITCOIN}),
    ("currency", {"instrument": NIFTY, "account": replace(RICH, currency="INR")}),
    ("currency", {"market": None}),
    ("other_bots", {"opposed_by": None}),
    ("opinion_given", {"is_required": False}),
    ("approval_given", {"approval": Approval.ALWAYS, "advice": Advice(approved=True)}),
    ("short_selling", limits(allow_short=True) | {"side": Side.SELL}),
    ("short_selling", limits(allow_short=False) | {"side": Side.BUY}),
    ("asset_listed", {"asset": None}),
    ("asset_listed", {"asset": AssetTerms(quantity_increment=Decimal(1))}),
    ("price_known", {"price": Decimal("0.00000001")}),
    ("price_deviation", limits(max_price_deviation_pct="0.02") | {"reference_price": Decimal(102)}),
    ("price_deviation", limits(max_price_deviation_pct="0.02") | {"reference_price": Decimal(98)}),
    ("price_deviation", limits(max_price_deviation_pct="0.02") | {"reference_price": None, "quote": None}),
    ("price_deviation", {"reference_price": Decimal(1)}),
    ("quantity_limit", limits(max_order_quantity="10")),
    ("quantity_limit", {"quantity": Decimal("0.000000001")}),
    ("lot_multiple", {"asked": Decimal(130), "instrument": LOTS}),
    ("lot_multiple", {"asked": None, "instrument": LOTS}),
    ("freeze_quantity", {"quantity": Decimal(1800), "instrument": LOTS}),
    ("freeze_quantity", {"quantity": Decimal(10**6)}),
    ("exits_placed", own_exits("99.99", "100.01")),
    ("exits_placed", own_exits("100.01") | {"side": Side.SELL}),
    ("exits_placed", own_exits("99") | {"price": None}),
    ("risk_at_stop", {"risk": Decimal(50), "stop": Decimal(95)}),
    ("risk_at_stop", {"risk": Decimal(50), "stop": Decimal(105), "side": Side.SELL}),
    ("risk_at_stop", {"stop": None}),
    ("size_used", {"bot": {"use_strategy_contracts": False}}),
    ("size_used", {"size_field": "quantity", "bot": {"use_strategy_contracts": True}}),
    ("notional_limit", limits(max_order_notional="1000")),
    ("notional_limit", {"quantity": Decimal(10**9)}),
    ("buying_power", {"account": replace(RICH, buying_power=Decimal(1000))}),
    ("daily_orders", limits(daily_order_cap=3) | {"usage": {"orders_today": 2}}),
    ("daily_notional", limits(daily_notional_cap="1500") | {"usage": {"notional_today": Decimal(500)}}),
    ("symbol_exposure", limits(per_symbol_cap="1500") | {"position": Decimal(5)}),
    ("symbol_exposure", limits(per_symbol_cap="500") | {"position": Decimal(-15)}),
    ("open_positions", limits(max_open_positions=3) | {"usage": {"open_positions": 2}}),
    ("open_positions", limits(max_open_positions=3) | {"usage": {"open_positions": 3, "holds_symbol": True}}),
    ("market_hours", limits(market_hours_only=True) | {"hours": OPEN}),
    ("market_hours", {"hours": CLOSED}),
    *timing_gates.ALLOWED,
    *loss_gates.ALLOWED,
    ("cooldown", limits(cooldown_seconds=60) | {"usage": {"last_entry_at": NOW - seconds(60)}}),
    ("cooldown", limits(cooldown_seconds=60) | {"usage": {"last_entry_at": None}}),
    ("cooldown", limits(cooldown_seconds=0) | {"usage": {"last_entry_at": NOW}}),
    ("approval_given", {"approval": Approval.ABOVE_NOTIONAL, "approval_above": Decimal(1000)}),
    *opinion_gates.ALLOWED,
]

REFUSED = [
    (
        "freshness",
        Reason.ALERT_STALE,
        limits(stale_after_seconds=60) | {"sent_at": NOW - seconds(60) - MICROSECOND},
    ),
    (
        "freshness",
        Reason.ALERT_FROM_FUTURE,
        limits(stale_after_seconds=60) | {"sent_at": NOW + seconds(60) + MICROSECOND},
    ),
    ("symbol_known", Reason.SYMBOL_UNKNOWN, {"instrument": None}),
    ("symbol_known", Reason.SYMBOL_INDEX, {"symbol_refusal": (Reason.SYMBOL_INDEX, "SPX is an index")}),
    ("symbol_allowed", Reason.SYMBOL_NOT_ALLOWED, {"bot": {"allowed_symbols": ("MSFT",)}}),
    ("symbol_allowed", Reason.SYMBOL_NOT_ALLOWED, {"bot": {"allowed_symbols": ()}}),
    (
        "symbol_allowed",
        Reason.SYMBOL_NOT_ALLOWED,
        {"bot": {"allowed_symbols": ("AAPL",)}, "instrument": None},
    ),
    ("broker_supports", Reason.SYMBOL_UNKNOWN, {"instrument": None}),
    ("broker_supports", Reason.SYMBOL_UNSUPPORTED, {"capabilities": SHARES_ONLY, "instrument": BITCOIN}),
    ("broker_supports", Reason.SHORT_UNSUPPORTED, {"capabilities": SHARES_ONLY, "side": Side.SELL}),
    (
        "broker_supports",
        Reason.SHORT_UNSUPPORTED,
        {"capabilities": WHOLE_SHORTS, "side": Side.SELL} | HALF_A_SHARE,
    ),
    ("broker_configured", Reason.BROKER_NOT_CONFIGURED, {"broker_configured": False}),
    ("live_trading", Reason.LIVE_NOT_ENABLED, {"capabilities": LIVE, "allow_live": True}),
    ("live_trading", Reason.LIVE_NOT_ENABLED, {"capabilities": LIVE, "bot": {"live": True}}),
    ("equity_known", Reason.EQUITY_UNKNOWN, {"equity_unknown": True}),
    ("currency", Reason.CURRENCY_UNSUPPORTED, {"instrument": replace(BITCOIN, symbol="BTC-EUR")}),
    ("currency", Reason.CURRENCY_UNSUPPORTED, {"instrument": NIFTY}),
    ("other_bots", Reason.OPPOSED_BY_BOT, {"opposed_by": "trend"}),
    ("opinion_given", Reason.OPINION_UNAVAILABLE, {"is_required": True}),
    ("approval_given", Reason.APPROVAL_UNAVAILABLE, {"approval": Approval.ALWAYS}),
    ("short_selling", Reason.SHORT_DISABLED, {"side": Side.SELL}),
    ("asset_listed", Reason.SYMBOL_UNKNOWN, {"asset": AssetTerms(is_listed=False), "price": None}),
    ("price_known", Reason.PRICE_UNKNOWN, {"price": None}),
    ("price_known", Reason.PRICE_UNKNOWN, {"price": Decimal(0)}),
    ("price_known", Reason.PRICE_UNKNOWN, {"price": Decimal(-1)}),
    (
        "price_deviation",
        Reason.PRICE_DEVIATION,
        limits(max_price_deviation_pct="0.02") | {"reference_price": Decimal("102.01")},
    ),
    (
        "price_deviation",
        Reason.PRICE_DEVIATION,
        limits(max_price_deviation_pct="0.02") | {"reference_price": Decimal("97.99")},
    ),
    ("price_deviation", Reason.PRICE_UNKNOWN, limits(max_price_deviation_pct="0.02") | {"quote": None}),
    (
        "price_deviation",
        Reason.PRICE_UNKNOWN,
        limits(max_price_deviation_pct="0.02") | {"quote": Quote(Decimal(0), NOW)},
    ),
    ("quantity_limit", Reason.QUANTITY_EXCEEDS_LIMIT, limits(max_order_quantity="9.999999999")),
    ("quantity_limit", Reason.QUANTITY_ZERO, {"quantity": Decimal(0)}),
    ("quantity_limit", Reason.ACCOUNT_UNKNOWN, {"quantity": None}),
    ("quantity_limit", Reason.PRICE_UNKNOWN, {"quantity": None, "price": None}),
    ("lot_multiple", Reason.QUANTITY_NOT_LOT, {"asked": Decimal(64), "instrument": LOTS}),
    ("freeze_quantity", Reason.QUANTITY_EXCEEDS_FREEZE, {"quantity": Decimal(1865), "instrument": LOTS}),
    ("exits_placed", Reason.EXIT_MISPLACED, own_exits("100")),
    ("exits_placed", Reason.EXIT_MISPLACED, own_exits(None, "100")),
    ("exits_placed", Reason.EXIT_MISPLACED, own_exits("99") | {"side": Side.SELL}),
    ("size_used", Reason.QUANTITY_UNUSED, {"size_field": "quantity"}),
    ("risk_at_stop", Reason.RISK_STOP_MISSING, {"risk": Decimal(50)}),
    ("risk_at_stop", Reason.RISK_STOP_MISPLACED, {"risk": Decimal(50), "stop": Decimal(100)}),
    ("risk_at_stop", Reason.RISK_STOP_MISPLACED, {"risk": Decimal(50), "stop": Decimal(101)}),
    ("risk_at_stop", Reason.RISK_EXCEEDED, {"risk": Decimal("49.99"), "stop": Decimal(95)}),
    ("risk_at_stop", Reason.RISK_EXCEEDED, {"risk": Decimal(50), "stop": Decimal(95), "instrument": CALL}),
    ("notional_limit", Reason.NOTIONAL_EXCEEDS_LIMIT, limits(max_order_notional="999.99")),
    (
        "notional_limit",
        Reason.NOTIONAL_EXCEEDS_LIMIT,
        limits(max_order_notional="1000") | {"instrument": CALL},
    ),
    ("notional_limit", Reason.PRICE_UNKNOWN, limits(max_order_notional="1000") | {"price": None}),
    (
        "buying_power",
        Reason.BUYING_POWER_INSUFFICIENT,
        {"account": replace(RICH, buying_power=Decimal("999.99"))},
    ),
    ("buying_power", Reason.ACCOUNT_UNKNOWN, {"market": None}),
    ("buying_power", Reason.ACCOUNT_UNKNOWN, {"account": replace(RICH, can_trade=False)}),
    ("buying_power", Reason.PRICE_UNKNOWN, {"quantity": None}),
    ("daily_orders", Reason.DAILY_ORDER_CAP, limits(daily_order_cap=3) | {"usage": {"orders_today": 3}}),
    ("daily_orders", Reason.DAILY_ORDER_CAP, limits(daily_order_cap=0)),
    (
        "daily_notional",
        Reason.DAILY_NOTIONAL_CAP,
        limits(daily_notional_cap="1499.99") | {"usage": {"notional_today": Decimal(500)}},
    ),
    ("daily_notional", Reason.PRICE_UNKNOWN, limits(daily_notional_cap="1500") | {"price": None}),
    ("symbol_exposure", Reason.SYMBOL_EXPOSURE_CAP, limits(per_symbol_cap="1499") | {"position": Decimal(5)}),
    (
        "symbol_exposure",
        Reason.SYMBOL_EXPOSURE_CAP,
        limits(per_symbol_cap="1499") | {"position": Decimal(-5), "side": Side.SELL},
    ),
    ("symbol_exposure", Reason.PRICE_UNKNOWN, limits(per_symbol_cap="1500") | {"market": None}),
    (
        "open_positions",
        Reason.OPEN_POSITIONS_CAP,
        limits(max_open_positions=3) | {"usage": {"open_positions": 3}},
    ),
    ("market_hours", Reason.MARKET_CLOSED, limits(market_hours_only=True) | {"hours": CLOSED}),
    ("market_hours", Reason.MARKET_CLOSED, limits(market_hours_only=True) | {"hours": None}),
    (
        "cooldown",
        Reason.COOLDOWN_ACTIVE,
        limits(cooldown_seconds=60) | {"usage": {"last_entry_at": NOW - seconds(60) + MICROSECOND}},
    ),
    ("opinion_given", Reason.OPINION_SKIP, opinion_gates.buying(action=Action.SKIP)),
    (
        "approval_given",
        Reason.APPROVAL_UNAVAILABLE,
        {"approval": Approval.ABOVE_NOTIONAL, "approval_above": Decimal("999.99")},
    ),
    (
        "approval_given",
        Reason.APPROVAL_UNAVAILABLE,
        {"approval": Approval.ABOVE_NOTIONAL, "approval_above": Decimal(10**6), "price": None},
    ),
    *timing_gates.REFUSED,
    *loss_gates.REFUSED,
    *opinion_gates.REFUSED,
]

# Every refusal by a group that is asked only where one of its limits is set.
LIMITING = [
    (name, changes)
    for name, _, changes in REFUSED
    if any(gate.name == name for group in GATES if group.name in LIMITED for gate in group.gates)
]

# What holds for exits too: the switches, and that there is one instrument that a broker here takes.
HOLD_FOR_EXITS = {
    "global_trading_state",
    "bot_trading_state",
    "symbol_known",
    "broker_supports",
    "broker_configured",
    "lot_multiple",
    "freeze_quantity",
}


@pytest.mark.parametrize(("gate", "changes"), ALLOWED)
def test_gate_when_within_its_bound_then_passes(gate, changes):
    verdict = GATE[gate](order_check(**changes))

    assert (verdict.gate, verdict.passed, verdict.code) == (gate, True, None)


@pytest.mark.parametrize(("gate", "reason", "changes"), REFUSED)
def test_gate_when_beyond_its_bound_then_refuses_with_reason(gate, reason, changes):
    verdict = GATE[gate](order_check(**changes))

    assert (verdict.gate, verdict.passed, verdict.code) == (gate, False, reason)
    assert verdict.detail


@pytest.mark.parametrize(
    ("gate", "changes"), [(gate, changes) for gate, _, changes in REFUSED if gate not in HOLD_FOR_EXITS]
)
def test_entry_gate_when_order_is_an_exit_then_passes(gate, changes):
    assert GATE[gate](order_check(**changes | {"role": OrderRole.EXIT})).passed


@pytest.mark.parametrize("scope", ["global", "bot"])
@pytest.mark.parametrize(
    ("state", "role", "reason"),
    [
        (TradingState.ACTIVE, OrderRole.ENTRY, None),
        (TradingState.ACTIVE, OrderRole.EXIT, None),
        (TradingState.REDUCING, OrderRole.ENTRY, Reason.TRADING_REDUCING),
        (TradingState.REDUCING, OrderRole.EXIT, None),
        (TradingState.HALTED, OrderRole.ENTRY, Reason.TRADING_HALTED),
        (TradingState.HALTED, OrderRole.EXIT, Reason.TRADING_HALTED),
    ],
)
def test_switch_when_state_and_role_meet_then_only_reducing_lets_exits_pass(scope, state, role, reason):
    verdict = first_refusal(ask_gates(order_check(role=role, **{f"{scope}_state": state}), GATES))

    assert (verdict.code if verdict is not None else None) is reason


def test_symbol_known_when_symbol_was_refused_then_exits_are_refused_too():
    refusal = (Reason.SYMBOL_AMBIGUOUS, "a coin or a fund")

    assert GATE["symbol_known"](order_check(role=OrderRole.EXIT, symbol_refusal=refusal)).code is refusal[0]


def test_broker_configured_when_nobody_can_send_an_exit_then_refused_too():
    verdict = GATE["broker_configured"](order_check(role=OrderRole.EXIT, broker_configured=False))

    assert verdict.code is Reason.BROKER_NOT_CONFIGURED


PAPER = Capabilities("paper", simulated=True)
NO_PRICE = "the broker gave none, and one in the alert does not count there"
NO_PRICE_ON_PAPER = (
    "neither the broker nor the alert gave one; send strategy_order_price with the alert or set a price with "
    "flask paper prices"
)


@pytest.mark.parametrize(
    ("gate", "changes", "detail"),
    [
        ("currency", {"instrument": NIFTY, "capabilities": LIVE}, "priced in INR, account in USD"),
        (
            "currency",
            {"instrument": NIFTY, "capabilities": PAPER},
            "priced in INR, account in USD; PAPER_CURRENCY says what the paper account counts in",
        ),
        ("daily_orders", limits(daily_order_cap=0), "0 entries made today, limit 0 entries"),
        (
            "daily_orders",
            limits(daily_order_cap=1) | {"usage": {"orders_today": 1}},
            "1 entry made today, limit 1 entry",
        ),
        (
            "open_positions",
            limits(max_open_positions=1) | {"usage": {"open_positions": 1}},
            "1 position open, limit 1 position",
        ),
        (
            "quantity_limit",
            {"quantity": Decimal(0), "price": Decimal(400), "budget": Decimal(100)},
            "smallest step 1 share, price 400 USD, budget 100 USD",
        ),
        ("quantity_limit", {"quantity": Decimal(0), "price": None}, "smallest step 1 share"),
        (
            "price_known",
            {"price": None},
            NO_PRICE,
        ),
        (
            "price_known",
            {"price": None, "capabilities": PAPER},
            NO_PRICE_ON_PAPER,
        ),
        (
            "broker_configured",
            {"broker_configured": False, "broker_needs": "ITS_KEY", "capabilities": LIVE},
            "alpaca needs ITS_KEY",
        ),
    ],
)
def test_gate_when_it_refuses_then_its_figures_say_what_was_and_what_may_be(gate, changes, detail):
    assert GATE[gate](order_check(**changes)).detail == detail


def test_broker_supports_when_selling_exit_then_needs_no_short_selling():
    assert GATE["broker_supports"](
        order_check(role=OrderRole.EXIT, side=Side.SELL, capabilities=SHARES_ONLY)
    ).passed


def test_short_selling_when_options_are_what_is_sold_then_passes():
    selling = {"side": Side.SELL, "instrument": CALL}

    assert GATE["short_selling"](order_check(**selling, may_sell_options=True)).passed
    assert not GATE["short_selling"](order_check(**selling)).passed
    assert not GATE["short_selling"](order_check(side=Side.SELL, may_sell_options=True)).passed


def test_every_gate_when_tested_then_has_both_sides():
    names = {gate.name for gate in EVERY_GATE} - {"global_trading_state", "bot_trading_state"}

    assert names == {gate for gate, _, _ in REFUSED} == {gate for gate, _ in ALLOWED}


def test_gates_when_listed_then_switches_come_first_and_money_after_the_price():
    names = [gate.name for gate in EVERY_GATE]

    assert names[:2] == ["global_trading_state", "bot_trading_state"]
    assert names.index("symbol_known") < names.index("broker_supports") < names.index("price_known")
    assert names.index("price_known") < min(
        names.index(name) for name in names if name.endswith(("limit", "power", "notional", "exposure"))
    )


def test_judge_when_the_broker_is_missing_then_what_it_would_refuse_anyway_is_told_first():
    missing = order_check(capabilities=SHARES_ONLY, instrument=BITCOIN, broker_configured=False)

    assert first_refusal(ask_gates(missing, GATES)).code is Reason.SYMBOL_UNSUPPORTED


def test_judge_when_several_refuse_then_first_gate_is_the_reason():
    verdicts = ask_gates(order_check(global_state=TradingState.HALTED, price=None, quantity=None), GATES)

    assert first_refusal(verdicts).code is Reason.TRADING_HALTED
    assert len([verdict for verdict in verdicts if not verdict.passed]) > 1


def asked(**changes):
    """Which gates were asked about an order, and of which groups one line is left."""
    names = [verdict.gate for verdict in ask_gates(order_check(**changes), GATES)]
    return [name for name in names if name in GATE], [name for name in names if name not in GATE]


def names_of(*groups):
    return [gate.name for group in GATES if group.name in groups for gate in group.gates]


def test_groups_when_a_plain_alert_enters_then_what_does_not_concern_it_leaves_one_line_each():
    gates, lines = asked()

    assert gates == names_of("permissions", "figures")
    assert (len(gates), lines) == (24, ["review", "idea", *LIMITED])


def test_groups_when_an_idea_enters_within_every_kind_of_limit_then_every_gate_is_asked():
    changes = limits(daily_order_cap=9, max_consecutive_losses=9, cooldown_seconds=9)

    assert asked(**opinion_gates.buying(), **changes) == ([gate.name for gate in EVERY_GATE], [])


@pytest.mark.parametrize(("gate", "changes"), LIMITING)
def test_groups_when_a_limit_is_set_then_its_gate_is_asked(gate, changes):
    gates, _ = asked(**changes)

    assert gate in gates


@pytest.mark.parametrize("wanted", [{"approval": Approval.ALWAYS}, opinion_gates.said(opinion_gates.BUY)])
def test_groups_when_somebody_has_a_word_in_it_then_the_review_is_asked(wanted):
    assert asked(**wanted) == (names_of("permissions", "review", "figures"), ["idea", *LIMITED])


def test_groups_when_an_exit_is_asked_about_then_only_what_holds_for_exits():
    gates, lines = asked(role=OrderRole.EXIT, **opinion_gates.buying())

    assert set(gates) == HOLD_FOR_EXITS
    assert lines == ["permissions", "review", "idea", "figures", *LIMITED]


@pytest.mark.parametrize(("gate", "reason"), sorted({(gate, reason) for gate, reason, _ in REFUSED}))
def test_gate_when_it_refuses_then_only_with_a_code_that_it_declares(gate, reason):
    assert reason in GATE[gate].codes


def test_judge_when_nothing_is_wrong_then_no_refusal():
    assert first_refusal(ask_gates(order_check(), GATES)) is None


def test_judge_when_exit_lacks_all_data_then_passes():
    bare = order_check(
        role=OrderRole.EXIT,
        side=Side.SELL,
        capabilities=replace(LIVE, short=frozenset()),
        market=None,
        price=None,
    )

    assert first_refusal(ask_gates(bare, GATES)) is None


@pytest.mark.parametrize("missing", ["instrument", "price", "quantity", "market"])
def test_judge_when_entry_lacks_data_then_refused(missing):
    assert first_refusal(ask_gates(order_check(**{missing: None}), GATES)) is not None


def test_verdict_when_refused_then_detail_carries_both_figures():
    detail = GATE["notional_limit"](order_check(**limits(max_order_notional="999.5"))).detail

    assert detail == "1,000 USD, limit 999.50 USD"


def test_order_check_when_instrument_is_an_option_then_values_count_its_multiplier():
    option = order_check(instrument=CALL, position=Decimal(-4))

    assert option.notional == 100_000
    assert option.position_value == 60_000


def test_order_check_when_selling_exit_then_does_not_open_short():
    assert order_check(side=Side.SELL, instrument=APPLE).opens_short
    assert not order_check(side=Side.SELL, role=OrderRole.EXIT).opens_short
