"""In which part of a bot's settings a key stands; every key has its place."""

from enum import StrEnum


class KeyGroup(StrEnum):
    """A part of a bot's settings, in the order in which people go through them."""

    GENERAL = "General"
    SIZE = "Size"
    ORDERS = "Orders"
    EXITS = "Exits"
    LIMITS = "Limits"
    TIMES = "Times"
    REVIEW = "Model and approval"
    STRUCTURE = "Structure of options"
    STRUCTURE_LIMITS = "Limits of structures"
    STRUCTURE_EXITS = "Exits of structures"
    BREAKER = "Circuit breaker"
    LIVE = "Real money"


_NAMES: dict[KeyGroup, str] = {
    KeyGroup.GENERAL: "name broker strategy allowed_symbols",
    KeyGroup.SIZE: "base_order_pct use_strategy_contracts notional risk_pct risk_amount",
    KeyGroup.ORDERS: """
        use_limit_orders use_strategy_order_price limit_offset_ticks cover_only allow_short
    """,
    KeyGroup.EXITS: """
        attach_sl_tp sl_pct tp_pct use_avg_fill_for_sl_tp trailing_stop_pct break_even_pct exits
    """,
    KeyGroup.LIMITS: """
        max_order_notional max_order_quantity daily_order_cap daily_notional_cap per_symbol_cap
        max_open_positions daily_loss_limit max_consecutive_losses max_price_deviation_pct
    """,
    KeyGroup.TIMES: """
        cooldown_seconds market_hours_only trading_windows minutes_after_open minutes_before_close
    """,
    KeyGroup.REVIEW: "analyst approval approval_above_notional idea_structures",
    KeyGroup.STRUCTURE: """
        structure underlying days_to_expiry days_to_expiry_min days_to_expiry_max strike_by strike_value
        strike_rule wing_width contracts ladder ladder_give_pct nearest_expiry_days nearest_strike_pct
    """,
    KeyGroup.STRUCTURE_LIMITS: """
        max_loss max_open_trades max_bid_ask_pct min_open_interest min_volume min_credit_pct max_debit
    """,
    KeyGroup.STRUCTURE_EXITS: """
        profit_target_pct stop_loss_pct stop_on_underlying exit_days_before_expiry expiry_exit_time
        let_expire managed
    """,
    KeyGroup.BREAKER: "enable_global_sl_tp global_sl_pct global_tp_pct",
    KeyGroup.LIVE: "live",
}
GROUPS: dict[str, KeyGroup] = {name: group for group, names in _NAMES.items() for name in names.split()}
