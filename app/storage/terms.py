"""Terms under which documents are found beside their keys, and the page of those that carry one."""

from collections import deque
from collections.abc import Iterable, Sequence

from app.domain.ticket_terms import TICKETS, Wanted, meets, ticket_terms
from app.storage.base import JSON, Document, Page

# Which terms a ticket has: another edition, and every ticket is indexed anew.
EDITION = "3"
# Where alerts wait for their answer; stores with an index note which do.
ALERTS = "inbox/"
# Of the rarest of several terms a page looks at so many entries under two others: PostgreSQL takes 90 ms.
MOST_ENTRIES = 2500
# Beyond so many documents it makes no difference how many carry a term.
MOST_COUNTED = 20_000

Choice = tuple[str, ...]


def terms_of(key: str, value: JSON) -> frozenset[str]:
    """Return a document's terms; only tickets have some."""
    return ticket_terms(value) if key.startswith(TICKETS) else frozenset()


def carries(document: Document, terms: Wanted) -> bool:
    """Tell whether a document has all terms; every document has none."""
    return not terms or meets(terms_of(document.key, document.value), terms)


def most_entries(others: Sequence[Choice]) -> int:
    """Return how many entries are looked at under so many other terms."""
    return max(1, 2 * MOST_ENTRIES // max(2, sum(map(len, others))))


def page_among(documents: Iterable[Document], terms: Wanted, before: str, since: str, limit: int) -> Page:
    """Return a page of documents that come in key order, all of which are looked at: for small stores."""
    wanted = (
        item
        for item in documents
        if (not before or item.key < before) and item.key >= since and carries(item, terms)
    )
    return page_of(list(deque(wanted, limit + 1))[::-1], limit)


def page_of(found: list[Document], limit: int) -> Page:
    """Return the first `limit` of what was found from the last key down; one more says that more follow."""
    shown = found[:limit]
    return Page(tuple(shown), shown[-1].key if len(found) > limit and shown else None)


def page_down_to(lowest: str, found: list[Document], limit: int) -> Page:
    """Return the page of what was found down to the last key that was looked at, behind which more may be."""
    return page_of(found, limit) if not lowest or len(found) > limit else Page(tuple(found), lowest)
