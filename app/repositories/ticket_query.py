"""Which tickets are wanted, as the terms and keys by which a store finds them."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, product
from typing import Any
from uuid import UUID

from app.domain.reasons import Reason
from app.domain.signals import OF_OTHERS, Dialect
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.ticket_terms import TICKETS, narrowing_terms, ticket_term, ticket_terms
from app.domain.tickets import TicketStatus, ticket_day
from app.storage.base import Page

# A word of fewer letters is looked for in codes and names, not in sentences.
SHORTEST_IN_SENTENCE = 3
# Each is a look of its own into the index.
MOST_WAYS = 60
# A text of more words is looked for as a whole: what each of them may mean multiplies.
MOST_WORDS = 6
_OURS = (Dialect.STRATEGY, Dialect.BRIDGE, Dialect.OPTION, Dialect.TRADE_IDEA, Dialect.BOT_COMMAND)
DIALECTS = (*_OURS, *OF_OTHERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketQuery:
    """What a ticket must be; None is any.

    `words` is what a person typed: a symbol, a bot, a state, a dialect, a reason's code or words of its
    sentence, each by part; `bots` are those that some of the words may mean. Times are those of arrival.
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

    def ways(self, *, with_words: bool = True) -> list[tuple[str, ...]]:
        """Return the terms of which a ticket must carry all of one line."""
        base = ticket_term(bot=self.bot, status=self.status)
        beside = narrowing_terms(reason=self.reason, dialect=self.dialect)
        common = (*([base] if base is not None else []), *beside)
        symbols: list[tuple[str, ...]] = [()] if self.symbol is None else _symbol_ways(self.symbol)
        meant = self._meant() if with_words and self.words is not None else [()]
        found = dict.fromkeys(
            tuple(dict.fromkeys((*common, *one, *other))) for one, other in product(symbols, meant)
        )
        return list(found)[:MOST_WAYS]

    def has(self, ticket: dict[str, Any], before: UUID | None, ways: Iterable[tuple[str, ...]]) -> bool:
        """Tell whether a ticket that is not written yet is wanted."""
        number = UUID(ticket["id"])
        first, end = self.bounds(before)
        key, terms = _key(number), ticket_terms(ticket)
        is_of_time = key.startswith(self.prefix) and key >= first and (not end or key < end)
        return is_of_time and any(terms.issuperset(way) for way in ways)

    def _meant(self) -> list[tuple[str, ...]]:
        text = (self.words or "").strip()
        parts = text.split()
        meant = [self._one(part) for part in parts] if 1 < len(parts) <= MOST_WORDS else []
        each = islice(product(*meant), MOST_WAYS) if meant else ()
        joined = [tuple(term for way in ways for term in way) for ways in each]
        return [*self._one(text), *joined]

    def _one(self, text: str) -> list[tuple[str, ...]]:
        low, code = text.lower(), text.upper().replace(" ", "_")
        bots = dict.fromkeys((text, *(bot for bot in self.bots if low in bot.lower())))
        states = [status for status in TicketStatus if low in status.value.replace("_", " ")]
        dialects = [dialect.name for dialect in DIALECTS if low in dialect.name.replace("_", " ")]
        ways = _symbol_ways(text)
        ways += [(term,) for bot in bots if (term := ticket_term(bot=bot, status=None)) is not None]
        ways += [(term,) for state in states if (term := ticket_term(bot=None, status=state)) is not None]
        ways += [narrowing_terms(dialect=name) for name in dialects]
        return ways + [narrowing_terms(reason=reason) for reason in Reason if _means(reason, low, code)]


def _means(reason: Reason, low: str, code: str) -> bool:
    return code in reason.value or (len(low) >= SHORTEST_IN_SENTENCE and low in reason.meaning.lower())


def _symbol_ways(symbol: str) -> list[tuple[str, ...]]:
    """As it is written, and by its canonical name: what was refused early has no other than the alert's."""
    names = [symbol.upper()]
    with suppress(SymbolRefused):
        names.append(parse_symbol(symbol).symbol)
    return [narrowing_terms(symbol=name) for name in dict.fromkeys(names)]


def merged(pages: list[Page], limit: int) -> Page:
    """Make one page of several that were read by different terms, from the same key down."""
    if len(pages) == 1:
        return pages[0]
    documents = {document.key: document for page in pages for document in page.documents}
    # Below the highest key at which one of them stopped, another's documents are not all that there are.
    stopped = max((page.before for page in pages if page.before is not None), default="")
    found = [documents[key] for key in sorted(documents, reverse=True) if key >= stopped]
    if len(found) > limit:
        return Page(tuple(found[:limit]), found[limit - 1].key)
    return Page(tuple(found), stopped or None)


def _first_of(moment: datetime | None) -> UUID | None:
    """Return the first id that an alert of a moment can have."""
    return None if moment is None else UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)


def ticket_key(ticket: UUID) -> str:
    """Return where a ticket is kept: by the day on which it arrived."""
    return f"{TICKETS}{ticket_day(ticket)}/{ticket}"


def _key(ticket: UUID | None) -> str:
    return "" if ticket is None else ticket_key(ticket)
