"""What PostgreSQL and libpq say, in sentences that have no address and no password in them."""

import re
from typing import Protocol

MALFORMED = (
    "DATABASE_URL cannot be read: write it as postgresql://user:password@host:5432/database, "
    "with % signs for whatever else stands in the password"
)
WITHOUT_ANSWER = "The database does not answer in time."
ALL_LENT = "Every connection to the database is in use, as many as DATABASE_CONNECTIONS allows."
WITHOUT_CONNECTION = "The database cannot be reached in time."

# Two alerts got in each other's way: the one that was stopped is asked again.
_ASKS_AGAIN = {"40001", "40P01"}
# The server ends the session, is stopping or starting, or has become a standby.
_LOST = {"25006", "57P01", "57P02", "57P03"}
_TOO_LATE = {"55P03", "57014"}
_ONLY_READS = "The database can only be read, as a standby can: name the primary, or both hosts, by commas."
FULL = "The database has no connection left: lower DATABASE_CONNECTIONS, or raise its max_connections."
_SENTENCES = {
    "25006": _ONLY_READS,
    "42501": "The database's user may not do that: let the one who owns the tables connect, or grant it.",
    "53100": "The database's disk is full.",
    "53300": FULL,
    "42P01": "The database has not the tables that are wanted: run flask database migrate.",
    "42883": "The database has not the functions that are wanted: run flask database migrate.",
}
_NOBODY = "Nobody listens where the database should be: start it, or correct host and port."
# libpq tells why it has no connection in words alone; servers may say theirs in another language.
_WORDS = (
    (r"invalid integer value|invalid port|bad integer", MALFORMED + "."),
    ("invalid sslmode|invalid .* value", "The address of the database has a value that cannot be used."),
    ("read-only|recovery mode", _ONLY_READS),
    ("password authentication failed", "The database refuses the user or the password: correct them."),
    ("no password supplied", "The database wants a password: put it behind the user, as user:password@host."),
    ("no pg_hba.conf entry", "The database does not let this user in from here: see its pg_hba.conf."),
    (r"role .* does not exist", "The database does not know the user: correct it, or CREATE USER."),
    ("does not exist", "The server does not have the database: correct its name, or CREATE DATABASE."),
    ("not permitted to log in", "The database's user may not log in: ALTER USER … LOGIN."),
    ("too many|remaining connection slots", FULL),
    ("starting up", "The database is starting: try again in a moment."),
    ("shutting down", "The database is stopping."),
    ("translate host name|resolve host", "The database's host is not known: correct it."),
    ("does not support SSL", "The database does not encrypt connections, which sslmode wants."),
    ("certificate", "The database's certificate is not trusted: see sslmode and sslrootcert."),
    ("Connection refused|No such file or directory", _NOBODY),
    ("timeout", WITHOUT_CONNECTION),
)


class Said(Protocol):
    """An error of psycopg's; without a state it is about the connection."""

    sqlstate: str | None


def loses_session(error: Said) -> bool:
    """Tell whether the session is of no use any more."""
    return error.sqlstate is None or error.sqlstate in _LOST or error.sqlstate.startswith("08")


def asks_again(error: Said) -> bool:
    """Tell whether the same statement may well be answered, by another session if this one is lost."""
    return loses_session(error) or error.sqlstate in _ASKS_AGAIN


def reason_for(error: Said) -> str:
    """Return what happened, in one sentence."""
    state = error.sqlstate
    if state in _TOO_LATE:
        return WITHOUT_ANSWER
    if state in _SENTENCES:
        return _SENTENCES[state]
    said = str(error)
    if said == WITHOUT_ANSWER:
        return said
    if state is not None:
        first = said.splitlines()[0].strip() if said else "it does not say why"
        return f"The database refuses: {first}."
    known = (sentence for words, sentence in _WORDS if re.search(words, said, re.IGNORECASE))
    return next(known, "The connection to the database is lost.")
