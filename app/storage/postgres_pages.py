"""Pages of tickets by the index of terms in PostgreSQL."""

import json
from collections.abc import Sequence
from typing import Any

from app.domain.ticket_terms import Wanted, choices_of
from app.storage.base import Document, Page
from app.storage.postgres_connection import Connections
from app.storage.postgres_statements import Row
from app.storage.postgres_terms import DOCUMENTS_OF, HIGHEST, documents_of, is_indexed
from app.storage.terms import MOST_COUNTED, Choice, carries, most_entries, page_down_to, page_of

_NEWEST = """
SELECT key, value, version FROM documents WHERE key >= %s AND key < %s ORDER BY key DESC LIMIT %s
"""
_OF_ONE = "SELECT entry.key FROM terms AS entry WHERE entry.term = %s AND entry.key >= %s AND entry.key < %s "
# No more of each than of all together: the newest of all are among them.
_OF_SEVERAL = """
SELECT entry.key FROM (
    SELECT DISTINCT newest.key FROM json_array_elements_text(%s) AS wanted(term) CROSS JOIN LATERAL (
        SELECT key FROM terms WHERE terms.term = wanted.term AND key >= %s AND key < %s
        ORDER BY key DESC LIMIT %s
    ) AS newest
) AS entry WHERE true
"""
# One entry after the other, by its whole key: as a join, statistics could lead astray.
_AND_ONE = """AND EXISTS (
    SELECT 1 FROM terms AS other
    WHERE other.term = ANY (ARRAY(SELECT json_array_elements_text(%s))) AND other.key = entry.key OFFSET 0
) """
_CARRYING = "{entries} {others} ORDER BY entry.key DESC LIMIT %s"
# The last entry that is looked at where there are more.
_LOWEST = "{entries} ORDER BY entry.key DESC LIMIT 1 OFFSET %s"
_HOW_MANY = """
SELECT wanted.place, wanted.term, (
    SELECT count(*) FROM (
        SELECT 1 FROM terms WHERE terms.term = wanted.term AND key >= %s AND key < %s LIMIT wanted.most
    ) AS found
) FROM json_to_recordset(%s) AS wanted(place int, term text, most int)
"""

Values = tuple[Any, ...]


def read_page(
    connections: Connections, prefix: str, terms: Wanted, bounds: tuple[str, str], limit: int
) -> Page:
    """Read documents from the last key down; one that does not carry what the index says is passed over.

    Of several terms so many entries are looked at and no more: such a page may be short.
    The bounds are the first key that counts and the one behind the last, where they are not empty.
    """
    since, before = bounds
    start, end = max(prefix, since), min(before or prefix + HIGHEST, prefix + HIGHEST)
    choices = [tuple(filter(is_indexed, choice)) for choice in choices_of(terms)]
    if all(choices):
        choices = _rarest_first(connections, choices, start, end)
    if not all(choices):
        return page_of([], limit)
    lowest = _lowest(connections, choices, start, end)
    start = lowest or start
    found: list[Document] = []
    while len(found) <= limit:
        wanted = limit + 1 - len(found)
        rows = _rows(connections, choices, start, end, wanted)
        found += [document for document in documents_of(rows) if carries(document, terms)]
        if len(rows) < wanted:
            break
        end = rows[-1][0]
    return page_down_to(lowest, found, limit)


def _rarest_first(connections: Connections, choices: list[Choice], start: str, end: str) -> list[Choice]:
    """Put first what the fewest documents carry: each of them is looked up under the others.

    Terms that none carries are left out, and with them a choice may become empty.
    """
    if sum(map(len, choices)) <= 1:
        return choices  # Nothing to choose from.
    wanted = [
        {"place": place, "term": term, "most": max(1, MOST_COUNTED // len(choice))}
        for place, choice in enumerate(choices)
        for term in choice
    ]
    totals, carried = [0] * len(choices), [list[str]() for _ in choices]
    for place, term, count in connections.ask(_HOW_MANY, (start, end, json.dumps(wanted))):
        totals[place] += count
        carried[place] += [term] * (count > 0)
    ordered = sorted(range(len(choices)), key=totals.__getitem__)
    return [tuple(carried[place]) for place in ordered]


def _lowest(connections: Connections, choices: Sequence[Choice], start: str, end: str) -> str:
    """Return the last of so many entries as are looked at under further terms; empty if there are fewer."""
    if len(choices) < 2:  # noqa: PLR2004  # whatever is looked at is found
        return ""
    most = most_entries(choices[1:])
    entries, values = _entries(choices[0], start, end, most)
    rows = connections.ask(_LOWEST.format(entries=entries), (*values, most - 1))
    return str(rows[0][0]) if rows else ""


def _rows(connections: Connections, choices: Sequence[Choice], start: str, end: str, limit: int) -> list[Row]:
    if not choices:
        return connections.ask(_NEWEST, (start, end, limit))
    rarest, *others = choices
    entries, values = _entries(rarest, start, end, most_entries(others) if others else limit)
    keys = _CARRYING.format(entries=entries, others=_AND_ONE * len(others))
    query = DOCUMENTS_OF.format(keys=keys, order="DESC")
    return connections.ask(query, (*values, *map(json.dumps, others), limit))


def _entries(choice: Choice, start: str, end: str, most: int) -> tuple[str, Values]:
    """Return where the entries of a choice are read, the newest `most` at least, and the values for that."""
    if len(choice) == 1:
        return _OF_ONE, (choice[0], start, end)
    return _OF_SEVERAL, (json.dumps(choice), start, end, most)
