"""The one place that builds the sentence of a refusal, and writes figures the way a person reads them."""

from datetime import timedelta
from decimal import Decimal

from app.domain.instruments import Instrument
from app.domain.money import DOWN, plain
from app.domain.reasons import Reason

CENT, FINEST, FINEST_EXPONENT = Decimal("0.01"), Decimal("1E-8"), -8
PERCENT_STEP = Decimal("0.0001")
MINUTE, HOUR, DAY = 60, 3600, 86400


def explained(reason: Reason, detail: str | None) -> str | None:
    """Start with the reason's sentence, then give the figures or the sentence that explains it here."""
    sentence = reason.meaning
    if not detail or detail.startswith(sentence.removesuffix(".")):
        return detail
    if detail.endswith("."):
        return f"{sentence} {detail}"
    return f"{sentence.removesuffix('.')}: {detail}."


def money(value: Decimal, currency: str | None) -> str:
    """Write an amount with its currency: `1,000 USD`, `99.50 USD`; what is finer than a cent stays so."""
    cents = value.quantize(CENT)
    if cents != value:
        text = _digits(value)
    else:
        whole = int(value)
        text = f"{whole:,}" if whole == value else f"{cents:,f}"
    return f"{text} {currency}" if currency else text


def units(quantity: Decimal, instrument: Instrument | None) -> str:
    """Write a quantity in the instrument's own unit: `10 shares`, `1 contract`, `0.05 BTC`."""
    if instrument is None:
        return _digits(quantity)
    word = instrument.unit
    if quantity == 1 and word.islower():
        word = word.removesuffix("s")
    return f"{_digits(quantity)} {word}"


def count(number: int, one: str, several: str) -> str:
    """Write how many there are: `1 entry`, `1,000 entries`."""
    return f"{number:,} {one if number == 1 else several}"


def percent(fraction: Decimal) -> str:
    """Write a fraction as a percentage: 0.0201 is `2.01 %`."""
    return f"{plain((fraction * 100).quantize(PERCENT_STEP)):f} %"


def duration(seconds: float) -> str:
    """Write a time span in the two largest units that matter: `45.2 s`, `2 min 5 s`, `3 h`."""
    span = abs(seconds)
    if span < MINUTE:
        return f"{round(span, 1):g} s"
    large, small, one, other = next(
        step
        for step in ((DAY, HOUR, "d", "h"), (HOUR, MINUTE, "h", "min"), (MINUTE, 1, "min", "s"))
        if span >= step[0]
    )
    whole, rest = int(span // large), int(span % large // small)
    return f"{whole} {one} {rest} {other}" if rest else f"{whole} {one}"


def age(span: timedelta) -> str:
    """Write how old something is; what lies ahead is told as such."""
    seconds = span.total_seconds()
    return f"{duration(seconds)} old" if seconds >= 0 else f"{duration(seconds)} ahead"


def _digits(value: Decimal) -> str:
    if not value:
        return "0"
    shortest = value.normalize(DOWN)
    exponent = shortest.as_tuple().exponent
    if isinstance(exponent, int) and exponent < FINEST_EXPONENT:
        shortest = (value.quantize(FINEST) or value).normalize(DOWN)
    return f"{shortest:,f}"
