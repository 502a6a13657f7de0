"""The dialect of bot commands: enter a structure, leave trades; their address is part of what they say."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.domain.orders import Side
from app.domain.signals import Dialect, Intent, Signal
from app.domain.structures.commands import EnterCommand, ExitCommand, WantedLeg, Which
from app.domain.structures.legs import MOST_LEGS
from app.errors import BotUnknown, MalformedAlert, MalformedStructure, MalformedTrim, TradeUnknown
from app.schemas.base import Between, EntryCount, Field, Schema
from app.schemas.cases import Case
from app.schemas.entry import COMMAND_MARK, DialectEntry
from app.schemas.fields import Amount, Key, Text, Word
from app.schemas.moments import Moment
from app.schemas.shapes import DATE, Shape, has, pattern_shape, whole_pattern

ENTER, EXIT = "enter", "exit"
LARGEST_NUMBER = 2**53
MOST_UNITS = 1_000_000
WHOLE = 100
OF_CONTRACT = ("expiration", "strike")
WHOLE_CONTRACT = "a contract has expiration, type and strike, shares have none"
_DIGITS = re.compile(r"[0-9]{1,16}")
_SIGNED_DIGITS = re.compile(r"[+-]?[0-9]{1,16}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Number(Field[int]):
    """A whole number as JSON writes it, or its digits as text: 7 or "7", but not 7.0 or true."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(validate=[Between(least, most)], **options)
        self.least, self.most = least, most

    @property
    def allowed(self) -> str:
        """A whole number and its bounds."""
        return f"a whole number from {self.least} to {self.most}"

    @property
    def shape(self) -> Shape:
        """A whole number, or its digits where it has no sign."""
        number: Shape = {"type": "integer", "minimum": self.least, "maximum": self.most}
        if self.least < 0:
            return number | {"not": {"const": 0}}
        digits = pattern_shape(f"^(?:{whole_pattern(self.least, self.most)})$")
        return {"anyOf": [number, digits]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if isinstance(value, str) and _SIGNED_DIGITS.fullmatch(value):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class ExpiryDay(Field[date]):
    """A date as YYYY-MM-DD and in no other way."""

    allowed = "a date like 2026-12-18"
    shape = DATE

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("invalid") from error


class CommandLegSchema(Schema):
    """A leg: a contract, or shares where it has neither expiration, type nor strike."""

    cases: ClassVar[Mapping[str, tuple[Case, ...]]] = {
        "type": (
            Case(
                words=("call", "put"), needs=("expiration", "strike"), needed=f"is missing; {WHOLE_CONTRACT}"
            ),
            Case(
                is_default=True, without=("expiration", "strike"), misplaced=f"needs type; {WHOLE_CONTRACT}"
            ),
        )
    }

    symbol = Text(required=True, longest=20)
    quantity = Number(-MOST_UNITS, MOST_UNITS, required=True)
    expiration = ExpiryDay()
    type = Word("call", "put")
    strike = Amount(positive=True)

    @validates_schema
    def _trades_something(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("quantity") == 0:
            raise ValidationError(
                "must not be zero: a positive number buys, a negative one sells", "quantity"
            )

    @post_load
    def _to_leg(self, data: dict[str, Any], **_: Any) -> WantedLeg:
        strike: Decimal | None = data.get("strike")
        symbol = data["symbol"].upper()
        return WantedLeg(symbol, data["quantity"], data.get("expiration"), data.get("type"), strike)


class Legs(Field[Any], fields.List[Any]):
    """One to four legs on one underlying, at least one of them a contract."""

    allowed = f"a list of 1 to {MOST_LEGS} legs"

    @property
    def shape(self) -> Shape:
        """Some legs."""
        return {"type": "array", "items": CommandLegSchema().shape, "minItems": 1, "maxItems": MOST_LEGS}

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.Nested(CommandLegSchema()), validate=EntryCount(1, MOST_LEGS), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, list) and not all(isinstance(leg, Mapping) for leg in value):
            raise ValidationError("must be JSON objects, one a leg")
        legs: Any = super()._deserialize(value, attr, data, **options)
        if len({leg.symbol for leg in legs}) > 1:
            raise ValidationError("must be on one and the same symbol")
        if legs and all(leg.kind is None for leg in legs):
            raise ValidationError(
                "must have at least one option among them: give expiration, type and strike"
            )
        return tuple(legs)


class BotCommandSchema(Schema):
    """JSON in, Signal out; every field is read, others are refused."""

    cases: ClassVar[Mapping[str, tuple[Case, ...]]] = {
        "command": (
            Case(
                words=(ENTER,),
                needs=("bot",),
                without=("close", "trade", "trim"),
                needed="is missing; give the bot's number",
                misplaced="does not belong in an enter",
            ),
            Case(words=(EXIT,), without=("legs", "quantity"), misplaced="does not belong in an exit"),
        ),
        "legs": (
            Case(is_default=True),
            Case(without=("quantity",), misplaced="is not read beside legs, which have their own"),
        ),
        "trade": (
            Case(is_default=True, without=("trim",), misplaced="is for one trade; say which in trade"),
            Case(without=("close",), misplaced="says which trades, and so does trade; leave one out"),
        ),
        "close": (
            Case(is_default=True),
            Case(needs=("bot",), needed="is missing; close is about the trades of one bot"),
        ),
    }

    command = Word(ENTER, EXIT, required=True)
    bot = Number(1, LARGEST_NUMBER, allow_none=True)
    quantity = Number(1, MOST_UNITS, allow_none=True)
    legs = Legs()
    # The document's example of an answer has an empty one.
    close = Word(*(which.value for which in Which), "", allow_none=True)
    trade = Number(1, LARGEST_NUMBER, allow_none=True)
    trim = Number(1, WHOLE, allow_none=True)
    idempotency_key = Key(allow_none=True, longest=200)
    time = Moment(allow_none=True)

    @property
    def shape(self) -> Shape:
        """As of every schema; and an exit says what to leave."""
        shape = super().shape
        is_enter: Shape = {"properties": {"command": {"enum": [ENTER]}}}
        return shape | {"allOf": [*shape["allOf"], {"anyOf": [is_enter, has("trade"), has("close")]}]}

    @validates_schema(skip_on_field_errors=True)
    def _says_what_to_leave(self, data: dict[str, Any], **_: Any) -> None:
        if data["command"] == EXIT and data.get("trade") is None and not data.get("close"):
            raise ValidationError("is missing; give a trade's number, or bot and close", "trade")

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        legs: tuple[WantedLeg, ...] = data.get("legs") or ()
        close = data.get("close")
        is_entry, which = data["command"] == ENTER, Which(close) if close else None
        leave = ExitCommand(data.get("trade"), which, data.get("trim"))
        return Signal(
            dialect=Dialect.BOT_COMMAND,
            symbol=legs[0].symbol if legs else "",
            intent=Intent.ENTER_STRUCTURE if is_entry else Intent.EXIT_STRUCTURE,
            side=Side.BUY,  # a command has none: its legs are bought and sold
            sent_at=data.get("time"),
            idempotency_key=data.get("idempotency_key") or None,
            structure=EnterCommand(data.get("quantity"), legs) if is_entry else leave,
        )


def malformed(message: str, *, fields: dict[Any, Any]) -> MalformedAlert:
    """Return what is wrong with a command, under the code of the part that is wrong."""
    kinds = {"legs": MalformedStructure, "trim": MalformedTrim}
    kind = next((kinds[name] for name in fields if name in kinds), MalformedAlert)
    return kind(message, fields=fields)


def command_alert(command: str, body: dict[str, Any], in_address: dict[str, str]) -> dict[str, Any]:
    """Return the alert that an address and a body make; raise MalformedAlert, BotUnknown or TradeUnknown.

    The address names a bot or a trade by its number; a body that names another one is refused.
    """
    if COMMAND_MARK in body:
        raise MalformedAlert(f"`{COMMAND_MARK}` is no field here: the address says what is to be done.")
    named = {name: _number_in_address(name, text) for name, text in in_address.items()}
    for name, number in named.items():
        if body.get(name) is not None and number_of(body[name]) != number:
            raise MalformedAlert(f"`{name}` and the address name different ones; leave it out of the body.")
    if command == ENTER and not named and body.get("legs") is None:
        raise MalformedStructure(
            f"`legs` is missing; give 1 to {MOST_LEGS} legs, or enter by the bot's settings at enter/{{bot}}."
        )
    return body | named | {COMMAND_MARK: command}


def number_of(value: Any) -> int | None:
    """Return the number that a field of a command says; None where it is no number."""
    if isinstance(value, str):
        return int(value) if _DIGITS.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number_in_address(name: str, text: str) -> int:
    number = number_of(text)
    if number is not None and 1 <= number <= LARGEST_NUMBER:
        return number
    unknown = BotUnknown if name == "bot" else TradeUnknown
    raise unknown(f"There is no such {name}: the address names it by its number.")


ENTRY = DialectEntry(
    dialect=Dialect.BOT_COMMAND,
    schema=BotCommandSchema(),
    told_by="command enter or exit",
    is_also=lambda alert: alert.get(COMMAND_MARK) in (ENTER, EXIT),
    path="/webhook/{secret}/enter",
    is_taken_at_webhook=False,
    sources="COMMAND_SOURCE_IPS",
    names_bot_by_number=True,
    malformed=malformed,
    sample={
        "command": ENTER,
        "bot": 1,
        "legs": [
            {"symbol": "SPY", "quantity": 1, "expiration": "2026-12-18", "type": "call", "strike": 700},
            {"symbol": "SPY", "quantity": -1, "expiration": "2026-12-18", "type": "call", "strike": 710},
        ],
    },
)
