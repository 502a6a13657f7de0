"""Both sides of every bound of the gates that look at opinions and trade ideas."""

from dataclasses import replace
from decimal import Decimal

from app.domain.ideas import Idea
from app.domain.opinions import Action, Decision, Direction, Opinion
from app.domain.orders import Side
from app.domain.reasons import Reason
from app.domain.review import Advice

BULLISH = Idea(Direction.BULLISH, Decimal(100), Decimal(110), Decimal(95))
BEARISH = Idea(Direction.BEARISH, Decimal(100), Decimal(90), Decimal(105))
BUY = Decision(Action.BUY, "AAPL", Decimal(1000), Decimal("0.72"), "because")
SHORT = replace(BUY, action=Action.SELL_SHORT)


def said(decision, *, required=True):
    """What an analyst said of the entry, and whether it must be heard."""
    advice = Advice(decision and Opinion(analyst="rules", model="rules", decision=decision))
    return {"advice": advice, "is_required": required}


SHORT_SALE = {"side": Side.SELL, "idea": BEARISH} | said(SHORT)
A_BIT = Decimal("0.000001")


def buying(*, required=True, **changes):
    """What a gate compares when an analyst would buy, which a bullish idea asked for."""
    decision = replace(BUY, **changes)
    return {"idea": BULLISH, "min_confidence": Decimal("0.72")} | said(decision, required=required)


def bullish(**levels):
    return {"idea": replace(BULLISH, **{name: value and Decimal(value) for name, value in levels.items()})}


def bearish(**levels):
    return {"idea": replace(BEARISH, **{name: value and Decimal(value) for name, value in levels.items()})}


MISMATCH = Reason.OPINION_DIRECTION_MISMATCH
ALLOWED = [
    ("opinion_symbol", buying()),
    ("opinion_symbol", buying(symbol=" aapl ")),
    ("opinion_symbol", said(None)),
    ("opinion_symbol", buying(symbol="MSFT", required=False)),
    ("opinion_confidence", buying()),
    ("opinion_confidence", buying(confidence=Decimal(0), required=False)),
    ("buy_is_bullish", buying()),
    ("buy_is_bullish", buying() | {"idea": None}),
    ("buy_is_bullish", SHORT_SALE),
    ("buy_is_bullish", buying(action=Action.SKIP) | {"idea": BEARISH}),
    ("short_is_bearish", SHORT_SALE),
    ("short_is_bearish", SHORT_SALE | {"idea": None}),
    ("short_is_bearish", buying()),
    ("idea_levels", {"idea": BULLISH}),
    ("idea_levels", {"idea": None}),
    ("bullish_target", bullish(target="100.000001")),
    ("bullish_target", bearish(target="100")),
    ("bullish_target", bullish(target=None)),
    ("bullish_stop", bullish(stop="99.999999")),
    ("bullish_stop", bearish(stop="100")),
    ("bearish_target", bearish(target="99.999999")),
    ("bearish_target", bullish(target="100")),
    ("bearish_stop", bearish(stop="100.000001")),
    ("bearish_stop", bullish(stop="100")),
    ("notional_positive", buying(notional_usd=A_BIT)),
    ("notional_positive", buying(notional_usd=Decimal(0), action=Action.SKIP)),
    ("notional_cap", {"notional_cap": Decimal(1000)} | buying()),
    ("notional_cap", {"notional_cap": None}),
    ("notional_cap", buying(notional_usd=Decimal(1), required=False)),
]
REFUSED = [
    ("opinion_symbol", Reason.OPINION_SYMBOL_MISMATCH, buying(symbol="MSFT")),
    ("opinion_symbol", Reason.OPINION_SYMBOL_MISMATCH, buying(symbol="\N{GREEK CAPITAL LETTER ALPHA}APL")),
    ("opinion_symbol", Reason.OPINION_SYMBOL_MISMATCH, buying() | {"instrument": None}),
    ("opinion_confidence", Reason.OPINION_CONFIDENCE_LOW, buying(confidence=Decimal("0.719999"))),
    ("buy_is_bullish", MISMATCH, buying() | {"idea": BEARISH}),
    ("buy_is_bullish", MISMATCH, buying() | {"idea": replace(BULLISH, direction=Direction.NEUTRAL)}),
    ("buy_is_bullish", MISMATCH, buying() | {"side": Side.SELL}),
    ("buy_is_bullish", MISMATCH, buying() | {"idea": None, "side": Side.SELL}),
    ("short_is_bearish", MISMATCH, SHORT_SALE | {"idea": BULLISH}),
    ("short_is_bearish", MISMATCH, SHORT_SALE | {"idea": None, "side": Side.BUY}),
    ("idea_levels", Reason.IDEA_LEVELS_MISSING, bullish(entry=None)),
    ("idea_levels", Reason.IDEA_LEVELS_MISSING, bullish(target=None)),
    ("idea_levels", Reason.IDEA_LEVELS_MISSING, bearish(stop=None)),
    ("bullish_target", Reason.IDEA_TARGET_MISPLACED, bullish(target="100")),
    ("bullish_stop", Reason.IDEA_STOP_MISPLACED, bullish(stop="100")),
    ("bearish_target", Reason.IDEA_TARGET_MISPLACED, bearish(target="100")),
    ("bearish_stop", Reason.IDEA_STOP_MISPLACED, bearish(stop="100")),
    ("notional_positive", Reason.NOTIONAL_ZERO, buying(notional_usd=Decimal(0))),
    ("notional_cap", Reason.NOTIONAL_EXCEEDS_LIMIT, {"notional_cap": Decimal("999.99")}),
    ("notional_cap", Reason.NOTIONAL_EXCEEDS_LIMIT, buying(notional_usd=Decimal("999.99"))),
    ("notional_cap", Reason.PRICE_UNKNOWN, {"notional_cap": Decimal(1000), "price": None}),
]
