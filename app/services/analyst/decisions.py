"""The one shape in which a model may answer, and the only reader of it."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from app.domain.money import ZERO, plain
from app.domain.opinions import Action, Decision, Question, is_same_symbol
from app.domain.reasons import Reason
from app.logs import mask_known
from app.services.analyst.base import NoDecision, quoted

LONGEST_DECISION = 20_000
LONGEST_RATIONALE, LONGEST_NOTE, MOST_NOTES = 2000, 500, 20
# A short text such as 1e-999999 is a valid decimal, and becomes a million digits when it is written out.
LONGEST_NUMBER, FINEST_NUMBER = 32, -20
LARGEST_NOTIONAL = Decimal(10**12)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": [action.value for action in Action]},
        "symbol": {"type": "string", "description": "The proposal's symbol, exactly"},
        "notional_usd": {"type": "number", "minimum": 0, "description": "Value of the order; 0 with skip"},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "rationale": {"type": "string", "description": "At most 600 characters"},
        "risk_notes": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
    },
    "required": ["action", "symbol", "notional_usd", "confidence", "rationale", "risk_notes"],
    "additionalProperties": False,
}


def read_decision(text: str, question: Question) -> Decision:
    """Return the decision that a message holds; raise NoDecision unless all of it is as it must be."""
    data = _read_object(text)
    # The schema was asked for, but not every server keeps to one: what is not exactly this decides nothing.
    if set(data) != set(SCHEMA["required"]):
        _refuse(f"the fields are {quoted(', '.join(sorted(data)))}")
    symbol = _text("symbol", data["symbol"], LONGEST_NOTE)
    # Words in an alert or a tool's result may lead a model elsewhere; it never redirects an order.
    if not is_same_symbol(symbol, question.symbol):
        raise NoDecision(
            Reason.OPINION_SYMBOL_MISMATCH, f"Asked about {question.symbol}, answered about {symbol[:40]!a}."
        )
    return Decision(
        action=_action(data["action"]),
        symbol=question.symbol,
        notional_usd=_number("notional_usd", data["notional_usd"], LARGEST_NOTIONAL),
        confidence=_number("confidence", data["confidence"], Decimal(1)),
        rationale=_text("rationale", data["rationale"], LONGEST_RATIONALE),
        risk_notes=_notes(data["risk_notes"]),
    )


def _read_object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_DECISION:
        _refuse("it is too long")
    try:
        data = json.loads(
            text,
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError) as error:
        raise _unparsable("it is not JSON") from error
    if not isinstance(data, dict):
        _refuse("it is no JSON object")
    return data


class _Number(str):
    """A number as it was written: nothing is lost to a float, and no text passes for one."""

    __slots__ = ()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    # Of two values for one field nobody can say which was meant.
    if len(data) != len(pairs):
        _refuse("a field is there twice")
    return data


def _refuse_constant(_: str) -> NoReturn:
    _refuse("a number is not finite")


def _action(value: Any) -> Action:
    if type(value) is not str or value not in set(Action):
        _refuse("action is none of skip, buy, sell_short")
    return Action(value)


def _number(name: str, value: Any, largest: Decimal) -> Decimal:
    if not isinstance(value, _Number) or len(value) > LONGEST_NUMBER:
        _refuse(f"{name} is not a usable number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        _refuse(f"{name} is not a usable number")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < FINEST_NUMBER or not ZERO <= number <= largest:
        _refuse(f"{name} is out of range")
    return plain(number)


def _notes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_NOTES:
        _refuse("risk_notes is not a short list")
    return tuple(_text("risk_notes", note, LONGEST_NOTE) for note in value)


def _text(name: str, value: Any, longest: int) -> str:
    if type(value) is not str or len(value) > longest:
        _refuse(f"{name} is not a text of at most {longest} characters")
    # A tool may have shown the model what nobody is to read.
    line = mask_known(" ".join(value.split()))
    if not line.isprintable():
        # What a person reads before an approval must look like what it is.
        _refuse(f"{name} has characters that cannot be shown")
    return line


def _refuse(why: str) -> NoReturn:
    raise _unparsable(why)


def _unparsable(why: str) -> NoDecision:
    return NoDecision(Reason.OPINION_UNPARSABLE, f"The answer is not the decision that was asked for: {why}.")
