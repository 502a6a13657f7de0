"""What came of a request, and what that proves."""

from http import HTTPStatus
from typing import Any

from requests import ConnectionError as ConnectionFailed
from requests import Response, Timeout
from requests.exceptions import ChunkedEncodingError
from urllib3.exceptions import NewConnectionError

from app.errors import BrokerCredentialsRefused, BrokerError, BrokerRejected, OutcomeUnknown

# What the documentation of POST /v2/orders proves to be a refusal; everything else may have been an order.
# 429 is not among them, since its body is not documented: a gateway's page would pass for Alpaca's word.
REFUSALS = frozenset({401, 403, 422})
# A change or a cancellation of an order that is not there cannot have happened either.
REFUSALS_OF_A_CHANGE = REFUSALS | {404}
BAD_KEYS = "Alpaca does not accept the API key; check ALPACA_API_KEY, ALPACA_SECRET_KEY and ALPACA_PAPER."
# Units that a leg still holds while it is being canceled: with a little patience, or a smaller size, the same
# exit is taken. An order of the bot's own on the other side (a wash trade) may rest for days.
PASSING_WORDS = ("insufficient qty", "insufficient balance for")
# An id that is taken: the order that has it may be an earlier send of our own.
DUPLICATE = "client_order_id must be unique"
_PASSING = frozenset({429, 500, 502, 503, 504})
TRANSIENT = (ConnectionFailed, Timeout, ChunkedEncodingError)
_LONGEST_MESSAGE = 300


def judged_write(error: Exception) -> BrokerError:
    """Return what a write proves that was not answered, or not in a way that can be read."""
    if isinstance(error, ConnectionFailed):
        # Without a connection nothing can have arrived; with one, everything may have.
        if _never_connected(error):
            return BrokerRejected("Alpaca could not be reached; nothing was sent.", is_passing=True)
        return OutcomeUnknown("The connection to Alpaca broke; it may have taken the order.")
    if isinstance(error, Timeout):
        return OutcomeUnknown("Alpaca did not answer in time; it may have taken the order.")
    return OutcomeUnknown("Alpaca's answer cannot be read; it may have taken the order.")


class ErrorAnswer:
    """An answer with an error status, read without trusting its body."""

    def __init__(self, error: Any) -> None:
        response: Response = error.response
        self.status = response.status_code
        self._retry_after = response.headers.get("Retry-After", "")
        body = _json(response)
        message = body.get("message")
        # A wrong address is answered in Alpaca's own form too, and says nothing about an order.
        self.is_genuine = isinstance(message, str) and "endpoint not found" not in message
        self._is_about_keys = self.status == HTTPStatus.UNAUTHORIZED or (
            self.status == HTTPStatus.FORBIDDEN
            and "code" not in body
            and str(body.get("message")).startswith("forbidden")
        )
        self._message = str(body.get("message"))[:_LONGEST_MESSAGE]

    @property
    def sentence(self) -> str:
        """What happened, in Alpaca's own words where it has some."""
        if self._is_about_keys:
            return BAD_KEYS
        return (
            f"Alpaca: {self._message}" if self.is_genuine else f"Alpaca answered with status {self.status}."
        )

    @property
    def is_passing(self) -> bool:
        """Whether the same question may be answered later."""
        return self.status in _PASSING

    def judged(self, refusals: frozenset[int]) -> BrokerError:
        """Return what the answer proves about a write; somebody else's error page proves nothing."""
        if self._is_about_keys:
            return BrokerCredentialsRefused(self.sentence, is_passing=True)
        # A proxy's 403 page looks like a refusal, and the order behind it may be live.
        if self.status in refusals and self.is_genuine:
            is_passing = any(words in self._message for words in PASSING_WORDS)
            return BrokerRejected(self.sentence, is_passing=is_passing)
        return OutcomeUnknown(self.sentence)

    def wait(self, pause: float | None) -> float | None:
        """Return the seconds before a read is tried again; None where that is no use."""
        if pause is None or not self.is_passing:
            return None
        return max(pause, float(self._retry_after)) if self._retry_after.isdecimal() else pause


def _json(response: Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _never_connected(error: ConnectionFailed) -> bool:
    # requests wraps urllib3's MaxRetryError, whose reason says at which step it ended.
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
