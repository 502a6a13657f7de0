"""The connection to Alpaca: the only place that imports its SDK."""

import time
from typing import Any

from requests import RequestException

from app.brokers.alpaca.environment import check_keys
from app.brokers.alpaca.outcomes import REFUSALS, TRANSIENT, ErrorAnswer, judged_write
from app.brokers.alpaca.session import AlpacaSession
from app.clock import Wait, system_wait
from app.errors import BrokerUnavailable

_PAUSES_SECONDS = (0.1, 0.3)


class Transport:
    """One session with Alpaca; reads are repeated within their time, writes are sent once.

    Reads raise BrokerUnavailable; writes raise BrokerRejected or OutcomeUnknown.
    """

    def __init__(
        self,
        api_key: str,
        secret_key: str,
        *,
        trading_url: str,
        data_url: str,
        timeout_seconds: float,
        wait: Wait = system_wait,
    ) -> None:
        from alpaca.common.exceptions import APIError
        from alpaca.common.rest import RESTClient

        check_keys(api_key, secret_key)
        self._refused: type[Exception] = APIError
        self._data_url = data_url.rstrip("/")
        self._timeout_seconds, self._wait = timeout_seconds, wait
        self._session = AlpacaSession(trading_url, timeout_seconds)
        # `raw_data`: the SDK's models refuse a status that they do not know, after the order has been taken.
        self._client = RESTClient(trading_url.rstrip("/"), api_key, secret_key, raw_data=True)
        # The SDK sends an order four times on 429 and 504, and has no argument that stops it.
        self._client._retry = 0  # noqa: SLF001
        self._client._session = self._session  # noqa: SLF001

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
        # All attempts share the time of one call: whoever asks has promised an answer.
        deadline = time.monotonic() + self._timeout_seconds
        for pause in (*_PAUSES_SECONDS, None):
            try:
                self._session.allow(deadline - time.monotonic())
                return self._client.get(path, query, **source)
            except self._refused as error:
                answer = ErrorAnswer(error)
                # Only Alpaca's own 404 proves that there is no order: a proxy's would let it be sent again.
                if answer.status in absent and answer.is_genuine:
                    return None
                seconds = answer.wait(pause)
                failure, cause = BrokerUnavailable(answer.sentence, is_passing=answer.is_passing), error
            except (RequestException, ValueError) as error:
                is_passing = isinstance(error, TRANSIENT)
                seconds = pause if is_passing else None
                failure, cause = BrokerUnavailable("Alpaca could not be read.", is_passing=is_passing), error
            if seconds is None or time.monotonic() + seconds >= deadline:
                raise failure from cause
            self._wait(seconds)
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
            self._session.allow(self._timeout_seconds)
            return send(path, body)
        except self._refused as error:
            raise ErrorAnswer(error).judged(refusals) from error
        except (RequestException, ValueError) as error:
            # Never again from here: whether the order arrived is for whoever looks it up by its id.
            raise judged_write(error) from error
