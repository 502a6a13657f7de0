"""What a torture goes on around: a broker, the alerts for it, and the audit of what it held."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from tests.reliability.alerts import Alert
from tests.reliability.audit import Findings
from tests.reliability.report import Report
from tests.reliability.server import Service


class Stage(Protocol):
    """A broker to torture with: what it needs, what is sent to it, and what it holds in the end.

    One that `refuses_nothing` takes every order.
    """

    longest_delay_seconds: float
    kills_between_looks: int | None
    settings: dict[str, str]
    command: Sequence[str]
    refuses_nothing: bool

    def streams(self, server: Service, seed: int) -> list[Iterator[Alert]]:
        """Make the bots; return what each sender sends."""

    def begin(self) -> None:
        """Be told that the torment begins."""

    def end(self) -> None:
        """Be told that it is over; what was sent is still answered."""

    def look(self) -> None:
        """Be told that the server is about to be stopped."""

    def settle(self, server: Service) -> None:
        """Wait until nothing moves any more."""

    def inspect(self, server: Service) -> None:
        """Look for what must not be, in the middle of a run; the next alerts may hide it."""

    def account(self, server: Service, report: Report) -> Findings:
        """Audit; put the evidence into the report."""

    def close(self) -> None:
        """End what is beside the server."""
