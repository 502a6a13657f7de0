"""What processes count together: tokens of rates, changes that people look for, wrong secrets.

Neither outlives a crash of the server, and need not: buckets are full again, and everything has changed. So
nobody waits for a disk here.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.storage.postgres_connection import Connections

COUNT_TABLES = """
CREATE UNLOGGED TABLE rate_buckets (
    name text PRIMARY KEY,
    rate double precision NOT NULL,
    size double precision NOT NULL,
    tokens double precision NOT NULL,
    lacking double precision NOT NULL,
    at timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE UNLOGGED TABLE change_counts (
    place smallint PRIMARY KEY,
    number bigint NOT NULL
) WITH (fillfactor = 50);
CREATE UNLOGGED TABLE attempts (
    name text PRIMARY KEY,
    began timestamptz NOT NULL,
    number integer NOT NULL
) WITH (fillfactor = 50);
"""
# By the server's clock, which is one for all. A row is locked until the end of its statement, so each token
# is taken once; rows are locked in the order in which they are named, which is the same for everybody.
_TAKE = """
INSERT INTO rate_buckets AS held (name, rate, size, tokens, lacking, at)
SELECT name, rate, size, size - 1, 0, clock_timestamp()
FROM (VALUES {wanted}) AS wanted(name, rate, size)
ON CONFLICT (name) DO UPDATE SET (rate, size, tokens, lacking, at) = (
    SELECT excluded.rate, excluded.size, filled.tokens - CASE WHEN filled.tokens >= 1 THEN 1 ELSE 0 END,
        greatest(1 - filled.tokens, 0), filled.now
    FROM (
        SELECT moment.now, least(
            excluded.size,
            held.tokens + greatest(extract(epoch FROM moment.now - held.at), 0) * excluded.rate
        ) AS tokens
        FROM (SELECT clock_timestamp() AS now) AS moment
    ) AS filled
)
RETURNING name, lacking
"""
# One by one, since lists are dear to write out, and this is asked for every alert.
_TAKE_FROM = {
    buckets: _TAKE.format(wanted=", ".join(["(%s::text, %s::float8, %s::float8)"] * buckets))
    for buckets in (1, 2)
}
# The place of the moment at which the counters began.
_BORN = -1
_ADD = """
WITH born AS (
    INSERT INTO change_counts VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING place, number
), added AS (
    INSERT INTO change_counts AS held
    SELECT place, number FROM unnest(%s::smallint[], %s::bigint[]) AS wanted(place, number)
    ON CONFLICT (place) DO UPDATE SET number = held.number + excluded.number
    RETURNING place, number
), changed AS (
    SELECT * FROM born UNION ALL SELECT * FROM added
)
SELECT place, coalesce(changed.number, held.number) FROM change_counts AS held FULL JOIN changed USING (place)
"""


# What is over for long goes with any other's attempt.
_TRY = """
WITH over AS (
    DELETE FROM attempts WHERE began < clock_timestamp() - interval '10 minutes' AND name <> %s
)
INSERT INTO attempts AS held VALUES (%s, clock_timestamp(), 0)
ON CONFLICT (name) DO UPDATE SET (began, number) = (
    SELECT
        CASE WHEN minute.is_over THEN clock_timestamp() ELSE held.began END,
        CASE WHEN minute.is_over THEN 0 ELSE held.number + 1 END
    FROM (SELECT held.began <= clock_timestamp() - interval '60 seconds' AS is_over) AS minute
)
RETURNING number, extract(epoch FROM began + interval '60 seconds' - clock_timestamp())
"""


class _Wanted(Protocol):
    """A bucket that a token is wanted from."""

    @property
    def name(self) -> str: ...
    @property
    def rate(self) -> float: ...
    @property
    def size(self) -> float: ...


class DatabaseBuckets:
    """Buckets that all processes take from."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def take(self, buckets: Sequence[_Wanted]) -> list[float]:
        """Take a token from each that has one; return how much each is short of one. One question for all.

        Raise StoreUnavailable.
        """
        # As text, which goes straight to the server.
        values = [
            value for bucket in buckets for value in (bucket.name, repr(bucket.rate), repr(bucket.size))
        ]
        lacking: dict[str, float] = dict(self._connections.ask(_TAKE_FROM[len(buckets)], values))
        return [float(lacking[bucket.name]) for bucket in buckets]


class DatabaseTallies:
    """Counters of changes that all processes add to."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, numbers: Mapping[int, int], at: int) -> tuple[int, dict[int, int]]:
        """Add to counters; return when they began, which is `at` for new ones, and each by its place.

        Raise StoreUnavailable.
        """
        places = sorted(numbers)
        rows = self._connections.ask(_ADD, (_BORN, at, places, [numbers[place] for place in places]))
        known: dict[int, int] = dict(rows)
        if _BORN not in known:
            # After a crash of the server another process has begun anew at this very moment, unseen by us.
            known = dict(self._connections.ask(_ADD, (_BORN, at, [], [])))
        return known.pop(_BORN), known


class DatabaseAttempts:
    """Counts of attempts within a minute, for all processes."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def count(self, name: str) -> tuple[int, float]:
        """Count one; return how many came before it, and in how many seconds their minute ends.

        Raise StoreUnavailable.
        """
        ((number, seconds),) = self._connections.ask(_TRY, (name, name))
        return int(number), float(seconds)
