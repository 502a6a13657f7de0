"""Attacks that the model's answer carries out: JSON tricks and figures at their bounds."""

import json
from typing import Any

from tests.adversarial.attack import Attack
from tests.builders import BEARISH

UNREADABLE = "OPINION_UNPARSABLE"
GOOD = {
    "action": "buy",
    "symbol": "NVDA",
    "notional_usd": 100,
    "confidence": 0.9,
    "rationale": "x",
    "risk_notes": [],
}
WRITTEN = json.dumps(GOOD)


def answered(name: str, kind: str, ends: str, **behaviour: Any) -> Attack:
    return Attack(name=f"answer: {name}", answer={"kind": kind, "times": None} | behaviour, ends=ends)


def wrote(name: str, text: str, ends: str = UNREADABLE) -> Attack:
    """Return a model that writes exactly this."""
    return answered(name, "text", ends, text=text)


def decided(name: str, ends: str, **changes: Any) -> Attack:
    """Return a model that decides this."""
    return answered(name, "decision", ends, decision=changes)


SHAPES = [
    answered("the same key twice", "duplicate_keys", UNREADABLE),
    answered("keys of its own", "extra_keys", UNREADABLE),
    answered("option keys", "extra_keys", UNREADABLE, decision={"option_symbol": "NVDA260619C00150000"}),
    answered("a key missing", "missing_key", UNREADABLE),
    answered("NaN", "nan", UNREADABLE),
    answered("infinity", "infinite_notional", UNREADABLE),
    answered("figures as text", "number_as_text", UNREADABLE),
    answered("another symbol", "wrong_symbol", "OPINION_SYMBOL_MISMATCH"),
    answered("an unknown action", "wrong_enum", UNREADABLE),
    answered("two messages", "two_messages", UNREADABLE),
    answered("two parts", "two_parts", UNREADABLE),
    answered("fenced", "fenced", UNREADABLE),
    answered("a list", "not_an_object", UNREADABLE),
    answered("eight megabytes", "huge", UNREADABLE),
    answered("half of it", "truncated", "OPINION_INCOMPLETE"),
    answered("a refusal", "refusal", "OPINION_REFUSED"),
    answered("an item from the future", "unknown_items", "filled"),
]

TEXTS = [
    wrote("JSON in JSON", json.dumps(WRITTEN)),
    wrote("one object after the other", WRITTEN + WRITTEN.replace("100", "1000000")),
    wrote("a comment", WRITTEN[:-1] + ', "notional_usd": 1000000}'),
    wrote("a trailing comma", WRITTEN[:-1] + ",}"),
    wrote("an escaped key twice", WRITTEN[:-1] + ', "\\u006eotional_usd": 1000000}'),
    wrote("a byte order mark", "\ufeff" + WRITTEN),
    wrote("beyond any float", WRITTEN.replace("100", "1e999")),
    wrote("a tiny figure", WRITTEN.replace("100", "1e-999999999")),
    wrote("a long figure", WRITTEN.replace("100", "1" * 5000)),
    wrote("Arabic digits", WRITTEN.replace("100", "\u0661\u0660\u0660")),
    wrote("true for a figure", WRITTEN.replace("0.9", "true")),
    wrote("nested without end", "[" * 100_000),
    wrote("an inner object", json.dumps({"decision": GOOD})),
    wrote("the symbol in a list", WRITTEN.replace('"NVDA"', '["NVDA", "TSLA"]')),
    wrote("spaces around the symbol", WRITTEN.replace("NVDA", " nvda "), "filled"),
    wrote("a line break in the action", WRITTEN.replace('"buy"', '"buy\\n"')),
]

FIGURES = [
    decided("just not confident", "OPINION_CONFIDENCE_LOW", confidence=0.7199999999),
    decided("just confident", "filled", confidence=0.72),
    decided("wholly confident, a million", "filled", confidence=1.0, notional_usd=1_000_000),
    decided("a trillion and one", UNREADABLE, notional_usd=10**12 + 1),
    decided("less than nothing", UNREADABLE, notional_usd=-250),
    decided("a hundredth of a cent", "QUANTITY_ZERO", notional_usd=0.0001),
    decided("less than allowed", "filled", notional_usd=7),
    decided("another side", "OPINION_DIRECTION_MISMATCH", action="sell_short"),
    decided("in capitals", UNREADABLE, action="BUY"),
    decided("no symbol", UNREADABLE, symbol=None),
    Attack(
        name="answer: a short for a bullish target",
        idea=BEARISH | {"direction": "bullish"},
        answer={"kind": "decision", "times": None, "decision": {"action": "sell_short"}},
        ends="OPINION_DIRECTION_MISMATCH",
    ),
]

ATTACKS = [*SHAPES, *TEXTS, *FIGURES]
