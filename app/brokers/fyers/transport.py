"""The connection to Fyers: the only place that imports its SDK."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from requests import RequestException, Response

from app.brokers.fyers.limiter import Limiter, NoRoom
from app.brokers.fyers.outcomes import (
    Body,
    FyersAnswer,
    Outcome,
    answer_of,
    is_success,
    is_too_much,
    judged_read,
    judged_write,
    read_pause,
    refuses_token,
    write_pause,
)
from app.brokers.fyers.session import RecordingSession
from app.brokers.parts import TokenSource
from app.clock import Wait
from app.domain.reasons import Reason
from app.errors import (
    BrokerCredentialsRefused,
    BrokerError,
    BrokerLoginRequired,
    BrokerRejected,
    BrokerUnavailable,
    SettingsError,
)

API_URL = "https://api-t1.fyers.in/api/v3"
DATA_URL = "https://api-t1.fyers.in/data"
# The calculator of margins is no part of v3, and the SDK does not know it.
MARGIN_URL = "https://api.fyers.in/api/v2"
LOGIN = "Fyers does not take the token any more; log in again."
# One of the attempts may be spent on a token that has just died.
_READS, _WRITES = 4, 3


class Transport:
    """One session with Fyers: reads are repeated within their time, writes only when nothing was placed.

    Reads raise BrokerUnavailable; writes raise BrokerRejected or OutcomeUnknown.
    """

    def __init__(
        self,
        app_id: str,
        tokens: TokenSource,
        limiter: Limiter,
        *,
        api_url: str | None,
        data_url: str | None,
        timeout_seconds: float,
        wait: Wait,
    ) -> None:
        Config, FyersServiceSync = _sdk()  # noqa: N806  # the SDK names its classes so
        addresses = {
            Config.API: api_url or API_URL,
            Config.DATA_API: data_url or DATA_URL,
            # Beside the API: a gateway, or a simulator, stands for all of Fyers.
            MARGIN_URL: MARGIN_URL if api_url is None else f"{api_url.rstrip('/').removesuffix('/v3')}/v2",
        }
        self._app_id = app_id
        self._tokens = tokens
        self._limiter = limiter
        self._timeout_seconds, self._wait = timeout_seconds, wait
        self._session = RecordingSession(
            {base: url.rstrip("/") for base, url in addresses.items()}, timeout_seconds
        )
        self._sdk = FyersServiceSync(_Mute(), _Mute())
        # The SDK's session follows redirects, waits for ever, and hides what came.
        self._sdk.session.close()
        self._sdk.session = self._session

    def read(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        data: bool = False,
        urgent: bool = False,
        absent: Callable[[Outcome], bool] = lambda _: False,
    ) -> Body:
        """Return what an address below the API, or below the market data, holds.

        Of an answer that says that there is nothing, as `absent` tells, the body is returned too.
        """
        deadline = time.monotonic() + self._timeout_seconds
        token = self._tokens.token()
        renewed = False
        for attempt in range(_READS):
            outcome = self._get(path, query, token, deadline, data=data, urgent=urgent)
            if isinstance(outcome, FyersAnswer) and (is_success(outcome) or absent(outcome)):
                return outcome.body
            # A token that was not taken placed nothing, so another one may be tried.
            if refuses_token(outcome):
                token, renewed = self._renewed(token, renewed=renewed), True
                continue
            pause = read_pause(outcome)
            is_last = attempt == _READS - 1
            if pause is None or is_last or time.monotonic() + pause >= deadline:
                raise judged_read(outcome)
            self._wait(pause)
        raise BrokerUnavailable("Fyers could not be read.")

    def write(self, method: str, path: str, body: Body, *, urgent: bool = False) -> Body:
        """Send once and return the answer; again only after Fyers has proved that it took nothing."""
        deadline = time.monotonic() + self._timeout_seconds
        renewed = False
        token = self._token_to_write()
        for attempt in range(_WRITES):
            outcome = self._send(method, path, body, token, urgent=urgent)
            # An answer to a write without a code is none of Fyers'; it proves nothing.
            if isinstance(outcome, FyersAnswer) and is_success(outcome) and "code" in outcome.body:
                return outcome.body
            if refuses_token(outcome):
                token, renewed = self._renewed_to_write(token, renewed=renewed), True
                continue
            pause = write_pause(outcome)
            is_last = attempt == _WRITES - 1
            if pause is None or is_last or time.monotonic() + pause >= deadline:
                raise judged_write(outcome)
            self._wait(pause)
        raise _login_refused(LOGIN)

    def ask(self, path: str, body: Body) -> Body:
        """Return what the calculator of margins answers; it is asked once, and places nothing."""
        token = self._tokens.token()
        self._enter(BrokerUnavailable, urgent=False)
        self._session.begin(self._timeout_seconds)
        header = {"Authorization": self._header(token), "Content-Type": "application/json"}
        with suppress(RequestException):
            self._session.post(MARGIN_URL + path, data=json.dumps(body), headers=header)
        outcome = self._outcome()
        if isinstance(outcome, FyersAnswer) and is_success(outcome):
            return outcome.body
        raise judged_read(outcome)

    def _get(
        self,
        path: str,
        query: Mapping[str, str] | None,
        token: str,
        deadline: float,
        *,
        data: bool,
        urgent: bool,
    ) -> Outcome:
        self._enter(BrokerUnavailable, urgent=urgent)
        self._session.begin(deadline - time.monotonic())
        self._sdk.get_call(path, self._header(token), query, data_flag=data)
        return self._outcome()

    def _send(self, method: str, path: str, body: Body, token: str, *, urgent: bool) -> Outcome:
        calls: dict[str, Any] = {
            "POST": self._sdk.post_call,
            "PATCH": self._sdk.patch_call,
            "DELETE": self._sdk.delete_call,
        }
        self._enter(BrokerRejected, urgent=urgent)
        # A write has its whole time each time: one that is cut short leaves an order in doubt.
        self._session.begin(self._timeout_seconds)
        calls[method](path, self._header(token), body)
        return self._outcome()

    def _outcome(self) -> Outcome:
        came = self._session.came()
        if not isinstance(came, Response):
            return came
        answer = answer_of(came)
        # Asking on would cost the account a whole minute, and in the end the day.
        if is_too_much(answer):
            self._limiter.close(answer.retry_after_seconds or 1.0)
        return answer

    def _enter(self, refusal: type[BrokerError], *, urgent: bool) -> None:
        try:
            self._limiter.enter(urgent=urgent)
        except NoRoom as error:
            # Refused here, so nothing was sent: a write is a rejection, never an unknown outcome.
            code = Reason.RATE_LIMIT_REACHED
            raise refusal(code.meaning, reason=code.value, is_passing=True) from error

    def _header(self, token: str) -> str:
        return f"{self._app_id}:{token}"

    def _renewed(self, token: str, *, renewed: bool) -> str:
        """Return another token to try, once; raise BrokerLoginRequired when there is none."""
        another = self._tokens.refused(token)
        if renewed or another is None:
            raise BrokerLoginRequired(LOGIN)
        return another

    def _token_to_write(self) -> str:
        try:
            return self._tokens.token()
        except BrokerUnavailable as error:
            raise as_refusal(error) from error

    def _renewed_to_write(self, token: str, *, renewed: bool) -> str:
        try:
            return self._renewed(token, renewed=renewed)
        except BrokerUnavailable as error:
            raise as_refusal(error) from error


@contextmanager
def before_sending() -> Iterator[None]:
    """Refuse what cannot even be begun."""
    try:
        yield
    except BrokerUnavailable as error:
        raise as_refusal(error) from error


def as_refusal(error: BrokerUnavailable) -> BrokerRejected:
    """Return what a write is refused with that could not even be begun."""
    if isinstance(error, BrokerLoginRequired):
        return _login_refused(error.message)
    return BrokerRejected(f"{error.message} Nothing was sent.", reason=error.reason, is_passing=True)


def _login_refused(sentence: str) -> BrokerCredentialsRefused:
    # Somebody logs in once a day, usually within minutes of being reminded.
    return BrokerCredentialsRefused(sentence, reason=Reason.BROKER_LOGIN_REQUIRED.value, is_passing=True)


def _sdk() -> Any:
    try:
        from fyers_apiv3.fyersModel import Config, FyersServiceSync
    except ImportError as error:
        raise SettingsError(
            "Fyers is configured, but its SDK is not installed: pip install --no-deps fyers-apiv3."
        ) from error
    return Config, FyersServiceSync


class _Mute:
    """Takes what the SDK would write into files: whole orders and answers."""

    def debug(self, message: object) -> None:
        """Drop it."""

    def error(self, message: object) -> None:
        """Drop it."""
