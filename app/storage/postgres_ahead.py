"""What is read together, in one question to the database."""

import json
from collections.abc import Sequence

from app.storage.base import MOST_TOGETHER, WAITING, Range, Waiting
from app.storage.postgres_connection import Connections
from app.storage.postgres_statements import Row
from app.storage.postgres_terms import WITHOUT_ANSWER, values_of

_TOGETHER = f"""
SELECT wanted.place, held.key, held.value, held.version
FROM json_to_recordset(%s) AS wanted(place int, first text, behind text) CROSS JOIN LATERAL (
    SELECT key, value, version FROM documents
    WHERE documents.key >= wanted.first AND documents.key < wanted.behind ORDER BY key LIMIT {MOST_TOGETHER}
) AS held ORDER BY wanted.place, held.key
"""  # noqa: S608  # our own text
_WITH_WAITING = f"""
SELECT * FROM ({_TOGETHER}) AS listed UNION ALL
SELECT {WAITING}, * FROM ({WITHOUT_ANSWER}) AS waiting ORDER BY 1, 2
"""  # noqa: S608  # our own text


def read_together(connections: Connections, ranges: Sequence[Range], waiting: Waiting | None) -> list[Row]:
    """Ask for all of it at once."""
    wanted = json.dumps(
        [{"place": place, "first": first, "behind": end} for place, (first, end) in enumerate(ranges)]
    )
    query, values = (_TOGETHER, ()) if waiting is None else (_WITH_WAITING, values_of(waiting))
    return connections.ask(query, (wanted, *values))
