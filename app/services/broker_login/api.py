"""The four addresses of Fyers' login, over plain requests: its SDK sets no timeout there."""

import hashlib
from dataclasses import field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from app.dataclass import dataclass
from app.errors import BrokerUnavailable, LoginRefused
from app.logs import mask

if TYPE_CHECKING:
    from requests import PreparedRequest

API_URL = "https://api-t1.fyers.in/api/v3"
# What Fyers says of a token that it does not take.
TOKEN_CODES = frozenset({-8, -15, -16, -17})
UNAUTHORIZED, TOO_MANY, SERVER_ERROR = 401, 429, 500
LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FyersApp:
    """The app that people log in to, as Fyers knows it."""

    app_id: str
    secret: str = field(repr=False)
    redirect_uri: str
    pin: str | None = field(default=None, repr=False)
    api_url: str = API_URL
    timeout_seconds: float = 10

    @property
    def digest(self) -> str:
        """Return what proves that we know the secret."""
        return hashlib.sha256(f"{self.app_id}:{self.secret}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Issued:
    """Tokens that Fyers has just given."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)


class LoginApi:
    """Speak to Fyers about tokens; every method but `login_url` raises BrokerUnavailable."""

    def __init__(self, app: FyersApp) -> None:
        self.app = app

    def login_url(self, state: str) -> str:
        """Return the page on which a person logs in."""
        query = {
            "client_id": self.app.app_id,
            "redirect_uri": self.app.redirect_uri,
            "response_type": "code",
            "state": state,
        }
        return f"{self.app.api_url}/generate-authcode?{urlencode(query)}"

    def exchange(self, code: str) -> Issued:
        """Turn a login's code into tokens; raise LoginRefused."""
        return self._issue("validate-authcode", {"grant_type": "authorization_code", "code": code})

    def renew(self, refresh_token: str) -> Issued:
        """Get a new access token without a login; raise LoginRefused."""
        body = {"grant_type": "refresh_token", "refresh_token": refresh_token, "pin": self.app.pin}
        return self._issue("validate-refresh-token", body)

    def takes(self, token: str) -> bool:
        """Ask whether Fyers takes a token."""
        status, body = self._call("GET", "profile", auth=_Bearer(f"{self.app.app_id}:{token}"))
        # Only this round trip proves a token: since April 2026 one may look good and be dead at the server.
        if status == UNAUTHORIZED or body.get("code") in TOKEN_CODES:
            return False
        if body.get("s") != "ok":
            raise BrokerUnavailable("Fyers did not say whether the token is good.")
        return True

    def _issue(self, path: str, body: dict[str, Any]) -> Issued:
        status, answer = self._call("POST", path, json=body | {"appIdHash": self.app.digest})
        token, refresh_token = answer.get("access_token"), answer.get("refresh_token")
        if answer.get("s") == "ok" and isinstance(token, str) and token:
            return Issued(token, refresh_token if isinstance(refresh_token, str) else None)
        if status == TOO_MANY or status >= SERVER_ERROR:
            raise BrokerUnavailable(f"Fyers did not answer the login (HTTP {status}).")
        raise LoginRefused(f"Fyers says: {_quote(answer)}")

    def _call(self, method: str, path: str, **arguments: Any) -> tuple[int, dict[str, Any]]:
        import requests

        try:
            with requests.Session() as session:
                answer = session.request(
                    method,
                    f"{self.app.api_url}/{path}",
                    timeout=self.app.timeout_seconds,
                    # What logs in goes nowhere that nobody has set.
                    allow_redirects=False,
                    **arguments,
                )
            body = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise BrokerUnavailable("Fyers did not answer the login.") from error
        if not isinstance(body, dict):
            raise BrokerUnavailable("Fyers did not answer the login.")
        return answer.status_code, body


class _Bearer:
    """A header that no .netrc replaces."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        request.headers["Authorization"] = self._value
        return request


def _quote(answer: dict[str, Any]) -> str:
    text = mask(str(answer.get("message") or "no reason"))[:LONGEST_QUOTE].strip().rstrip(".")
    return f"{text} ({answer.get('code')})."
