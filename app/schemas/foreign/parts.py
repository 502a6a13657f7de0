"""What the schemas of other services' alerts have in common."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from marshmallow import EXCLUDE, RAISE, ValidationError, fields, pre_load

from app.domain.alert_terms import Distance
from app.domain.orders import OrderType, Side
from app.domain.signals import Intent, Target
from app.schemas.base import Field, Schema
from app.schemas.fields import Amount, Data, Flag, Key, Text, read_number
from app.schemas.reading import number_of
from app.schemas.shapes import Shape

PERCENT = Decimal(100)
MARKET_POSITIONS = {"long": 1, "flat": 0, "short": -1}
LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})
ENTRIES = {Side.BUY: Intent.ENTER_LONG, Side.SELL: Intent.ENTER_SHORT}
# What the side of an order leaves.
EXITS = {Side.BUY: Intent.EXIT_SHORT, Side.SELL: Intent.EXIT_LONG}


class ForeignSchema(Schema):
    """JSON in, Signal out; what decides nothing is kept in the ticket and otherwise ignored.

    What is empty says nothing, and of the fields in `zero_is_nothing` a zero neither.
    """

    class Meta:
        unknown = EXCLUDE

    zero_is_nothing: ClassVar[frozenset[str]] = frozenset()

    # Ours: whoever writes them into another service's alert means what they mean in any.
    bot = Text(allow_none=True, longest=48)
    idempotency_key = Key(allow_none=True, longest=200)

    def load(self, data: Any, **options: Any) -> Any:
        """Read an alert; raise ValidationError."""
        signal = super().load(data, **options)
        # Read once more by itself, as it has been found good: each schema makes its signal of the rest.
        key = self.fields["idempotency_key"].deserialize(data.get("idempotency_key"))
        return replace(signal, idempotency_key=key) if key else signal

    @pre_load
    def _leave_out_nothing(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {
            name: value
            for name, value in data.items()
            if value not in (None, "") and not (name in self.zero_is_nothing and number_of(value) == 0)
        }


class PartSchema(Schema):
    """An object inside of an alert; what it does not know is refused, and what is empty says nothing."""

    class Meta:
        unknown = RAISE

    @pre_load
    def _leave_out_nothing(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value not in (None, "")}


class Anything(Field[Any]):
    """Whatever it is: it is looked at by whoever refuses it."""

    allowed = "anything"
    shape: ClassVar[Shape] = {}


class Inner(Field[Any], fields.Nested):
    """A JSON object with fields of its own."""

    allowed = "a JSON object"

    def __init__(self, part: PartSchema, **options: Any) -> None:
        super().__init__(part, **options)
        self._part = part

    @property
    def shape(self) -> Shape:
        """What its schema takes."""
        return self._part.shape


class Switch(Flag):
    """True or false, as JSON has it, as text, or as 1 and 0."""

    def __init__(self, **options: Any) -> None:
        super().__init__(in_text=True, allow_none=True, **options)


class SignedAmount(Amount):
    """A position: above zero long, below zero short."""

    def _deserialize(self, value: Any, attr: str | None, data: Data, **options: Any) -> Decimal:
        number = read_number(value)
        size = super()._deserialize(abs(number), attr, data, **options)
        return size if number > 0 else -size


def refuse(name: str, advice: str) -> NoReturn:
    """Refuse a field that would change the trade, and say what to do instead; raise ValidationError."""
    raise ValidationError(f"is not read here; {advice}", name)


def only_one(data: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """Return which of some fields that mean the same is there; raise ValidationError where several are."""
    given = [name for name in names if data.get(name) is not None]
    if len(given) > 1:
        raise ValidationError(f"stands beside `{given[0]}`; give one of them", given[1])
    return given[0] if given else None


def sized(quantity: Decimal | None, name: str, *, only_exits: bool) -> Decimal | None:
    """Return a size; raise ValidationError for an entry of nothing.

    TradingView's size of a flat position is zero, and whoever writes it means all of what is left.
    """
    if quantity == 0 and not only_exits:
        raise ValidationError("must be greater than zero", name)
    return quantity or None


def of_percent(value: Decimal | None) -> Decimal | None:
    """Return a percentage as a fraction."""
    return None if value is None else value / PERCENT


def distance(amount: Decimal | None, percent: Decimal | None) -> Distance | None:
    """Return an exit by its amount or its percentage; None where neither is said."""
    if amount is None and percent is None:
        return None
    return Distance(amount, of_percent(percent))


def order_prices(
    kind: OrderType | None, limit: tuple[str, Decimal | None], stop: tuple[str, Decimal | None]
) -> dict[str, Any]:
    """Return limit and trigger of an order of a kind; raise ValidationError where one lacks or is too many.

    Each comes with the name of the field that it stands in.
    """
    said: dict[str, Any] = {}
    for ours, (name, price), kinds in (("limit_price", limit, LIMITED), ("stop_price", stop, STOPPED)):
        if kind in kinds and price is None:
            raise ValidationError(f"is needed for a {_words(kind)} order", name)
        if price is not None and kind not in kinds:
            wanted = " or ".join(_words(each) for each in OrderType if each in kinds)
            raise ValidationError(f"belongs to a {wanted} order, and this is none", name)
        said[ours] = price
    return said


def _words(kind: OrderType | None) -> str:
    return kind.value.replace("_", " ") if kind is not None else "market"


def target_of(data: Mapping[str, Any], now: str, size: str, before: str, size_before: str) -> Target | None:
    """Return the strategy's position by the fields that say it; None where it is not said."""
    position, earlier = data.get(now), data.get(before)
    if position is None:
        return None
    return Target(
        now=MARKET_POSITIONS[position],
        before=None if earlier is None else MARKET_POSITIONS[earlier],
        now_size=Decimal(0) if position == "flat" else data.get(size),
        before_size=Decimal(0) if earlier == "flat" else data.get(size_before),
    )
