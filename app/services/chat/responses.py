"""Answers that come later: posted to the address that came with the question, and to no other host."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from app.dataclass import dataclass
from app.services.chat.discord_api import discord_headers

TIMEOUT_SECONDS = 5.0
PROMISE_LOOKS, PAUSE_SECONDS = 3, 1.0
PLATFORMS = ("https://hooks.slack.com", "https://discord.com")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Responses:
    """Posts to Slack's and Discord's own hosts, and to those that the owner names."""

    origins: tuple[str, ...]
    wait: Callable[[float], object]

    def may_post(self, address: str) -> bool:
        """Tell whether an address is one of theirs: whoever signs a request does not choose where we post."""
        try:
            parts = urlsplit(address)
            origin = f"{parts.scheme}://{parts.netloc.lower()}"
        except ValueError:
            return False
        return "@" not in parts.netloc and origin in {*PLATFORMS, *self.origins}

    def post(self, address: str, body: dict[str, Any]) -> bool:
        """Send an answer once; what goes wrong is logged, and the address never is: it is a secret."""
        return self._is_taken(self._send("POST", address, body))

    def edit(self, address: str, body: dict[str, Any]) -> bool:
        """Put an answer in the place of the promise of one, which Discord may not have read yet."""
        for _ in range(PROMISE_LOOKS - 1):
            status = self._send("PATCH", address, body, discord_headers())
            if status != HTTPStatus.NOT_FOUND:
                return self._is_taken(status)
            self.wait(PAUSE_SECONDS)
        return self._is_taken(self._send("PATCH", address, body, discord_headers()))

    def _send(
        self, method: str, address: str, body: dict[str, Any], headers: Mapping[str, str] | None = None
    ) -> int | None:
        if not self.may_post(address):
            _logger.warning("A chat answer was to go to a host that is not allowed; it was not sent.")
            return None
        import requests

        try:
            # A redirect would lead to a host that nobody has allowed.
            with requests.request(
                method,
                address,
                json=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                return answer.status_code
        except requests.RequestException as error:
            _logger.warning("A chat answer could not be sent: %s", type(error).__name__)
            return None

    def _is_taken(self, status: int | None) -> bool:
        is_taken = status is not None and status < HTTPStatus.MULTIPLE_CHOICES
        if status is not None and not is_taken:
            _logger.warning("A chat answer was refused with status %s", status)
        return is_taken
