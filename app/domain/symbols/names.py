"""From the text of an alert to a checked name and its exchange."""

import re

from app.dataclass import dataclass
from app.domain.symbols.tables import EXCHANGES, Family

MAX_LENGTH = 40
_DELAYED = re.compile(r"_DLY?$")
_NAME = re.compile(r"[A-Z0-9][A-Z0-9.\-/_!& ]*")
_EXCHANGE = re.compile(r"[A-Z0-9]+(?:[_ ][A-Z0-9]+)*")


class SymbolRefused(Exception):
    """A symbol that names nothing tradable, or not exactly one thing; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Name:
    """An upper-case name without its exchange, and what that exchange lists."""

    text: str
    exchange: str | None
    family: Family

    @property
    def venue(self) -> str | None:
        """The exchange as an instrument carries it."""
        return self.exchange.lower() if self.exchange is not None else None


def read_name(text: str, exchange: str | None) -> Name:
    """Check the text and part it from its exchange; a prefix (`NASDAQ:AAPL`) outranks `exchange`."""
    prefix, colon, name = _upper(text).rpartition(":")
    name = _DELAYED.sub("", name)
    if not _NAME.fullmatch(name):
        raise _malformed(text)
    place = _exchange(prefix if colon else exchange or None)
    return Name(name, place, _family(place))


def _upper(text: str) -> str:
    stripped = text.strip(" ")
    if len(stripped) > MAX_LENGTH:
        raise SymbolRefused("SYMBOL_MALFORMED", f"A symbol has at most {MAX_LENGTH} characters.")
    # Look-alike letters are not normalised: what looks like AAPL must be AAPL.
    if not (stripped.isascii() and stripped.isprintable()):
        raise _malformed(text)
    return stripped.upper()


def _exchange(text: str | None) -> str | None:
    if text is None:
        return None
    name = _upper(text)
    if not _EXCHANGE.fullmatch(name):
        raise _malformed(text)
    return _DELAYED.sub("", name.replace(" ", "_"))


def _family(exchange: str | None) -> Family:
    if exchange is None:
        return Family.NONE
    if exchange not in EXCHANGES:
        raise SymbolRefused("SYMBOL_UNKNOWN", f"The exchange {exchange} is not known.")
    return EXCHANGES[exchange]


def _malformed(text: str) -> SymbolRefused:
    return SymbolRefused("SYMBOL_MALFORMED", f"{text[:MAX_LENGTH]!a} is not written like a symbol.")
