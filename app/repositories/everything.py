"""All that a backup holds: every document but those of running processes, and the tokens of brokers."""

from collections.abc import Iterator

from app.repositories.store_moves import TRANSIENT
from app.repositories.tokens import KEY as TOKENS
from app.storage.base import Document, Gone, Store


class Everything:
    """What a store holds now, read once; `beside` keeps the tokens where the store itself does not.

    `unsettled` says afterwards how many documents still changed at the last look: 0 is one moment.
    """

    def __init__(self, store: Store, tokens_key: str, *, beside: Store | None) -> None:
        self._snapshot = store.snapshot()
        self._tokens_key = tokens_key
        self._tokens = (beside or store).get(tokens_key)

    @property
    def unsettled(self) -> int:
        """How many documents changed at the last look."""
        return self._snapshot.unsettled

    def __iter__(self) -> Iterator[Document | Gone]:
        """Yield documents in key order, what changed meanwhile again, and the tokens at last."""
        for item in self._snapshot.documents:
            if item.key != self._tokens_key and not item.key.startswith(TRANSIENT):
                yield item
        if self._tokens is not None:
            yield Document(TOKENS, self._tokens.value, self._tokens.version)
