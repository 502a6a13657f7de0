"""What the names mean that TradingView, other services and people give to whatever decides a trade.

One table for all dialects. Each dialect says beside its schema which of these meanings its own fields have;
what it does not read is refused by name, because ignoring it would trade something else than was meant.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class FieldMeaning:
    """One thing that names may mean; `advice` says what to do where a dialect does not read it.

    `is_of_entry`: an exit goes without it, and must not fail for it; `is_level`: such a price. `is_deep`: it
    decides wherever it stands, so it is looked for inside of objects too. `neutral` values ask for nothing.
    """

    words: str
    names: tuple[str, ...]
    advice: str
    is_of_entry: bool = False
    is_level: bool = False
    is_deep: bool = True
    neutral: frozenset[str] = frozenset()


SYMBOL = FieldMeaning(
    "the symbol",
    ("symbol", "ticker", "ticker_id", "instrument", "tv_instrument", "trading_symbol", "pair"),
    "write it in `symbol`",
    is_deep=False,
)
SIDE = FieldMeaning(
    "buy or sell",
    ("action", "side", "order_action", "order_side", "transaction_type"),
    "write the side as this dialect does",
    is_deep=False,
)
UNITS = FieldMeaning(
    "a size in units",
    ("quantity", "qty", "size", "units", "shares", "order_size", "order_quantity", "order_qty", "trade_size"),
    "the size is not the alert's: set notional or base_order_pct at the bot",
)
CONTRACTS = FieldMeaning(
    "a size in contracts",
    ("contracts", "order_contracts", "num_contracts"),
    "a contract may be a lot: write the units",
)
OTHER_SIZE = FieldMeaning(
    "a size in money, percent, risk or lots",
    (
        *("amount", "order_amount", "amount_per_trade", "amount_per_trade_type", "currency_type"),
        *("notional", "notional_usd", "usd_amount", "dollar_amount", "cash", "cash_quantity", "base_amount"),
        *("quote_amount", "percent", "percentage", "qty_pct", "qty_percent", "quantity_percent", "size_pct"),
        *("size_percent", "percent_of_equity", "percent_of_position", "position_percent", "quantity_type"),
        *("qty_type", "risk", "risk_pct", "risk_percent", "risk_percentage", "risk_amount"),
        *("risk_dollar_amount", "lot", "lots", "lot_size", "quantity_multiplier"),
    ),
    "set notional, base_order_pct, risk_pct or risk_amount at the bot",
    neutral=frozenset({"fixed_quantity"}),
)
STOP_LOSS = FieldMeaning(
    "a stop-loss, as a price",
    (
        *("stop_loss", "sl", "stop_loss_price", "sl_price", "stop_loss_level", "stop_loss.stop_price"),
        "stop_loss.trigger_price",
    ),
    "set attach_sl_tp and sl_pct at the bot",
    is_of_entry=True,
    is_level=True,
)
TAKE_PROFIT = FieldMeaning(
    "a take-profit, as a price",
    (
        *("take_profit", "tp", "take_profit_price", "tp_price", "take_profit_level"),
        *("take_profit.limit_price", "target_price", "profit_target"),
    ),
    "set attach_sl_tp and tp_pct at the bot",
    is_of_entry=True,
    is_level=True,
)
DISTANCE = FieldMeaning(
    "an exit as a distance or a fraction",
    (
        *("sl_pct", "sl_percent", "sl_percentage", "percentage_sl", "percent_sl", "stop_loss_pct"),
        *("stop_loss.percent", "stop_loss.percentage", "stop_loss.trigger_price_percent", "dollar_sl"),
        *("stop_loss.amount", "stop_loss_points", "stop_loss_ticks", "sl_points", "sl_pips", "sl_ticks"),
        *("stop_loss.price_deviation", "tp_pct", "tp_percent", "tp_percentage", "percentage_tp"),
        *("percent_tp", "take_profit_pct", "take_profit.percent", "take_profit.percentage", "dollar_tp"),
        *("take_profit.amount", "take_profit_points", "take_profit_ticks", "tp_points", "tp_pips"),
        *("tp_ticks", "take_profit.price_deviation", "square_off", "tp_dollar", "sl_dollar"),
    ),
    "write the exit as a price, or set sl_pct and tp_pct at the bot",
    is_of_entry=True,
)
OTHER_EXIT = FieldMeaning(
    "an exit of another kind",
    (
        *("stop", "target", "targets", "take_profits", "take_profit.steps", "advance_tp_sl"),
        *("stop_loss.type", "stop_loss.order_type", "take_profit.order_type", "stop_loss.limit_price"),
        *("update_sl", "update_tp"),
    ),
    "one stop-loss and one take-profit are read, each a price",
    is_of_entry=True,
    neutral=frozenset({"stop", "market", "limit"}),
)
TRAILING = FieldMeaning(
    "a trailing stop",
    (
        *("trail", "trailing", "trail_stop", "trailing_stop", "trailing_stop_loss", "trailing_stop_pct"),
        *("trail_percent", "trailing_percent", "trail_amount", "trail_price", "trail_points", "trail_offset"),
        *("trailing_distance", "trail_trigger", "trail_freq", "stop_loss.trail_amount"),
        *("stop_loss.trail_percent", "stop_loss.trailing", "stop_loss.trail_price", "take_profit.trailing"),
        *("trailing_sl", "trail_sl", "tsl", "trailing_stop_percent"),
    ),
    "set trailing_stop_pct at the bot",
    is_of_entry=True,
)
BREAK_EVEN = FieldMeaning(
    "a stop that moves to the entry",
    ("break_even", "break_even_offset", "break_even_pct", "move_stop_to_entry"),
    "set break_even_pct at the bot",
    is_of_entry=True,
)
REFERENCE = FieldMeaning(
    "the market's price",
    ("price", "signal_price", "order_price", "entry_price", "current_price", "last_price"),
    "write the price as this dialect does",
    is_of_entry=True,
    is_deep=False,
)
LIMIT_PRICE = FieldMeaning(
    "a limit",
    ("limit_price", "limit", "order_limit_price", "entry_limit"),
    "set use_limit_orders at the bot, or send a bridge alert",
)
STOP_PRICE = FieldMeaning(
    "a price that triggers the order",
    ("stop_price", "trigger_price"),
    "stop orders are not placed here; a stop-loss is written as such",
)
ORDER_TYPE = FieldMeaning(
    "the kind of order",
    ("order_type", "price_type"),
    "set use_limit_orders at the bot, or send a bridge alert",
    is_deep=False,
)
LIFETIME = FieldMeaning(
    "how long the order waits",
    ("time_in_force", "tif", "validity", "gtd_in_second"),
    "orders are for the day; a bridge alert may say otherwise",
    is_deep=False,
    neutral=frozenset({"day"}),
)
POSITION = FieldMeaning(
    "the position after the order",
    ("market_position", "sentiment", "market_pos", "mar_pos", "position"),
    "write the position as this dialect does",
)
POSITION_SIZE = FieldMeaning(
    "the size of the position after the order",
    ("market_position_size", "market_pos_size", "mar_pos_size"),
    "write the size as this dialect does",
)
POSITION_BEFORE = FieldMeaning(
    "the position before the order",
    ("prev_market_position", "previous_market_position", "prev_market_pos", "pre_mar_pos"),
    "leave it out",
)
SIZE_BEFORE = FieldMeaning(
    "the size of the position before the order",
    (
        "prev_market_position_size",
        "previous_market_position_size",
        "prev_market_pos_size",
        "pre_mar_pos_size",
    ),
    "leave it out",
)
SIGNED_POSITION = FieldMeaning(
    "a position with its sign, or the size of an order",
    ("position_size", "pos_size", "target_position", "target_quantity", "target_size", "position_qty"),
    "it may mean the order or the position: write market_position and market_position_size",
)
LEVERAGE = FieldMeaning(
    "leverage",
    ("leverage", "lever", "margin_type", "margin_mode"),
    "it is set at the broker; how much an entry is worth is set at the bot",
    is_of_entry=True,
    neutral=frozenset({"1", "1x"}),
)
CLOSING = FieldMeaning(
    "that the order may only close",
    (
        *("reduce_only", "close_position", "close_only", "close_all", "exit_all", "full_closed"),
        *("reverse_order_close", "positions_sub_action", "cancel_orders", "cancel_all"),
    ),
    "the side and the position say what is closed; a command cancels",
    is_of_entry=True,
)
CONDITION = FieldMeaning(
    "when an entry is not wanted",
    (
        *("same_direction_ignore", "pyramid", "pyramiding", "duplicate_position_allow", "delay", "max_lag"),
        *("delay_seconds", "extended_hours", "ignore_trading_windows", "place_order_at"),
    ),
    "the bot's keys say when it enters",
    is_of_entry=True,
    is_deep=False,
)
OPTION_CONTRACT = FieldMeaning(
    "a contract of an option",
    (
        *("option_type", "strike_price", "strike", "order_strike", "expiry", "expiry_date", "expiration"),
        *("option_symbol", "strike_count", "strikes_away", "intrinsic_value"),
    ),
    "contracts are traded by option alerts",
    is_deep=False,
)
PRODUCT = FieldMeaning(
    "how the broker holds the position",
    ("product", "product_type"),
    "it is read in option alerts",
    is_deep=False,
)
ACCOUNT = FieldMeaning(
    "whose account",
    ("account", "account_id", "multiple_accounts", "broker", "connection_name"),
    "the bot says which broker; name the bot in the alert",
    is_deep=False,
)

MEANINGS = (
    SYMBOL,
    SIDE,
    UNITS,
    CONTRACTS,
    OTHER_SIZE,
    STOP_LOSS,
    TAKE_PROFIT,
    DISTANCE,
    OTHER_EXIT,
    TRAILING,
    BREAK_EVEN,
    REFERENCE,
    LIMIT_PRICE,
    STOP_PRICE,
    ORDER_TYPE,
    LIFETIME,
    POSITION,
    POSITION_SIZE,
    POSITION_BEFORE,
    SIZE_BEFORE,
    SIGNED_POSITION,
    LEVERAGE,
    CLOSING,
    CONDITION,
    OPTION_CONTRACT,
    PRODUCT,
    ACCOUNT,
)

# What `type` says of an order; at the market it says what an order does anyway.
_KINDS_OF_ORDER = frozenset({"limit", "lmt", "stop", "stp", "stoplimit", "stplmt", "trailingstop"})
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_NUMBERED = re.compile(r"(?:sl|tp|stoploss|takeprofit|target)\d+(?:price|pct|percent)?")


def letters_of(name: str) -> str:
    """Return what is compared of a name: no case, dots and underscores, no `strategy` before it."""
    return _NOT_LETTERS.sub("", name.casefold()).removeprefix("strategy")


BY_LETTERS = {letters_of(name): meaning for meaning in MEANINGS for name in meaning.names}


def meaning_of(name: str) -> FieldMeaning | None:
    """Return what a name, or a path of names, means to those who use it; None where it decides nothing."""
    letters = letters_of(name)
    return BY_LETTERS.get(letters) or (OTHER_EXIT if _NUMBERED.fullmatch(letters) else None)


def meaning_by_value(name: str, value: object) -> FieldMeaning | None:
    """Return what a name means whose meaning its value tells: a `type` may be anything, but not `limit`."""
    is_kind = isinstance(value, str) and letters_of(name) == "type" and letters_of(value) in _KINDS_OF_ORDER
    return ORDER_TYPE if is_kind else None
