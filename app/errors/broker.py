"""What a broker did not do."""

from typing import Any

from app.errors.base import AppError


class BrokerError(AppError):
    """A broker did not do what was asked; `reason` is a code of its own where it told more than that.

    `is_passing`: the same may be taken later, since it was the broker's state and not the order that was
    refused: an exit is tried again then.
    """

    code = "BROKER_ERROR"

    def __init__(
        self, message: str, *, reason: str | None = None, is_passing: bool = False, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.reason = self.code if reason is None else reason
        self.is_passing = is_passing


class BrokerRejected(BrokerError):
    """The broker proved that it did not take the order."""

    code, status = "BROKER_REJECTED", 422


class BrokerCredentialsRefused(BrokerRejected):
    """The broker does not accept our credentials, so it took nothing."""

    code = "BROKER_CREDENTIALS_REFUSED"


class OutcomeUnknown(BrokerError):
    """The order may be live. Reconcile by our id; never resend."""

    code, status = "OUTCOME_UNKNOWN", 202


class BrokerUnavailable(BrokerError):
    """A read could not be answered; what was asked for is unknown."""

    code, status = "BROKER_UNAVAILABLE", 503


class BrokerLoginRequired(BrokerUnavailable):
    """The broker wants a login before it answers anything, so nothing was sent."""

    code = "BROKER_LOGIN_REQUIRED"
