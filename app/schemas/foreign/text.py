"""A plain line of text: `buy AAPL 10 limit 190 sl 185 tp 200`, `sell AAPL 5`, `close BTCUSD`."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn

from marshmallow import ValidationError, post_load

from app.domain.alert_terms import AlertTerms
from app.domain.orders import OrderType, Side, TimeInForce
from app.domain.signals import Dialect, Intent, Signal
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Text
from app.schemas.foreign.parts import ENTRIES, ForeignSchema, of_percent
from app.schemas.json_slips import THOUSANDS, place

DIALECT = Dialect("text")
FIELD = "text"
SIDES = {"buy": Side.BUY, "sell": Side.SELL}
OUT = ("close", "exit")
VERBS = frozenset({*SIDES, *OUT})
PRICES = {"limit": "limit_price", "stop": "stop_price", "sl": "stop_loss", "tp": "take_profit"}
LIFETIMES = frozenset(lifetime.value for lifetime in TimeInForce)
EVERYTHING = "all"
LONGEST_LINE = 200
GRAMMAR = "write `buy SYMBOL 10 limit 190 sl 185 tp 200`, `sell SYMBOL 5` or `close SYMBOL`"
_WORD = re.compile(r"\S+")
_FIRST_WORD = re.compile(rb"(?:\xef\xbb\xbf)?\s*([A-Za-z]{3,5})(?=\s)")
_SECRET = re.compile(r"\b((?:secret|token|pass\w*|api_?key|key|code|license)\b\s*[:=]?\s*)\S+", re.IGNORECASE)
# What stands before it is the verb and a symbol: there are coins that are called TOKEN.
_HEAD = re.compile(r"\s*\S+\s+\S+")
_GROUPED = re.compile(r"\$?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_SIZE = re.compile(r"(\$?)(\d{1,12}(?:\.\d{1,12})?|\.\d{1,12})(%?)", re.ASCII)


class _Word(NamedTuple):
    text: str
    at: int


def line_of(body: bytes, *, is_pinned: bool = False) -> dict[str, Any] | None:
    """Return the alert of a body that is a line of text; None where it is none.

    What begins with none of our verbs is taken for broken JSON, whose refusal tells more.
    """
    first = _FIRST_WORD.match(body)
    is_line = first is not None and first[1].decode().lower() in VERBS
    if not is_line and (not is_pinned or body.lstrip()[:1] == b"{"):
        return None
    try:
        line = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return None
    # No word of a line is a secret; what is said to be one is refused, and must not be kept until then.
    head = _HEAD.match(line)
    end = head.end() if head is not None else 0
    return {FIELD: line[:end] + _SECRET.sub(r"\1***", line[end:])}


class TextSchema(ForeignSchema):
    """One line in, Signal out."""

    text = Text(required=True, longest=LONGEST_LINE, lines=True)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        try:
            return signal_of(data[FIELD], DIALECT)
        except ValidationError as error:
            raise ValidationError(error.messages, FIELD) from error


def signal_of(line: str, dialect: Dialect) -> Signal:
    """Read one line; raise ValidationError that shows where it is not understood."""
    if len([part for part in line.splitlines() if part.strip()]) > 1:
        raise ValidationError("has more than one line; one line is one order")
    return _Reader(line, dialect).signal()


class _Reader:
    def __init__(self, line: str, dialect: Dialect) -> None:
        self.line = line
        self.dialect = dialect
        self.words = iter([_Word(found.group(), found.start()) for found in _WORD.finditer(line)])

    def signal(self) -> Signal:
        verb = next(self.words, None)
        if verb is None or verb.text.lower() not in VERBS:
            self.refuse(verb, GRAMMAR)
        side = SIDES.get(verb.text.lower())
        symbol, sized = self.symbol_and_size(side)
        said = dict(self.rest(side))
        kind = self.kind(said)
        quantity = sized.pop("quantity", None)
        entry = Intent.CLOSE if side is None else ENTRIES[side]
        return Signal(
            dialect=self.dialect,
            symbol=symbol,
            intent=entry if quantity is None or side is None else Intent.ORDER,
            side=side or Side.SELL,
            quantity=quantity,
            size_field="the quantity" if quantity is not None else None,
            order_type=kind,
            terms=AlertTerms(sizes=True, **sized),
            **said,
        )

    def symbol_and_size(self, side: Side | None) -> tuple[str, dict[str, Any]]:
        """Read the symbol, and behind or before it how much."""
        first = next(self.words, None)
        if first is None:
            self.refuse(None, f"the symbol is missing: {GRAMMAR}")
        if first.text.lower() == EVERYTHING and side is not Side.BUY:
            # There is a share of this name, but that is hardly what is meant.
            self.refuse(first, "name one symbol; the share of that name is NYSE:ALL")
        if _SIZE.fullmatch(first.text):
            second = next(self.words, None)
            if second is None or _SIZE.fullmatch(second.text):
                self.refuse(second or first, f"the symbol is missing: {GRAMMAR}")
            return second.text, self.size(first, side)
        following = list(self.words)
        has_size = bool(following) and _SIZE.fullmatch(following[0].text) is not None
        self.words = iter(following[1:] if has_size else following)
        return first.text, self.size(following[0], side) if has_size else {}

    def size(self, word: _Word, side: Side | None) -> dict[str, Any]:
        """Read units, `$500` of an entry, or `50%` of a position that is closed."""
        found = _SIZE.fullmatch(word.text)
        money, number, percent = found.groups() if found is not None else ("", "0", "")
        amount = self.amount(word, number)
        if money and percent:
            self.refuse(word, "write units, $ or %")
        if money:
            if side is not Side.BUY:
                self.refuse(word, "an amount of money buys; write units")
            return {"notional": amount}
        if percent:
            fraction = of_percent(amount)
            if side is not None or fraction is None or fraction > 1:
                self.refuse(word, "a percentage up to 100% closes a position; write units")
            return {"closes": fraction}
        return {"quantity": amount}

    def rest(self, side: Side | None) -> Iterator[tuple[str, Any]]:
        """Yield what stands behind the symbol and the size."""
        seen = set()
        for word in self.words:
            name = word.text.lower()
            ours = PRICES.get(name, "time_in_force" if name in LIFETIMES else name)
            if ours in seen:
                self.refuse(word, "it stands there twice")
            seen.add(ours)
            if ours == "time_in_force":
                yield ours, TimeInForce(name)
            elif name in PRICES:
                if side is None and ours in {"stop_loss", "take_profit"}:
                    self.refuse(word, "what closes a position has no sl and no tp")
                price = next(self.words, None)
                if price is None:
                    self.refuse(word, f"a price is missing behind {name}")
                yield ours, self.amount(price, price.text)
            elif name != "market":
                self.refuse(word, GRAMMAR)
            if "market" in seen and seen & {"limit_price", "stop_price"}:
                self.refuse(word, "an order at the market has no limit and no stop")

    def kind(self, said: dict[str, Any]) -> OrderType:
        has = "limit_price" in said, "stop_price" in said
        return {
            (False, False): OrderType.MARKET,
            (True, False): OrderType.LIMIT,
            (False, True): OrderType.STOP,
            (True, True): OrderType.STOP_LIMIT,
        }[has]

    def amount(self, word: _Word, number: str) -> Decimal:
        try:
            amount: Decimal = _AMOUNT.deserialize(number)
        except ValidationError as error:
            self.refuse(word, f"it {error.messages[0]}")
        return amount

    def refuse(self, word: _Word | None, advice: str) -> NoReturn:
        at = len(self.line) if word is None else word.at
        if word is not None and _GROUPED.fullmatch(word.text):
            advice = THOUSANDS
        raise ValidationError(f"is not understood at {place(self.line, at)}: {advice}")


_AMOUNT = Amount(positive=True)

ENTRY = DialectEntry(
    dialect=DIALECT,
    service="a line of text",
    schema=TextSchema(),
    told_by="a line that begins with buy, sell, close or exit",
    reading=Reading(),
    sample={FIELD: "buy AAPL 10 limit 190 sl 185 tp 200"},
)
