"""What is told in a line: something is away, and will be tried again."""

from app.errors.broker import BrokerUnavailable
from app.errors.store import StoreError


def unless_away(error: Exception) -> Exception | None:
    """Return an error whose place matters; None for a store or a broker that does not answer."""
    return None if isinstance(error, StoreError | BrokerUnavailable) else error
