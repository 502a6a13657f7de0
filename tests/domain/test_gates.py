from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain import gates
from app.domain.capabilities import Capabilities
from app.domain.gates import GATES, ask_gates, first_refusal
from app.domain.instruments import AssetClass
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.trading_state import TradingState
from tests.domain import opinion_gates
from tests.domain.builders import APPLE, BITCOIN, CALL, NOW, RICH, proposal

pytestmark = pytest.mark.unit

LIVE = Capabilities("alpaca", short=frozenset({AssetClass.EQUITY}), live=True)
NIFTY = replace(CALL, venue="nse")
SHARES_ONLY = Capabilities("shares", asset_classes=frozenset({AssetClass.EQUITY}))
WHOLE_SHORTS = Capabilities("whole", short=frozenset({AssetClass.EQUITY}), whole_shorts=True)
HALF_A_SHARE = {"quantity": Decimal("0.5")}
MICROSECOND = timedelta(microseconds=1)


def seconds(count):
    return timedelta(seconds=count)


def limits(**values):
    return {"limits": {name: Decimal(v) if isinstance(v, str) else v for name, v in values.items()}}


LOTS = replace(CALL, quantity_increment=Decimal(65), freeze_quantity=Decimal(1800))
ALLOWED = [
    ("freshness", limits(stale_after_seconds=60) | {"sent_at": NOW - seconds(60)}),
    ("freshness", limits(stale_after_seconds=60) | {"sent_at": NOW + seconds(60)}),
    ("freshness", limits(stale_after_seconds=60) | {"sent_at": None}),
    ("freshness", {"sent_at": NOW - seconds(10**6)}),
    ("symbol_known", {}),
    ("symbol_allowed", {"allowed_symbols": ("MSFT", "AAPL")}),
    ("broker_supports", {"broker": SHARES_ONLY}),
    ("broker_supports", {"broker": WHOLE_SHORTS} | HALF_A_SHARE),
    ("broker_supports", {"broker": WHOLE_SHORTS, "side": Side.SELL, "quantity": Decimal(1)}),
    ("broker_configured", {"broker_configured": True}),
    ("live_trading", {"broker": LIVE, "live_allowed": True}),
    ("live_trading", {"live_allowed": False}),
    ("equity_known", {"equity_known": True}),
    ("currency", {"instrument": BITCOIN}),
    ("currency", {"instrument": NIFTY, "account": replace(RICH, currency="INR")}),
    ("currency", {"account": None}),
    ("other_bots", {"opposed_by": None}),
    ("opinion_given", {"lacks_opinion": False}),
    ("approval_given", {"lacks_approval": False}),
    ("short_selling", limits(allow_short=True) | {"side": Side.SELL}),
    ("short_selling", limits(allow_short=False) | {"side": Side.BUY}),
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
    ("exits_placed", {"stop_loss": Decimal("99.99"), "take_profit": Decimal("100.01")}),
    ("exits_placed", {"stop_loss": Decimal("100.01"), "side": Side.SELL}),
    ("exits_placed", {"stop_loss": Decimal(99), "price": None}),
    ("notional_limit", limits(max_order_notional="1000")),
    ("notional_limit", {"quantity": Decimal(10**9)}),
    ("buying_power", {"account": replace(RICH, buying_power=Decimal(1000))}),
    ("daily_orders", limits(daily_order_cap=3) | {"usage": {"orders_today": 2}}),
    ("daily_notional", limits(daily_notional_cap="1500") | {"usage": {"notional_today": Decimal(500)}}),
    ("symbol_exposure", limits(per_symbol_cap="1500") | {"held": Decimal(5)}),
    ("symbol_exposure", limits(per_symbol_cap="500") | {"held": Decimal(-15)}),
    ("open_positions", limits(max_open_positions=3) | {"usage": {"open_positions": 2}}),
    ("open_positions", limits(max_open_positions=3) | {"usage": {"open_positions": 3, "holds_symbol": True}}),
    ("market_hours", limits(market_hours_only=True) | {"market_open": True}),
    ("market_hours", {"market_open": False}),
    ("cooldown", limits(cooldown_seconds=60) | {"usage": {"last_entry_at": NOW - seconds(60)}}),
    ("cooldown", limits(cooldown_seconds=60) | {"usage": {"last_entry_at": None}}),
    ("cooldown", limits(cooldown_seconds=0) | {"usage": {"last_entry_at": NOW}}),
    ("approval_given", {"lacks_approval": True, "approval_above": Decimal(1000)}),
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
    ("symbol_allowed", Reason.SYMBOL_NOT_ALLOWED, {"allowed_symbols": ("MSFT",)}),
    ("symbol_allowed", Reason.SYMBOL_NOT_ALLOWED, {"allowed_symbols": ()}),
    ("symbol_allowed", Reason.SYMBOL_NOT_ALLOWED, {"allowed_symbols": ("AAPL",), "instrument": None}),
    ("broker_supports", Reason.SYMBOL_UNKNOWN, {"instrument": None}),
    ("broker_supports", Reason.SYMBOL_UNSUPPORTED, {"broker": SHARES_ONLY, "instrument": BITCOIN}),
    ("broker_supports", Reason.SHORT_UNSUPPORTED, {"broker": SHARES_ONLY, "side": Side.SELL}),
    ("broker_supports", Reason.SHORT_UNSUPPORTED, {"broker": WHOLE_SHORTS, "side": Side.SELL} | HALF_A_SHARE),
    ("broker_configured", Reason.BROKER_NOT_CONFIGURED, {"broker_configured": False}),
    ("live_trading", Reason.LIVE_NOT_ENABLED, {"broker": LIVE}),
    ("equity_known", Reason.EQUITY_UNKNOWN, {"equity_known": False}),
    ("currency", Reason.CURRENCY_UNSUPPORTED, {"instrument": replace(BITCOIN, symbol="BTC-EUR")}),
    ("currency", Reason.CURRENCY_UNSUPPORTED, {"instrument": NIFTY}),
    ("other_bots", Reason.OPPOSED_BY_BOT, {"opposed_by": "trend"}),
    ("opinion_given", Reason.OPINION_UNAVAILABLE, {"lacks_opinion": True}),
    ("approval_given", Reason.APPROVAL_UNAVAILABLE, {"lacks_approval": True}),
    ("short_selling", Reason.SHORT_DISABLED, {"side": Side.SELL}),
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
    ("price_deviation", Reason.PRICE_UNKNOWN, limits(max_price_deviation_pct="0.02") | {"quote": Decimal(0)}),
    ("quantity_limit", Reason.QUANTITY_EXCEEDS_LIMIT, limits(max_order_quantity="9.999999999")),
    ("quantity_limit", Reason.QUANTITY_ZERO, {"quantity": Decimal(0)}),
    ("quantity_limit", Reason.ACCOUNT_UNKNOWN, {"quantity": None}),
    ("quantity_limit", Reason.PRICE_UNKNOWN, {"quantity": None, "price": None}),
    ("lot_multiple", Reason.QUANTITY_NOT_LOT, {"asked": Decimal(64), "instrument": LOTS}),
    ("freeze_quantity", Reason.QUANTITY_EXCEEDS_FREEZE, {"quantity": Decimal(1865), "instrument": LOTS}),
    ("exits_placed", Reason.EXIT_MISPLACED, {"stop_loss": Decimal(100)}),
    ("exits_placed", Reason.EXIT_MISPLACED, {"take_profit": Decimal(100)}),
    ("exits_placed", Reason.EXIT_MISPLACED, {"stop_loss": Decimal(99), "side": Side.SELL}),
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
    ("buying_power", Reason.ACCOUNT_UNKNOWN, {"account": None}),
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
    ("symbol_exposure", Reason.SYMBOL_EXPOSURE_CAP, limits(per_symbol_cap="1499") | {"held": Decimal(5)}),
    (
        "symbol_exposure",
        Reason.SYMBOL_EXPOSURE_CAP,
        limits(per_symbol_cap="1499") | {"held": Decimal(-5), "side": Side.SELL},
    ),
    ("symbol_exposure", Reason.PRICE_UNKNOWN, limits(per_symbol_cap="1500") | {"held": None}),
    (
        "open_positions",
        Reason.OPEN_POSITIONS_CAP,
        limits(max_open_positions=3) | {"usage": {"open_positions": 3}},
    ),
    ("market_hours", Reason.MARKET_CLOSED, limits(market_hours_only=True) | {"market_open": False}),
    ("market_hours", Reason.MARKET_CLOSED, limits(market_hours_only=True) | {"market_open": None}),
    (
        "cooldown",
        Reason.COOLDOWN_ACTIVE,
        limits(cooldown_seconds=60) | {"usage": {"last_entry_at": NOW - seconds(60) + MICROSECOND}},
    ),
    ("opinion_given", Reason.OPINION_SKIP, {"lacks_opinion": True, "opinion_reason": Reason.OPINION_SKIP}),
    (
        "approval_given",
        Reason.APPROVAL_UNAVAILABLE,
        {"lacks_approval": True, "approval_above": Decimal("999.99")},
    ),
    (
        "approval_given",
        Reason.APPROVAL_UNAVAILABLE,
        {"lacks_approval": True, "approval_above": Decimal(10**6), "price": None},
    ),
    *opinion_gates.REFUSED,
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
    verdict = getattr(gates, gate)(proposal(**changes))

    assert (verdict.gate, verdict.passed, verdict.code) == (gate, True, None)


@pytest.mark.parametrize(("gate", "reason", "changes"), REFUSED)
def test_gate_when_beyond_its_bound_then_refuses_with_reason(gate, reason, changes):
    verdict = getattr(gates, gate)(proposal(**changes))

    assert (verdict.gate, verdict.passed, verdict.code) == (gate, False, reason)
    assert verdict.detail


@pytest.mark.parametrize(
    ("gate", "changes"), [(gate, changes) for gate, _, changes in REFUSED if gate not in HOLD_FOR_EXITS]
)
def test_entry_gate_when_order_is_an_exit_then_passes(gate, changes):
    assert getattr(gates, gate)(proposal(**changes | {"role": OrderRole.EXIT})).passed


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
    verdict = first_refusal(ask_gates(proposal(role=role, **{f"{scope}_state": state})))

    assert (verdict.code if verdict is not None else None) is reason


def test_symbol_known_when_symbol_was_refused_then_exits_are_refused_too():
    refusal = (Reason.SYMBOL_AMBIGUOUS, "a coin or a fund")

    assert gates.symbol_known(proposal(role=OrderRole.EXIT, symbol_refusal=refusal)).code is refusal[0]


def test_broker_configured_when_nobody_can_send_an_exit_then_refused_too():
    verdict = gates.broker_configured(proposal(role=OrderRole.EXIT, broker_configured=False))

    assert verdict.code is Reason.BROKER_NOT_CONFIGURED


def test_broker_supports_when_selling_exit_then_needs_no_short_selling():
    assert gates.broker_supports(proposal(role=OrderRole.EXIT, side=Side.SELL, broker=SHARES_ONLY)).passed


def test_short_selling_when_options_are_what_is_sold_then_passes():
    selling = {"side": Side.SELL, "instrument": CALL}

    assert gates.short_selling(proposal(**selling, may_sell_options=True)).passed
    assert not gates.short_selling(proposal(**selling)).passed
    assert not gates.short_selling(proposal(side=Side.SELL, may_sell_options=True)).passed


def test_every_gate_when_tested_then_has_both_sides():
    names = {gate.__name__ for gate in GATES} - {"global_trading_state", "bot_trading_state"}

    assert names == {gate for gate, _, _ in REFUSED} == {gate for gate, _ in ALLOWED}


def test_gates_when_listed_then_switches_come_first_and_money_after_the_price():
    names = [gate.__name__ for gate in GATES]

    assert names[:2] == ["global_trading_state", "bot_trading_state"]
    assert names.index("symbol_known") < names.index("broker_supports") < names.index("price_known")
    assert names.index("price_known") < min(
        names.index(name) for name in names if name.endswith(("limit", "power", "notional", "exposure"))
    )


def test_judge_when_the_broker_is_missing_then_what_it_would_refuse_anyway_is_told_first():
    missing = proposal(broker=SHARES_ONLY, instrument=BITCOIN, broker_configured=False)

    assert first_refusal(ask_gates(missing)).code is Reason.SYMBOL_UNSUPPORTED


def test_judge_when_several_refuse_then_first_gate_is_the_reason():
    verdicts = ask_gates(proposal(global_state=TradingState.HALTED, price=None, quantity=None))

    assert [verdict.gate for verdict in verdicts] == [gate.__name__ for gate in GATES]
    assert first_refusal(verdicts).code is Reason.TRADING_HALTED


def test_judge_when_nothing_is_wrong_then_no_refusal():
    assert first_refusal(ask_gates(proposal())) is None


def test_judge_when_exit_lacks_all_data_then_passes():
    bare = proposal(
        role=OrderRole.EXIT,
        side=Side.SELL,
        broker=replace(LIVE, short=frozenset()),
        account=None,
        price=None,
        quote=None,
        market_open=None,
        held=None,
    )

    assert first_refusal(ask_gates(bare)) is None


@pytest.mark.parametrize("missing", ["instrument", "price", "quantity", "account"])
def test_judge_when_entry_lacks_data_then_refused(missing):
    assert first_refusal(ask_gates(proposal(**{missing: None}))) is not None


def test_verdict_when_refused_then_detail_carries_both_figures():
    detail = gates.notional_limit(proposal(**limits(max_order_notional="999.5"))).detail

    assert detail == "notional 1000, limit 999.5"


def test_proposal_when_instrument_is_an_option_then_values_count_its_multiplier():
    option = proposal(instrument=CALL, held=Decimal(-4))

    assert option.notional == 100_000
    assert option.position_value == 60_000


def test_proposal_when_selling_exit_then_does_not_open_short():
    assert proposal(side=Side.SELL, instrument=APPLE).opens_short
    assert not proposal(side=Side.SELL, role=OrderRole.EXIT).opens_short
