"""The line to Alpaca: the only place that imports its SDK, and that tells its failures apart."""

import time
from http import HTTPStatus
from typing import Any

from requests import ConnectionError as ConnectionFailed
from requests import RequestException, Response, Timeout
from requests.exceptions import ChunkedEncodingError
from urllib3.exceptions import NewConnectionError

from app.brokers.alpaca.session import AlpacaSession
from app.errors import (
    BrokerCredentialsRefused,
    BrokerError,
    BrokerRejected,
    BrokerUnavailable,
    OutcomeUnknown,
    SettingsError,
)

# What the documentation of POST /v2/orders proves to be a refusal; everything else may have been an order.
REFUSALS = frozenset({401, 403, 422})
# A change or a cancellation of an order that is not there cannot have happened either.
REFUSALS_OF_A_CHANGE = REFUSALS | {404}
BAD_KEYS = "Alpaca does not accept the API key; check ALPACA_API_KEY, ALPACA_SECRET_KEY and ALPACA_PAPER."
_PASSING = frozenset({429, 500, 502, 503, 504})
_TRANSIENT = (ConnectionFailed, Timeout, ChunkedEncodingError)
_PAUSES_SECONDS = (0.1, 0.3)
_LONGEST_MESSAGE = 300


class Transport:
    """One session with Alpaca; reads are repeated within their time, writes are sent once.

    Reads raise BrokerUnavailable; writes raise BrokerRejected or OutcomeUnknown.
    """

    def __init__(
        self, api_key: str, secret_key: str, *, trading_url: str, data_url: str, timeout_seconds: float
    ) -> None:
        from alpaca.common.exceptions import APIError
        from alpaca.common.rest import RESTClient

        _check_keys(api_key, secret_key)
        self._refused: type[Exception] = APIError
        self._data_url = data_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._line = AlpacaSession(trading_url, timeout_seconds)
        self._client = RESTClient(trading_url.rstrip("/"), api_key, secret_key, raw_data=True)
        # The SDK sends an order four times on 429 and 504, and has no argument that stops it.
        self._client._retry = 0  # noqa: SLF001
        self._client._session = self._line  # noqa: SLF001

    def read(
        self,
        path: str,
        query: dict[str, str] | None = None,
        *,
        data_version: str | None = None,
        absent: frozenset[int] = frozenset(),
    ) -> Any:
        """Return what an address holds; None where Alpaca itself answers with a status in `absent`.

        `data_version` asks the market data of that version instead of the account.
        """
        source = {} if data_version is None else {"base_url": self._data_url, "api_version": data_version}
        deadline = time.monotonic() + self._timeout_seconds
        for pause in (*_PAUSES_SECONDS, None):
            try:
                self._line.allow(deadline - time.monotonic())
                return self._client.get(path, query, **source)
            except self._refused as error:
                answer = ErrorAnswer(error)
                if answer.status in absent and answer.is_genuine:
                    return None
                wait = answer.wait(pause)
                failure, cause = BrokerUnavailable(answer.sentence), error
            except (RequestException, ValueError) as error:
                wait = pause if isinstance(error, _TRANSIENT) else None
                failure, cause = BrokerUnavailable("Alpaca could not be read."), error
            if wait is None or time.monotonic() + wait >= deadline:
                raise failure from cause
            time.sleep(wait)
        raise AssertionError  # the last pause is None, which ends the loop

    def write(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        refusals: frozenset[int] = REFUSALS,
    ) -> Any:
        """Send once and return the answer, None where it is empty."""
        send = {"POST": self._client.post, "PATCH": self._client.patch, "DELETE": self._client.delete}[method]
        try:
            self._line.allow(self._timeout_seconds)
            return send(path, body)
        except self._refused as error:
            raise ErrorAnswer(error).judged(refusals) from error
        except ConnectionFailed as error:
            if _never_connected(error):
                raise BrokerRejected("Alpaca could not be reached; nothing was sent.") from error
            raise OutcomeUnknown("The connection to Alpaca broke; it may have taken the order.") from error
        except Timeout as error:
            raise OutcomeUnknown("Alpaca did not answer in time; it may have taken the order.") from error
        except (RequestException, ValueError) as error:
            raise OutcomeUnknown("Alpaca's answer cannot be read; it may have taken the order.") from error


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

    def judged(self, refusals: frozenset[int]) -> BrokerError:
        """Return what the answer proves about a write; somebody else's error page proves nothing."""
        if self._is_about_keys:
            return BrokerCredentialsRefused(self.sentence)
        if self.status in refusals and self.is_genuine:
            return BrokerRejected(self.sentence)
        return OutcomeUnknown(self.sentence)

    def wait(self, pause: float | None) -> float | None:
        """Return the seconds before a read is tried again; None where that is no use."""
        if pause is None or self.status not in _PASSING:
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


def _check_keys(*keys: str) -> None:
    # A key with a line break would make requests repeat it in its own error.
    if not all(key and key.isascii() and key.isprintable() and " " not in key for key in keys):
        raise SettingsError(
            "ALPACA_API_KEY and ALPACA_SECRET_KEY must be set, without spaces or line breaks."
        )
