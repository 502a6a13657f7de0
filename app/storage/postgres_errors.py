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
_SENTENCES = {
    "25006": "The database can only be read: it is a standby.",
    "42501": "The database's user may not do that: permission denied.",
    "53100": "The database's disk is full.",
    "53300": "The database has no connection left: DATABASE_CONNECTIONS of all processes exceed its limit.",
    "42P01": "The database has not the tables that are wanted: run flask database migrate.",
    "42883": "The database has not the functions that are wanted: run flask database migrate.",
}
# libpq tells why it has no connection in words alone; servers may say theirs in another language.
_WORDS = (
    (r"invalid integer value|invalid port|bad integer", MALFORMED + "."),
    ("invalid sslmode|invalid .* value", "The address of the database has a value that cannot be used."),
    ("read-only", "The database can only be read: it is a standby."),
    ("recovery mode", "The database is starting."),
    ("password authentication failed", "The database refuses the user or the password."),
    ("no password supplied", "The database wants a password."),
    ("no pg_hba.conf entry", "The database does not let this user in from here."),
    ("role", "The database does not know the user."),
    ("does not exist", "The server does not have the database."),
    ("too many", "The database has no connection left."),
    ("remaining connection slots", "The database has no connection left."),
    ("starting up", "The database is starting."),
    ("shutting down", "The database is stopping."),
    ("could not translate host name", "The database's host is not known."),
    ("failed to resolve host", "The database's host is not known."),
    ("server does not support SSL", "The database does not encrypt connections, which sslmode wants."),
    ("certificate", "The database's certificate is not trusted."),
    ("Connection refused", "Nobody listens where the database should be."),
    ("No such file or directory", "Nobody listens where the database should be."),
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
