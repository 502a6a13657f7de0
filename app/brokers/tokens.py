"""Where an adapter gets a token that people renew by logging in."""

from typing import Protocol


class TokenSource(Protocol):
    """Tokens that may die at any time."""

    def token(self) -> str:
        """Return the token to send; raise BrokerLoginRequired, or BrokerUnavailable when it cannot be had."""

    def refused(self, token: str) -> str | None:
        """Hear that the broker does not take a token; return another one to try once, if there is any."""
