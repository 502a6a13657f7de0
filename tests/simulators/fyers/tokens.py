"""Codes and tokens of the one account, and how they die."""

import base64
import hashlib
import hmac
import json
from itertools import count
from typing import Any

from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.refusals import Refused, invalid, unauthenticated

FY_ID, PIN = "XF00001", "1234"
CODE_LIFE_SECONDS = 60
REFRESH_LIFE_SECONDS = 15 * 86_400
REFRESH_MODES = frozenset({"off", "on", "dead"})
INVALID_HASH, INVALID_CODE, INVALID_REFRESH = -5, -437, -501


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


class Tokens:
    """Hands out codes and tokens; one login a day, no second use of a code.

    `refresh` is the retired flow: "off" refuses, "on" works, "dead" gives tokens that only look alive.
    """

    def __init__(self, clock: Clock, app_id: str, secret: str) -> None:
        self._clock, self.app_id, self._secret = clock, app_id, secret
        self._numbers = count(1)
        self._codes: dict[str, int] = {}
        self._access: dict[str, int] = {}
        self._refresh: dict[str, int] = {}
        self._dead: dict[str, int] = {}
        self.refresh = "off"

    @property
    def app_hash(self) -> str:
        return hashlib.sha256(f"{self.app_id}:{self._secret}".encode()).hexdigest()

    def code(self) -> str:
        """Return a code as the person's login would."""
        expires = self._clock.epoch + CODE_LIFE_SECONDS
        return self._keep(self._codes, "auth_code", expires)

    def login(self) -> str:
        """Return an access token without the way there."""
        return self._keep(self._access, "access_token", self._clock.next_death())

    def exchange(self, body: Any) -> dict[str, Any]:
        """Answer validate-authcode; raise Refused."""
        self._check(body, "authorization_code")
        expires = self._codes.pop(str(body.get("code")), None)
        if expires is None or expires <= self._clock.epoch:
            raise Refused(INVALID_CODE, "invalid auth code")
        later = self._clock.epoch + REFRESH_LIFE_SECONDS
        tokens = {
            "access_token": self.login(),
            "refresh_token": self._keep(self._refresh, "refresh_token", later),
        }
        return {"s": "ok", "code": 200, "message": "", **tokens}

    def renew(self, body: Any) -> dict[str, Any]:
        """Answer validate-refresh-token; raise Refused."""
        self._check(body, "refresh_token")
        if self.refresh == "off":
            raise Refused(INVALID_REFRESH, "Refresh token flow is discontinued, please login again")
        if self._refresh.get(str(body.get("refresh_token")), 0) <= self._clock.epoch:
            raise Refused(INVALID_REFRESH, "Please provide valid refresh token")
        if str(body.get("pin")) != PIN:
            raise Refused(INVALID_REFRESH, "Please provide valid pin")
        token = self.login()
        if self.refresh == "dead":
            self._dead[token] = -16
        return {"s": "ok", "code": 200, "message": "", "access_token": token}

    def admit(self, header: str | None, *, is_data: bool) -> None:
        """Raise Refused unless a request comes with a living token."""
        app, _, token = (header or "").partition(":")
        if app != self.app_id or token not in self._access:
            raise unauthenticated(-15 if is_data else -16)
        if token in self._dead:
            raise unauthenticated(self._dead[token])
        if self._access[token] <= self._clock.epoch:
            raise unauthenticated(-17 if is_data else -8)

    def kill(self, code: int = -16) -> int:
        """Let every access token die at once; return how many there were."""
        unauthenticated(code)  # an unknown code shall not be answered later
        living = [token for token in list(self._access) if token not in self._dead]
        self._dead |= dict.fromkeys(living, code)
        return len(living)

    def revoke(self, header: str | None) -> None:
        """Log the bearer of a token out."""
        self._dead[(header or "").partition(":")[2]] = -17

    def _check(self, body: Any, grant: str) -> None:
        if not isinstance(body, dict) or body.get("grant_type") != grant:
            raise invalid("Invalid grant_type provided")
        if body.get("appIdHash") != self.app_hash:
            raise Refused(INVALID_HASH, "invalid app id hash")

    def _keep(self, where: dict[str, int], subject: str, expires: int) -> str:
        now, number = self._clock.epoch, next(self._numbers)
        claims = {"iss": "api.login.fyers.in", "iat": now, "nbf": now, "exp": expires, "sub": subject}
        payload = claims | {"jti": str(number), "display_name": FY_ID, "app_id": self.app_id.split("-")[0]}
        head = encoded(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
        start = f"{head}.{encoded(json.dumps(payload).encode())}"
        seal = hmac.new(self._secret.encode(), start.encode(), hashlib.sha256).digest()
        token = f"{start}.{encoded(seal)}"
        where[token] = expires
        return token
