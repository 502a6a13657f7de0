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

    TRADING_HALTED = "TRADING_HALTED", "Trading is halted: no alert trades."
    TRADING_REDUCING = "TRADING_REDUCING", "Positions are being reduced: alerts may only exit."
    ALERT_STALE = (
        "ALERT_STALE",
        "The alert is older than STALE_ALERT_SECONDS allows (asked only where it is set).",
    )
    ALERT_FROM_FUTURE = (
        "ALERT_FROM_FUTURE",
        "The alert's time is in the future (asked only where STALE_ALERT_SECONDS is set).",
    )
    ALERT_EXPIRED = "ALERT_EXPIRED", "A crash interrupted the alert, and it was too old to be finished."
    ALERT_OVERTAKEN = (
        "ALERT_OVERTAKEN",
        "A later alert took its place: it came first, wanted the other side, or moved the position.",
    )
    SYMBOL_MALFORMED = "SYMBOL_MALFORMED", "The symbol is empty, too long or has characters no symbol has."
    SYMBOL_UNKNOWN = "SYMBOL_UNKNOWN", "The symbol does not name exactly one known instrument."
    SYMBOL_AMBIGUOUS = (
        "SYMBOL_AMBIGUOUS",
        "The symbol names more than one thing, such as a coin and a listed fund; say which.",
    )
    SYMBOL_INDEX = "SYMBOL_INDEX", "The symbol is an index, which cannot be traded."
    SYMBOL_UNSUPPORTED = (
        "SYMBOL_UNSUPPORTED",
        "This kind of instrument cannot be traded here.",
    )
    SYMBOL_NOT_ALLOWED = (
        "SYMBOL_NOT_ALLOWED",
        "The symbol is not in the bot's allowed_symbols, or not its underlying.",
    )
    CONTRACT_MALFORMED = (
        "CONTRACT_MALFORMED",
        "The expiry, strike or option type does not mean exactly one contract.",
    )
    CONTRACT_UNKNOWN = (
        "CONTRACT_UNKNOWN",
        "The exchange lists no such contract.",
    )
    STRUCTURE_MALFORMED = "STRUCTURE_MALFORMED", "The legs make no structure that can be traded."
    STRUCTURE_UNSUPPORTED = "STRUCTURE_UNSUPPORTED", "The broker takes no order for this structure."
    OPTIONS_LEVEL_INSUFFICIENT = (
        "OPTIONS_LEVEL_INSUFFICIENT",
        "The account's options level does not allow this structure.",
    )
    CONTRACT_NOT_TRADABLE = "CONTRACT_NOT_TRADABLE", "A leg's contract cannot be traded now."
    CONTRACT_NONSTANDARD = (
        "CONTRACT_NONSTANDARD",
        "A leg's contract does not stand for the usual number of shares.",
    )
    OPEN_INTEREST_LOW = (
        "OPEN_INTEREST_LOW",
        "A leg has fewer open contracts than the bot wants, or they are unknown.",
    )
    VOLUME_LOW = "VOLUME_LOW", "A leg was traded less today than the bot wants, or it is unknown."
    CREDIT_TOO_SMALL = "CREDIT_TOO_SMALL", "The credit is smaller than the bot's share of the width."
    DEBIT_TOO_LARGE = "DEBIT_TOO_LARGE", "The debit is larger than the bot allows."
    MAX_LOSS_EXCEEDED = "MAX_LOSS_EXCEEDED", "The entry may lose more than the bot allows."
    BOT_TRADES_CAP = "BOT_TRADES_CAP", "The bot holds as many structures as it may."
    LEG_HELD = (
        "LEG_HELD",
        "A leg opposes a contract that another trade holds: the broker would net them away.",
    )
    EXPIRY_CUTOFF = "EXPIRY_CUTOFF", "The structure expires too soon: it would have to be left again at once."
    TRADE_CLOSING = "TRADE_CLOSING", "The trade is being closed already."
    TRADE_NONE = "TRADE_NONE", "There is no trade to close."
    BOT_KIND_MISMATCH = "BOT_KIND_MISMATCH", "The bot trades no structures of options by its own settings."
    CLOSED_BY_BROKER = "CLOSED_BY_BROKER", "The broker has closed a leg by itself."
    LEG_ASSIGNED = "LEG_ASSIGNED", "A sold leg was assigned before its expiry."
    LADDER_EXHAUSTED = (
        "LADDER_EXHAUSTED",
        "Nobody traded at the prices that the ladder may go to; nothing was entered.",
    )
    STRUCTURE_PRICE_SIGN = (
        "STRUCTURE_PRICE_SIGN",
        "The net price is a credit where the structure costs a debit, or the other way round.",
    )
    PRICE_IMPOSSIBLE = "PRICE_IMPOSSIBLE", "The structure cannot be worth its net price at any expiry price."
    DTE_OUT_OF_RANGE = "DTE_OUT_OF_RANGE", "No listed expiry lies within the days that the bot allows."
    EXPIRY_TOO_FAR = "EXPIRY_TOO_FAR", "No listed expiry is near enough to the one that was asked for."
    STRIKE_TOO_FAR = "STRIKE_TOO_FAR", "No listed strike is near enough to the one that was asked for."
    CHAIN_UNAVAILABLE = (
        "CHAIN_UNAVAILABLE",
        "The broker lists no contracts to choose from, or did not answer.",
    )
    GREEKS_UNKNOWN = "GREEKS_UNKNOWN", "A delta is asked for, and no contract has one."
    QUOTE_ONE_SIDED = "QUOTE_ONE_SIDED", "A leg lacks a bid or an ask, or they cross."
    QUOTE_STALE = "QUOTE_STALE", "A leg's quote is older than an entry may be decided on."
    SPREAD_TOO_WIDE = "SPREAD_TOO_WIDE", "Bid and ask of the structure are further apart than the bot allows."
    SYMBOL_MASTER_MISSING = (
        "SYMBOL_MASTER_MISSING",
        "The exchange's list of contracts has not been downloaded yet.",
    )
    SYMBOL_MASTER_STALE = (
        "SYMBOL_MASTER_STALE",
        "The list of contracts is older than SYMBOL_MASTER_MAX_AGE_DAYS.",
    )
    SHORT_UNSUPPORTED = "SHORT_UNSUPPORTED", "The broker does not sell this short, or only in whole units."
    SHORT_DISABLED = "SHORT_DISABLED", "Short selling is off."
    TARGET_SIZE_UNKNOWN = (
        "TARGET_SIZE_UNKNOWN",
        "How much of the position to exit is unknown: the alert lacks TradingView's position sizes.",
    )
    PRICE_UNKNOWN = "PRICE_UNKNOWN", "No price is known, so the order cannot be checked."
    PRICE_DEVIATION = "PRICE_DEVIATION", "The alert's price is too far from the market's."
    QUANTITY_ZERO = "QUANTITY_ZERO", "The size is zero after rounding down to the smallest step."
    QUANTITY_UNUSED = (
        "QUANTITY_UNUSED",
        "The alert names a size, and the bot sizes its entries itself.",
    )
    QUANTITY_EXCEEDS_LIMIT = "QUANTITY_EXCEEDS_LIMIT", "The order has more units than the limit allows."
    NOTIONAL_EXCEEDS_LIMIT = "NOTIONAL_EXCEEDS_LIMIT", "The order is worth more than the limit allows."
    ACCOUNT_UNKNOWN = "ACCOUNT_UNKNOWN", "The broker did not say what the account holds, or has blocked it."
    EQUITY_UNKNOWN = (
        "EQUITY_UNKNOWN",
        "The account's equity is unknown, so the circuit breaker allows no entries.",
    )
    BUYING_POWER_INSUFFICIENT = "BUYING_POWER_INSUFFICIENT", "The order costs more than the account can pay."
    DAILY_ORDER_CAP = "DAILY_ORDER_CAP", "The bot has used up its entries for today (UTC)."
    DAILY_NOTIONAL_CAP = (
        "DAILY_NOTIONAL_CAP",
        "The bot's entries of today (UTC) would be worth more than their cap.",
    )
    SYMBOL_EXPOSURE_CAP = "SYMBOL_EXPOSURE_CAP", "The position would be worth more than its cap."
    OPEN_POSITIONS_CAP = "OPEN_POSITIONS_CAP", "The bot has as many open positions as it may have."
    MARKET_CLOSED = "MARKET_CLOSED", "The market is closed and entries are for market hours only."
    DAILY_LOSS_LIMIT = "DAILY_LOSS_LIMIT", "The bot has lost as much today as it may."
    ACCOUNT_LOSS_LIMIT = "ACCOUNT_LOSS_LIMIT", "The account's bots have lost as much today as they may."
    CONSECUTIVE_LOSSES = "CONSECUTIVE_LOSSES", "The bot has lost too many trades in a row today."
    LOSS_UNKNOWN = "LOSS_UNKNOWN", "What was lost today is not known, and may be more than the limit."
    TRADING_WINDOW_CLOSED = (
        "TRADING_WINDOW_CLOSED",
        "It is none of the times at which the bot may enter (trading_windows).",
    )
    MARKET_OPENING = "MARKET_OPENING", "The market has opened too recently (minutes_after_open)."
    MARKET_CLOSING = "MARKET_CLOSING", "The market closes too soon (minutes_before_close)."
    COOLDOWN_ACTIVE = "COOLDOWN_ACTIVE", "The bot entered this symbol too recently."
    OPINION_UNAVAILABLE = "OPINION_UNAVAILABLE", "The entry needs an opinion, and there is none."
    OPINION_SKIP = "OPINION_SKIP", "The analyst advises against the trade."
    OPINION_REFUSED = "OPINION_REFUSED", "The model refused to answer."
    OPINION_INCOMPLETE = (
        "OPINION_INCOMPLETE",
        "The model did not finish its answer.",
    )
    OPINION_FAILED = "OPINION_FAILED", "The model's server failed or could not be reached."
    OPINION_TIMEOUT = "OPINION_TIMEOUT", "The opinion was not there within ANALYST_TIMEOUT_SECONDS."
    OPINION_UNPARSABLE = "OPINION_UNPARSABLE", "The model's answer is not the decision that was asked for."
    OPINION_SYMBOL_MISMATCH = "OPINION_SYMBOL_MISMATCH", "The model answered about another symbol."
    OPINION_CONFIDENCE_LOW = (
        "OPINION_CONFIDENCE_LOW",
        "The analyst's confidence is below MIN_LLM_CONFIDENCE.",
    )
    OPINION_DIRECTION_MISMATCH = (
        "OPINION_DIRECTION_MISMATCH",
        "The analyst would trade the other side.",
    )
    NOTIONAL_ZERO = "NOTIONAL_ZERO", "The analyst would trade for an amount of zero."
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
        "The analyst's tools (MCP server) could not be used.",
    )
    APPROVAL_UNAVAILABLE = "APPROVAL_UNAVAILABLE", "The entry needs an approval, and there is none."
    APPROVAL_REJECTED = "APPROVAL_REJECTED", "A person rejected the order."
    APPROVAL_EXPIRED = "APPROVAL_EXPIRED", "Nobody approved the order within APPROVAL_TIMEOUT_SECONDS."
    OPPOSED_BY_BOT = "OPPOSED_BY_BOT", "Another bot holds the opposite position in the same account."
    CURRENCY_UNSUPPORTED = "CURRENCY_UNSUPPORTED", "The price is in another currency than the account."
    LIVE_NOT_ENABLED = "LIVE_NOT_ENABLED", "Real money needs both ALLOW_LIVE_TRADING and the bot's `live`."
    BROKER_NOT_CONFIGURED = "BROKER_NOT_CONFIGURED", "The bot's broker has no credentials here."
    BROKER_UNAVAILABLE = "BROKER_UNAVAILABLE", "The broker could not be asked."
    BROKER_REJECTED = "BROKER_REJECTED", "The broker rejected the order."
    BROKER_CREDENTIALS_REFUSED = "BROKER_CREDENTIALS_REFUSED", "The broker does not accept the credentials."
    BROKER_LOGIN_REQUIRED = "BROKER_LOGIN_REQUIRED", "The broker wants a login before it takes anything."
    BROKER_ADDRESS_REFUSED = (
        "BROKER_ADDRESS_REFUSED",
        "The broker takes no orders from this IP address.",
    )
    RATE_LIMIT_REACHED = (
        "RATE_LIMIT_REACHED",
        "The broker's limit of requests is used up; nothing was sent.",
    )
    PRICE_BEYOND_CIRCUIT = "PRICE_BEYOND_CIRCUIT", "The price is outside the exchange's limits of today."
    EXIT_GIVEN_UP = (
        "EXIT_GIVEN_UP",
        "The exit could not be carried out within EXIT_PURSUIT_SECONDS; the position may still be held.",
    )
    EXIT_PURSUED = "EXIT_PURSUED", "An exit of this position goes on, and nothing is added to it meanwhile."
    EXIT_ENDED = "EXIT_ENDED", "The operator ended the exit before it was carried out."
    EXIT_NOT_FILLED = (
        "EXIT_NOT_FILLED",
        "The exit of a reversal has not filled yet; its entry waits, and is dropped when that takes long.",
    )
    OUTCOME_UNKNOWN = (
        "OUTCOME_UNKNOWN",
        "Whether the order arrived is not known yet; it is looked up and never sent again.",
    )
    ORDER_CANCELED = (
        "ORDER_CANCELED",
        "The order was cancelled before all of it had filled.",
    )
    ORDER_EXPIRED = "ORDER_EXPIRED", "The order expired before all of it had filled."
    ORDER_NOT_PLACED = (
        "ORDER_NOT_PLACED",
        "The broker has no such order: it was not placed.",
    )
    ORDER_NONE = "ORDER_NONE", "The bot has no such open order."
    ORDER_AMBIGUOUS = (
        "ORDER_AMBIGUOUS",
        "More than one open order is meant; name one by its client order id.",
    )
    ORDER_PROTECTIVE = (
        "ORDER_PROTECTIVE",
        "Stop-loss and take-profit are managed here; an alert does not change them.",
    )
    ORDER_OF_LADDER = (
        "ORDER_OF_LADDER",
        "The bot's orders are those of its structures' ladders; an alert neither cancels nor changes them.",
    )
    EXIT_MISPLACED = (
        "EXIT_MISPLACED",
        "The alert's own stop-loss or take-profit is on the wrong side of the price.",
    )
    COVER_WITHOUT_SHORT = "COVER_WITHOUT_SHORT", "A BUY may only cover, and this contract was not sold short."
    COVER_UNCLEAR = (
        "COVER_UNCLEAR",
        "The strike is counted from the money, and picks none of the contracts that the bot has sold short.",
    )
    COVER_EXCEEDS_SHORT = (
        "COVER_EXCEEDS_SHORT",
        "A BUY may only cover, and less than this is left to cover.",
    )
    RISK_STOP_MISSING = (
        "RISK_STOP_MISSING",
        "The bot sizes by what is lost at the stop, and the entry has no stop.",
    )
    RISK_STOP_MISPLACED = (
        "RISK_STOP_MISPLACED",
        "The bot sizes by what is lost at the stop, and the stop is not on the losing side of the price.",
    )
    RISK_EXCEEDED = "RISK_EXCEEDED", "The order would lose more at its stop than the bot may risk."
    QUANTITY_NOT_LOT = "QUANTITY_NOT_LOT", "The quantity is not a multiple of the lot."
    QUANTITY_EXCEEDS_FREEZE = (
        "QUANTITY_EXCEEDS_FREEZE",
        "The exchange takes no single order of this size (freeze quantity).",
    )
    POSITION_NONE = "POSITION_NONE", "There is nothing to exit."
    POSITION_MISSING = "POSITION_MISSING", "The alert only adds to a position, and there is none."
    POSITION_CLOSING = (
        "POSITION_CLOSING",
        "Orders that rest at the broker, perhaps placed by hand, close all that is held already.",
    )
    POSITION_REACHED = "POSITION_REACHED", "The position is already what the alert asks for."
    RECOVERED_PARTLY = (
        "RECOVERED_PARTLY",
        "A crash interrupted a reversal; its entry was not sent afterwards.",
    )
    INTERNAL_ERROR = "INTERNAL_ERROR", "Gatehouse failed; the log has the details."
