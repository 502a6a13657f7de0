"""What Alpaca's streams may tell instead of a read, and the twin that tells nothing."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Protocol

from app.brokers.alpaca.receipts import Row
from app.domain.accounts import Position, Quote
from app.domain.instruments import Instrument


class Streams(Protocol):
    """Knowledge that is proven fresh; None is no knowledge, and means a read."""

    def position(self, instrument: Instrument) -> Decimal | None:
        """Return the signed position."""

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the quote."""

    def sending(self, symbol: str, client_order_id: str = "") -> AbstractContextManager[None]:
        """Hear that an order in a symbol is on its way; what Alpaca answers is told by `placed` inside."""

    def placed(self, symbol: str, row: Row) -> None:
        """Hear what Alpaca answered to an order; raise KeyError or TypeError where it is none."""

    def check(self, positions: Iterable[Position]) -> None:
        """Hear what a read of all positions told."""

    def keep_account(self) -> None:
        """Hear that an alert needs the account: the next one shall not wait for it."""

    def close(self) -> None:
        """End what listens."""


class NoStreams(Streams):
    """Everything is read."""

    def position(self, instrument: Instrument) -> Decimal | None:  # noqa: ARG002
        """Return None: read it."""
        return None

    def quote(self, instrument: Instrument) -> Quote | None:  # noqa: ARG002
        """Return None: read it."""
        return None

    def sending(self, symbol: str, client_order_id: str = "") -> AbstractContextManager[None]:  # noqa: ARG002
        """Take no notice."""
        return nullcontext()

    def placed(self, symbol: str, row: Row) -> None:
        """Take no notice."""

    def check(self, positions: Iterable[Position]) -> None:
        """Take no notice."""

    def keep_account(self) -> None:
        """Let it be read when it is needed."""

    def close(self) -> None:
        """Have nothing to end."""
