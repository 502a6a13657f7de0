"""What an owner may say about a bot."""

from datetime import time
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from marshmallow import RAISE, ValidationError, fields

from app.brokers.registry import BROKERS
from app.domain.bot_keys import BotKey, keys_of
from app.domain.bots import BOT_ID, BOT_ID_WORDS, BotConfiguration
from app.domain.idea_structures import EXAMPLE as PAIR
from app.domain.idea_structures import IdeaStructureText, pair_of
from app.domain.structure_keys import TimeText
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.trading_state import TradingState
from app.domain.trading_windows import EXAMPLE, WindowText, window_of
from app.errors import RequestRefused
from app.schemas.base import Between, EntryCount, Field, Schema
from app.schemas.fields import Amount, Choice, Flag, Text, Whole, Word
from app.schemas.shapes import TIME_OF_DAY, WINDOW, Shape, pattern_shape, text_shape

MOST_WINDOWS = 50
MOST_LABELS = 50


class Windows(Field[Any], fields.List[str]):
    """Windows of the week; they come out as we write them, in their order."""

    allowed = f'a list of windows like ["{EXAMPLE}"]'

    @property
    def shape(self) -> Shape:
        """Some windows."""
        return {"type": "array", "items": pattern_shape(WINDOW), "minItems": 1, "maxItems": MOST_WINDOWS}

    def __init__(self, **options: Any) -> None:
        super().__init__(Text(longest=60), validate=EntryCount(1, MOST_WINDOWS), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        texts = super()._deserialize(value, attr, data, **options)
        try:
            return tuple(dict.fromkeys(str(window_of(str(text))) for text in texts))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class IdeaStructures(Field[Any], fields.List[str]):
    """Labels of trade ideas, each with the bot that carries its ideas out, as their owner wrote them."""

    allowed = f'a list of labels and bots like ["{PAIR}"]'

    @property
    def shape(self) -> Shape:
        """Some pairs."""
        pair = pattern_shape(rf"^[A-Za-z][A-Za-z0-9_]{{0,39}}={BOT_ID.pattern}$")
        return {"type": "array", "items": pair, "minItems": 1, "maxItems": MOST_LABELS}

    def __init__(self, **options: Any) -> None:
        super().__init__(Text(longest=160), validate=EntryCount(1, MOST_LABELS), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        texts = super()._deserialize(value, attr, data, **options)
        try:
            pairs = [pair_of(str(text)) for text in texts]
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if len({label for label, _ in pairs}) < len(pairs):
            raise RequestRefused("`idea_structures` names a label twice.")
        return tuple(f"{label}={bot}" for label, bot in pairs)


class TimeOfDay(Text):
    """A time of the day such as 15:00."""

    allowed = "a time like 15:00"
    shape = pattern_shape(TIME_OF_DAY)

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=5, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **options))
        try:
            return f"{time.fromisoformat(text):%H:%M}"
        except ValueError as error:
            raise ValidationError(f"must be {self.allowed}") from error


class Symbols(Field[Any], fields.List[str]):
    """Symbols in any notation; canonical names come out, in their order. RequestRefused: it is none."""

    allowed = 'a list of symbols like ["AAPL", "BTC-USD"]'

    @property
    def shape(self) -> Shape:
        """Names of symbols; whether each is one is for the rules of symbols to say."""
        return {"type": "array", "items": text_shape(60, lines=False, may_be_empty=False)}

    def __init__(self, **options: Any) -> None:
        super().__init__(Text(longest=60), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        names = super()._deserialize(value, attr, data, **options)
        try:
            return tuple(dict.fromkeys(parse_symbol(str(name)).symbol for name in names))
        except SymbolRefused as error:
            raise RequestRefused(error.message) from error


def key_fields(record: type) -> dict[str, Field[Any]]:
    """Make the field of each key of a configuration from its declaration."""
    hints = get_type_hints(record)
    return {name: _field(name, key, hints[name]) for name, key in keys_of(record).items()}


def _field(name: str, key: BotKey, hint: Any) -> Field[Any]:
    kinds = [kind for kind in get_args(hint) or [hint] if kind is not NoneType]
    options: dict[str, Any] = {"allow_none": NoneType in get_args(hint)}
    options["metadata"] = {"description": key.meaning}
    if name == "broker":
        # Which brokers there are is not the domain's to know.
        return Word(*BROKERS, **options)
    return _of_kind(kinds[0], key, options)


def _of_kind(kind: Any, key: BotKey, options: dict[str, Any]) -> Field[Any]:
    if get_origin(kind) is tuple:
        # What the texts of a list are is told by their type.
        lists = {WindowText: Windows, IdeaStructureText: IdeaStructures}
        return lists.get(get_args(kind)[0], Symbols)(**options)
    if kind is TimeText:
        return TimeOfDay(**options)
    if issubclass(kind, Enum):
        return Choice(kind, **options)
    if kind is str:
        # Where there may be nothing, null says so.
        return Text(longest=key.longest, may_be_empty=options["allow_none"], **options)
    return Flag(**options) if kind is bool else _of_number(kind, key, options)


def _of_number(kind: Any, key: BotKey, options: dict[str, Any]) -> Field[Any]:
    if kind is int:
        return Whole(key.least, key.most, strict=True, **options)
    return _amount(key, options)


def _amount(key: BotKey, options: dict[str, Any]) -> Amount:
    is_positive = key.above == 0
    least = key.least if key.above is None or is_positive else key.above
    most = key.most if key.below is None else key.below
    bounds = Between(least, most, min_inclusive=key.above is None, max_inclusive=key.below is None)
    has_bounds = least is not None or most is not None
    return Amount(positive=is_positive, validate=[bounds] if has_bounds else [], **options)


class BotSchema(Schema):
    """The configuration of a bot, as one flat object; every field is optional."""

    class Meta:
        unknown = RAISE
        include = key_fields(BotConfiguration)

    state = Choice(TradingState)


class BotId(Text):
    """What a bot is called in addresses."""

    allowed = BOT_ID_WORDS
    shape = pattern_shape(f"^{BOT_ID.pattern}$")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not BOT_ID.fullmatch(text):
            raise self.make_error("invalid")
        return text


class NewBotSchema(BotSchema):
    """A bot that does not exist yet."""

    id = BotId(required=True, longest=48)
