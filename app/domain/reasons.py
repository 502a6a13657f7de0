"""Every reason code with its meaning: the one list behind API, docs, metrics and dashboard.

A code is `CATEGORY_CONDITION`. It stands on every ticket that is not plainly done.
"""

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """Why an alert did not become the order that it asked for."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Self:
        """Attach the meaning to the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    TRADING_HALTED = "TRADING_HALTED", "Trading is HALTED, globally or for the bot: no alert trades."
    TRADING_REDUCING = (
        "TRADING_REDUCING",
        "Trading is REDUCING, globally or for the bot: alerts may only exit.",
    )
    ALERT_STALE = "ALERT_STALE", "The alert is older than STALE_ALERT_SECONDS."
    ALERT_FROM_FUTURE = "ALERT_FROM_FUTURE", "The alert's time lies ahead of our clock."
    ALERT_EXPIRED = "ALERT_EXPIRED", "A crash interrupted the alert and it was too old to be finished."
    ALERT_OVERTAKEN = (
        "ALERT_OVERTAKEN",
        "While others were asked about the entry, a later alert wanted the other side.",
    )
    SYMBOL_MALFORMED = "SYMBOL_MALFORMED", "The symbol is empty, too long or has characters no symbol has."
    SYMBOL_UNKNOWN = "SYMBOL_UNKNOWN", "The symbol cannot be told to be any one instrument."
    SYMBOL_AMBIGUOUS = "SYMBOL_AMBIGUOUS", "The symbol names a coin and a listed fund; add the exchange."
    SYMBOL_INDEX = "SYMBOL_INDEX", "The symbol is an index, which cannot be traded itself."
    SYMBOL_UNSUPPORTED = (
        "SYMBOL_UNSUPPORTED",
        "The bot's broker does not trade this kind of instrument, or it is a trade idea and no share.",
    )
    SYMBOL_NOT_ALLOWED = "SYMBOL_NOT_ALLOWED", "The symbol is not in the bot's allowed_symbols."
    CONTRACT_MALFORMED = (
        "CONTRACT_MALFORMED",
        "The expiry, strike or option type is not written in a way that means exactly one.",
    )
    CONTRACT_UNKNOWN = (
        "CONTRACT_UNKNOWN",
        "The exchange lists no such contract; the message names the nearest ones.",
    )
    SYMBOL_MASTER_MISSING = "SYMBOL_MASTER_MISSING", "The exchange's list of contracts was never downloaded."
    SYMBOL_MASTER_STALE = (
        "SYMBOL_MASTER_STALE",
        "The list of contracts is older than SYMBOL_MASTER_MAX_AGE_DAYS.",
    )
    SHORT_UNSUPPORTED = "SHORT_UNSUPPORTED", "The broker does not sell this, or not a part of a unit, short."
    SHORT_DISABLED = "SHORT_DISABLED", "Selling short is off, globally (ALLOW_SHORT_SELLING) or for the bot."
    TARGET_SIZE_UNKNOWN = (
        "TARGET_SIZE_UNKNOWN",
        "A partial exit without TradingView's position sizes: how much to sell is unknown.",
    )
    PRICE_UNKNOWN = "PRICE_UNKNOWN", "No price is known, so the order cannot be checked."
    PRICE_DEVIATION = "PRICE_DEVIATION", "The alert's price is too far from the market's."
    QUANTITY_ZERO = "QUANTITY_ZERO", "The size is nothing after rounding down to the instrument's step."
    QUANTITY_EXCEEDS_LIMIT = "QUANTITY_EXCEEDS_LIMIT", "The order has more units than the limit allows."
    NOTIONAL_EXCEEDS_LIMIT = "NOTIONAL_EXCEEDS_LIMIT", "The order is worth more than the limit allows."
    ACCOUNT_UNKNOWN = "ACCOUNT_UNKNOWN", "The broker did not say what the account holds."
    EQUITY_UNKNOWN = (
        "EQUITY_UNKNOWN",
        "The circuit breaker cannot see the account's equity: no entries until it can.",
    )
    BUYING_POWER_INSUFFICIENT = "BUYING_POWER_INSUFFICIENT", "The order costs more than the account can pay."
    DAILY_ORDER_CAP = "DAILY_ORDER_CAP", "The bot has placed its number of entries for today (UTC)."
    DAILY_NOTIONAL_CAP = (
        "DAILY_NOTIONAL_CAP",
        "The bot's entries of today (UTC) would exceed their value cap.",
    )
    SYMBOL_EXPOSURE_CAP = "SYMBOL_EXPOSURE_CAP", "The resulting position would be worth more than its cap."
    OPEN_POSITIONS_CAP = "OPEN_POSITIONS_CAP", "The bot has as many open positions as it may."
    MARKET_CLOSED = "MARKET_CLOSED", "The market is closed and entries are for market hours only."
    COOLDOWN_ACTIVE = "COOLDOWN_ACTIVE", "The bot entered this symbol too short a time ago."
    OPINION_UNAVAILABLE = "OPINION_UNAVAILABLE", "The entry needs an opinion that it does not have."
    OPINION_SKIP = "OPINION_SKIP", "The analyst advises against the trade."
    OPINION_REFUSED = "OPINION_REFUSED", "The model refused to answer."
    OPINION_INCOMPLETE = (
        "OPINION_INCOMPLETE",
        "The model did not finish: out of tokens, filtered, or more tool calls than it may make.",
    )
    OPINION_FAILED = "OPINION_FAILED", "The model's server failed, refused the request or is out of reach."
    OPINION_TIMEOUT = "OPINION_TIMEOUT", "The opinion was not there within ANALYST_TIMEOUT_SECONDS."
    OPINION_UNPARSABLE = "OPINION_UNPARSABLE", "The answer is not exactly the decision that was asked for."
    OPINION_SYMBOL_MISMATCH = "OPINION_SYMBOL_MISMATCH", "The model answered about another symbol."
    OPINION_CONFIDENCE_LOW = (
        "OPINION_CONFIDENCE_LOW",
        "The analyst's confidence is below MIN_LLM_CONFIDENCE.",
    )
    OPINION_DIRECTION_MISMATCH = (
        "OPINION_DIRECTION_MISMATCH",
        "The analyst would trade the other side; nothing is ever redirected.",
    )
    NOTIONAL_ZERO = "NOTIONAL_ZERO", "The analyst would trade, but for an amount of nothing."
    IDEA_NEUTRAL = "IDEA_NEUTRAL", "The trade idea is neutral: there is nothing to trade."
    IDEA_LEVELS_MISSING = "IDEA_LEVELS_MISSING", "The trade idea lacks its entry, target or stop."
    IDEA_TARGET_MISPLACED = (
        "IDEA_TARGET_MISPLACED",
        "The trade idea's target is on the wrong side of its entry.",
    )
    IDEA_STOP_MISPLACED = (
        "IDEA_STOP_MISPLACED",
        "The trade idea's stop is on the wrong side of its entry.",
    )
    MCP_UNREACHABLE = (
        "MCP_UNREACHABLE",
        "The MCP server did not list its tools, or let no tool call through.",
    )
    APPROVAL_UNAVAILABLE = "APPROVAL_UNAVAILABLE", "The entry needs an approval that it does not have."
    APPROVAL_REJECTED = "APPROVAL_REJECTED", "A person has rejected the order."
    APPROVAL_EXPIRED = "APPROVAL_EXPIRED", "Nobody approved the order within APPROVAL_TIMEOUT_SECONDS."
    OPPOSED_BY_BOT = "OPPOSED_BY_BOT", "Another bot holds the opposite position in the same account."
    CURRENCY_UNSUPPORTED = "CURRENCY_UNSUPPORTED", "The price is in another currency than the account."
    LIVE_NOT_ENABLED = "LIVE_NOT_ENABLED", "Real money needs ALLOW_LIVE_TRADING and the bot's own `live`."
    BROKER_NOT_CONFIGURED = "BROKER_NOT_CONFIGURED", "The bot's broker has no credentials here."
    BROKER_UNAVAILABLE = "BROKER_UNAVAILABLE", "The broker could not be asked for what the gates need."
    BROKER_REJECTED = "BROKER_REJECTED", "The broker proved that it did not take the order."
    BROKER_CREDENTIALS_REFUSED = "BROKER_CREDENTIALS_REFUSED", "The broker does not accept our credentials."
    BROKER_LOGIN_REQUIRED = "BROKER_LOGIN_REQUIRED", "The broker wants a login before it takes anything."
    BROKER_ADDRESS_REFUSED = (
        "BROKER_ADDRESS_REFUSED",
        "The broker takes no orders from this IP address; it wants the static one that is registered.",
    )
    RATE_LIMIT_REACHED = (
        "RATE_LIMIT_REACHED",
        "The broker's limit of requests leaves no room; nothing was sent.",
    )
    PRICE_BEYOND_CIRCUIT = "PRICE_BEYOND_CIRCUIT", "The price lies outside what the exchange allows today."
    EXIT_NOT_FILLED = (
        "EXIT_NOT_FILLED",
        "The exit of a reversal had not filled in time, so its entry was not sent.",
    )
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN", "The order may be live; it is looked up and never sent again."
    ORDER_CANCELED = (
        "ORDER_CANCELED",
        "The order was taken back before all of it had filled: by an alert, by you, or by the broker.",
    )
    ORDER_EXPIRED = "ORDER_EXPIRED", "The order's time was over before all of it had filled."
    ORDER_NOT_PLACED = (
        "ORDER_NOT_PLACED",
        "The broker proved, after a crash or doubt, that it has no such order.",
    )
    ORDER_NONE = "ORDER_NONE", "There is no such working order of this bot."
    ORDER_AMBIGUOUS = (
        "ORDER_AMBIGUOUS",
        "More than one working order is meant; a change names one by its client order id.",
    )
    ORDER_PROTECTIVE = (
        "ORDER_PROTECTIVE",
        "Stop-loss and take-profit are managed; an alert does not change them.",
    )
    EXIT_MISPLACED = (
        "EXIT_MISPLACED",
        "The alert's own stop-loss or take-profit is on the wrong side of the price.",
    )
    COVER_WITHOUT_SHORT = "COVER_WITHOUT_SHORT", "A BUY may only cover, and this contract was not sold short."
    COVER_EXCEEDS_SHORT = (
        "COVER_EXCEEDS_SHORT",
        "A BUY may only cover, and less than this is open and not being covered already.",
    )
    QUANTITY_NOT_LOT = "QUANTITY_NOT_LOT", "The quantity is no multiple of the contract's lot."
    QUANTITY_EXCEEDS_FREEZE = (
        "QUANTITY_EXCEEDS_FREEZE",
        "The exchange takes no single order of so many units (freeze quantity).",
    )
    POSITION_NONE = "POSITION_NONE", "There is nothing to exit."
    POSITION_REACHED = "POSITION_REACHED", "The position already is what the alert asks for."
    RECOVERED_PARTLY = (
        "RECOVERED_PARTLY",
        "A crash interrupted a reversal; its entry was not sent afterwards.",
    )
    INTERNAL_ERROR = "INTERNAL_ERROR", "Gatehouse failed; the log has the details."
