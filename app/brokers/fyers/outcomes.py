"""What came of a request, and what that proves; the SDK's own answer is never asked."""

from dataclasses import field
from http import HTTPStatus
from typing import Any, TypeAlias

from requests import ConnectionError as ConnectionFailed
from requests import ConnectTimeout, RequestException, Response, Timeout
from requests.exceptions import ChunkedEncodingError
from urllib3.exceptions import NewConnectionError

from app.brokers.fyers.codes import LIMIT_REACHED, TOO_MANY, explained
from app.dataclass import dataclass
from app.domain.reasons import Reason
from app.errors import BrokerError, BrokerRejected, BrokerUnavailable, OutcomeUnknown

Body: TypeAlias = dict[str, Any]

DONE = frozenset({200, 1101, 1102, 1103})
# Fyers: "request sent, no acknowledgement"; the book must be looked at before the order is placed again.
NOT_ACKNOWLEDGED = 201
NO_DATA, UNKNOWN_SYMBOL = "no_data", -300
TOKEN_REFUSED = frozenset({-8, -15, -16, -17})
# Fyers lost its own connection to the exchange, or does not know itself.
DOUBTFUL = frozenset({-1, -201, -202, -204, -205})
# The SDK answers a lost connection with this code and these words: the order may be live.
NO_WORDS = "Bad request"
_TRANSIENT = (ConnectionFailed, Timeout, ChunkedEncodingError)
_PASSING = frozenset({500, 502, 503, 504})
_SHORT_PAUSE_SECONDS = 0.1
# What is refused for one of these may be taken later today.
PASSING = frozenset({Reason.RATE_LIMIT_REACHED.value, Reason.MARKET_CLOSED.value})


@dataclass(frozen=True, slots=True)
class FyersAnswer:
    """An answer; `body` is empty where it is not the JSON object that Fyers answers with."""

    status: int
    body: Body = field(default_factory=dict)
    retry_after_seconds: float | None = None

    @property
    def code(self) -> int | None:
        """Fyers' own code."""
        code = self.body.get("code")
        return code if isinstance(code, int) else None

    @property
    def message(self) -> str:
        """Fyers' own words; empty where there are none."""
        message = self.body.get("message")
        return message if isinstance(message, str) else ""

    @property
    def is_refusal(self) -> bool:
        """True when Fyers itself says no, with a code and words."""
        is_stated = self.body.get("s") == "error" and self.code is not None and self.code < 0
        # Without words of its own, a refusal may be a gateway's, and the order behind it live.
        return is_stated and self.message not in {"", NO_WORDS} and self.code not in DOUBTFUL


# None: the SDK sent nothing, or hid what came of it.
Outcome: TypeAlias = FyersAnswer | RequestException | None


def answer_of(response: Response) -> FyersAnswer:
    """Read a response without trusting it."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    return FyersAnswer(response.status_code, body if isinstance(body, dict) else {}, _pause(response))


def is_success(outcome: Outcome) -> bool:
    """True for an answer that says that what was asked for was done."""
    if not isinstance(outcome, FyersAnswer) or outcome.status != HTTPStatus.OK:
        return False
    return (
        outcome.body.get("s", "ok") == "ok" and outcome.body.get("code", 200) in DONE and bool(outcome.body)
    )


def has_nothing(outcome: Outcome) -> bool:
    """True when Fyers has nothing of what was asked for, or does not know the symbol."""
    if not isinstance(outcome, FyersAnswer):
        return False
    return outcome.body.get("s") == NO_DATA or outcome.code == UNKNOWN_SYMBOL


def refuses_token(outcome: Outcome) -> bool:
    """True when the token was not taken, so that nothing was done."""
    if not isinstance(outcome, FyersAnswer):
        return False
    return outcome.status == HTTPStatus.UNAUTHORIZED or outcome.code in TOKEN_REFUSED


def is_too_much(outcome: Outcome) -> bool:
    """True when Fyers did not look at a request, since there were too many."""
    if not isinstance(outcome, FyersAnswer):
        return False
    # A 429 page of something in between proves nothing about the order behind it.
    is_stated = outcome.code is not None or outcome.retry_after_seconds is not None
    return outcome.code == LIMIT_REACHED or (outcome.status == TOO_MANY and is_stated)


def judged_write(outcome: Outcome) -> BrokerError:
    """Return what a write that did not succeed proves."""
    if isinstance(outcome, FyersAnswer):
        return _judged_answer(outcome)
    if never_left(outcome):
        return BrokerRejected("Fyers could not be reached; nothing was sent.", is_passing=True)
    if isinstance(outcome, Timeout):
        # Fyers takes the same order twice, so a timeout is never a reason to send again.
        return OutcomeUnknown("Fyers did not answer in time; it may have taken the order.")
    return OutcomeUnknown("The connection to Fyers broke; it may have taken the order.")


def judged_read(outcome: Outcome) -> BrokerUnavailable:
    """Return why a read was not answered."""
    if isinstance(outcome, FyersAnswer) and (outcome.is_refusal or is_too_much(outcome)):
        sentence, reason = explained(outcome.status, outcome.code, outcome.message)
        return BrokerUnavailable(sentence, reason=reason, is_passing=reason in PASSING)
    if isinstance(outcome, FyersAnswer):
        is_passing = outcome.status in _PASSING
        return BrokerUnavailable(
            f"Fyers' answer cannot be read (status {outcome.status}).", is_passing=is_passing
        )
    return BrokerUnavailable("Fyers could not be read.", is_passing=isinstance(outcome, _TRANSIENT))


def write_pause(outcome: Outcome) -> float | None:
    """Return the seconds after which a write may be sent again; None unless nothing was placed for sure."""
    if is_too_much(outcome):
        return outcome.retry_after_seconds if isinstance(outcome, FyersAnswer) else None
    return _SHORT_PAUSE_SECONDS if never_left(outcome) else None


def read_pause(outcome: Outcome) -> float | None:
    """Return the seconds after which a read may succeed; None where repeating it is no use."""
    if isinstance(outcome, FyersAnswer):
        if is_too_much(outcome):
            return outcome.retry_after_seconds
        return _SHORT_PAUSE_SECONDS if outcome.status in _PASSING or not outcome.body else None
    return _SHORT_PAUSE_SECONDS if isinstance(outcome, _TRANSIENT) else None


def never_left(outcome: Outcome) -> bool:
    """True when there was no connection to send anything through."""
    if isinstance(outcome, ConnectTimeout):
        return True
    if not isinstance(outcome, ConnectionFailed) or not outcome.args:
        return False
    # requests wraps urllib3's MaxRetryError, whose reason says at which step it ended.
    return isinstance(getattr(outcome.args[0], "reason", None), NewConnectionError)


def _judged_answer(answer: FyersAnswer) -> BrokerError:
    # A 5xx proves nothing, even in Fyers' own form: the order may have gone on before it.
    if is_too_much(answer) or (answer.is_refusal and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR):
        sentence, reason = explained(answer.status, answer.code, answer.message)
        return BrokerRejected(sentence, reason=reason, is_passing=reason in PASSING)
    if answer.code == NOT_ACKNOWLEDGED:
        return OutcomeUnknown("Fyers sent the order on and has no answer yet; it may be live.")
    return OutcomeUnknown(f"Fyers answered with status {answer.status}; it may have taken the order.")


def _pause(response: Response) -> float | None:
    milliseconds = response.headers.get("X-Retry-After-Ms", "")
    if milliseconds.isdecimal():
        return int(milliseconds) / 1000
    seconds = response.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdecimal() else None
