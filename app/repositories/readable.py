"""What is stored in a form that is not ours: told once, left as it is, and no other record's trouble.

A newer version that was taken back, or a hand, may have written it. Lists leave it out, so that all else goes
on; whoever needs that very record gets RecordUnreadable, since acting without it could cost money.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from app.domain.json_codec import UNREADABLE
from app.errors import RecordUnreadable
from app.storage.base import Document

_TOLD = 10_000

Known = TypeVar("Known")

_logger = logging.getLogger(__name__)


def readable(documents: Iterable[Document], read: Callable[[Document], Known]) -> Iterator[Known]:
    """Yield what documents say; those that cannot be read are told in the log and left out."""
    return (known for known in each_or_none(documents, read) if known is not None)


def each_or_none(documents: Iterable[Document], read: Callable[[Document], Known]) -> Iterator[Known | None]:
    """Yield what each document says; None, told in the log, stands for one that cannot be read."""
    return (or_none(document, read) for document in documents)


def or_none(document: Document, read: Callable[[Document], Known]) -> Known | None:
    """Return what a document says; None, told in the log, where it cannot be read."""
    try:
        return read(document)
    except UNREADABLE as error:
        _tell(document.key, document.version, repr(error))
        return None


def certain(document: Document, read: Callable[[Document], Known]) -> Known:
    """Return what a document says; raise RecordUnreadable."""
    try:
        return read(document)
    except UNREADABLE as error:
        raise RecordUnreadable(sentence_of(document.key)) from error


def sentence_of(key: str) -> str:
    """Say of a record that it cannot be read."""
    return f"{key} holds something that cannot be read; it is left as it is."


# Lists are read every second: the same trouble is told once.
@lru_cache(_TOLD)
def _tell(key: str, _version: int, error: str) -> None:
    _logger.error("%s Everything else goes on without it. (%s)", sentence_of(key), error)
