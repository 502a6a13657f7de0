"""Cloud Scheduler and Cloud Tasks show a service account's ID token, signed by Google for one audience."""

import logging
import re
from typing import Any

from app.errors import NotAuthenticated, ServiceAccountNotAllowed
from app.services.schedulers.certificates import Certificates

ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
ALGORITHM = "RS256"
# What Cloud Run puts in a signature's place where it has checked the caller itself.
STRIPPED = "SIGNATURE_REMOVED_BY_GOOGLE"
# Clocks of two machines differ by less.
SKEW_SECONDS = 30

_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_logger = logging.getLogger(__name__)


class GoogleCallers:
    """Lets in one service account, by tokens that Google signed for this service.

    Headers such as X-CloudTasks-QueueName are anybody's to send and are not looked at.
    """

    def __init__(self, certificates: Certificates, *, account: str, audience: str) -> None:
        self._certificates = certificates
        self._account = account.lower()
        self._audience = audience

    def check(self, token: str) -> None:
        """Let a token pass; raise NotAuthenticated, ServiceAccountNotAllowed or CertificatesUnavailable."""
        if token.endswith(STRIPPED):
            raise NotAuthenticated(
                "Cloud Run asks callers for their token itself and has taken its signature away, so that it "
                "cannot be checked here: let the service be called without (--allow-unauthenticated)."
            )
        # What is no token causes no request to Google.
        certificates = self._certificates.for_key(_key_of(token))
        claims = self._verified(token, certificates)
        is_ours = str(claims.get("email", "")).lower() == self._account
        if not is_ours or claims.get("email_verified") is not True:
            raise ServiceAccountNotAllowed(
                "The token is another account's; TASKS_SERVICE_ACCOUNT names whose is let in."
            )

    def _verified(self, token: str, certificates: Any) -> Any:
        from google.auth import jwt
        from google.auth.exceptions import GoogleAuthError

        try:
            claims = jwt.decode(
                token, certificates, audience=self._audience, clock_skew_in_seconds=SKEW_SECONDS
            )
        except (GoogleAuthError, ValueError, TypeError) as error:
            raise _refused(error) from error
        if claims.get("iss") not in ISSUERS:
            raise _refused("another issuer")
        return claims


def looks_like_a_token(text: str) -> bool:
    """Tell whether a text has the three parts of a token; whether it is one is for `check` to say."""
    return _SHAPE.fullmatch(text) is not None


def _key_of(token: str) -> str:
    """Return the id of the key that a token says it was signed with; raise NotAuthenticated."""
    from google.auth import jwt
    from google.auth.exceptions import GoogleAuthError

    try:
        header = jwt.decode_header(token)
    except (GoogleAuthError, ValueError, RecursionError) as error:
        raise _refused("unreadable") from error
    key = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(key, str) or not key:
        raise _refused("no key's id, or another algorithm")
    return key


def _refused(why: object) -> NotAuthenticated:
    # The log tells the owner at DEBUG; strangers must not fill it.
    _logger.debug("A token for the tasks was refused: %s", why)
    return NotAuthenticated(
        "This is no token that Google signed for this service: its signature, issuer, time and audience "
        "(TASKS_OIDC_AUDIENCE) must fit."
    )
