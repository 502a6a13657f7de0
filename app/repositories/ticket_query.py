"""Which tickets are wanted, as the terms and keys by which a store finds them."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.reasons import Reason
from app.domain.signals import OF_OTHERS, Dialect
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.symbols.tables import COINS, CURRENCIES, QUOTES
from app.domain.ticket_terms import TICKETS, Wanted, meets, narrowing_terms, ticket_term, ticket_terms
from app.domain.tickets import TicketStatus, ticket_day

# A word of fewer letters is looked for in codes and names, not in sentences.
SHORTEST_IN_SENTENCE = 3
# A text of more words is looked for as a whole.
MOST_WORDS = 6
_OURS = (Dialect.STRATEGY, Dialect.BRIDGE, Dialect.OPTION, Dialect.TRADE_IDEA, Dialect.BOT_COMMAND)
DIALECTS = (*_OURS, *OF_OTHERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketQuery:
    """What a ticket must be; None is any.

    `words` is what a person typed: a symbol or a coin, or by part a bot, a state, a dialect, a reason's code
    or words of its sentence; `bots` are those that some of the words may mean. Times are those of arrival.
    """

    day: date | None = None
    bot: str | None = None
    status: str | None = None
    reason: str | None = None
    symbol: str | None = None
    dialect: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None
    bots: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """Where they are stored."""
        return TICKETS if self.day is None else f"{TICKETS}{self.day.isoformat()}/"

    def bounds(self, before: UUID | None) -> tuple[str, str]:
        """Return the first key that counts and the one behind the last; empty: there is no such bound."""
        behind = [key for key in (_key(before), _key(_first_of(self.until))) if key]
        return _key(_first_of(self.since)), min(behind, default="")

    def terms(self, *, with_words: bool = True) -> Wanted:
        """Return what a ticket must carry: each of these, and of several terms together one."""
        base = ticket_term(bot=self.bot, status=self.status)
        beside = narrowing_terms(reason=self.reason, dialect=self.dialect)
        symbol = [] if self.symbol is None else [_symbol_terms(self.symbol)]
        words = self._meant() if with_words and self.words is not None else []
        return (*([base] if base is not None else []), *beside, *symbol, *words)

    def has(self, ticket: dict[str, Any], before: UUID | None, terms: Wanted) -> bool:
        """Tell whether a ticket that is not written yet is wanted."""
        number = UUID(ticket["id"])
        first, end = self.bounds(before)
        key = _key(number)
        is_of_time = key.startswith(self.prefix) and key >= first and (not end or key < end)
        return is_of_time and meets(ticket_terms(ticket), terms)

    def _meant(self) -> list[tuple[str, ...]]:
        """Return for each word what it may mean, what all of them mean together being among it."""
        text = (self.words or "").strip()
        parts = text.split()
        whole = self._one(text)
        if not 1 < len(parts) <= MOST_WORDS:
            return [whole]
        return [tuple(dict.fromkeys((*whole, *self._one(part)))) for part in parts]

    def _one(self, text: str) -> tuple[str, ...]:
        low, code = text.lower(), text.upper().replace(" ", "_")
        bots = dict.fromkeys((text, *(bot for bot in self.bots if low in bot.lower())))
        states = [status for status in TicketStatus if low in status.value.replace("_", " ")]
        dialects = [dialect.name for dialect in DIALECTS if low in dialect.name.replace("_", " ")]
        reasons = [reason for reason in Reason if _means(reason, low, code)]
        named = (
            *(ticket_term(bot=bot, status=None) for bot in bots),
            *(ticket_term(bot=None, status=state) for state in states),
        )
        beside = (
            *(narrowing_terms(dialect=name) for name in dialects),
            *(narrowing_terms(reason=reason) for reason in reasons),
        )
        return (
            *_symbol_terms(text),
            *_pair_terms(text),
            *(term for term in named if term is not None),
            *(term for terms in beside for term in terms),
        )


def _means(reason: Reason, low: str, code: str) -> bool:
    return code in reason.value or (len(low) >= SHORTEST_IN_SENTENCE and low in reason.meaning.lower())


def _symbol_terms(symbol: str) -> tuple[str, ...]:
    """As it is written, and by its canonical name: what was refused early has no other than the alert's."""
    names = [symbol.upper()]
    with suppress(SymbolRefused):
        names.append(parse_symbol(symbol).symbol)
    return tuple(term for name in dict.fromkeys(names) for term in narrowing_terms(symbol=name))


def _pair_terms(name: str) -> tuple[str, ...]:
    """A coin or currency by itself means its pairs, however they are written: the index has whole names."""
    base = name.upper()
    quotes = [quote for quote in QUOTES if quote != base] if base in COINS | CURRENCIES else []
    names = [f"{base}{dash}{quote}" for quote in quotes for dash in ("-", "")]
    return tuple(term for name in names for term in narrowing_terms(symbol=name))


def _first_of(moment: datetime | None) -> UUID | None:
    """Return the first id that an alert of a moment can have."""
    return None if moment is None else UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)


def ticket_key(ticket: UUID) -> str:
    """Return where a ticket is kept: by the day on which it arrived."""
    return f"{TICKETS}{ticket_day(ticket)}/{ticket}"


def _key(ticket: UUID | None) -> str:
    return "" if ticket is None else ticket_key(ticket)
