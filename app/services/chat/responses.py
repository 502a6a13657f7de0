"""Answers that come later: posted to the address that came with the question, and to no other host."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

TIMEOUT_SECONDS = 5.0
PLATFORMS = ("https://hooks.slack.com", "https://discord.com")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Responses:
    """Posts to Slack's and Discord's own hosts, and to those that the owner names."""

    origins: tuple[str, ...] = ()

    def may_post(self, address: str) -> bool:
        """Tell whether an address is one of theirs: whoever signs a request does not choose where we post."""
        try:
            parts = urlsplit(address)
            origin = f"{parts.scheme}://{parts.netloc.lower()}"
        except ValueError:
            return False
        return "@" not in parts.netloc and origin in {*PLATFORMS, *self.origins}

    def post(self, address: str, body: dict[str, Any], *, method: str = "POST") -> bool:
        """Send an answer once; what goes wrong is logged and tells nobody anything that he needs to act."""
        if not self.may_post(address):
            _logger.warning("A chat answer was to go to a host that is not allowed; it was not sent.")
            return False
        try:
            answer = requests.request(
                method, address, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            _logger.warning("A chat answer could not be sent: %s", type(error).__name__)
            return False
        if not answer.ok:
            _logger.warning("A chat answer was refused with status %s", answer.status_code)
        return answer.ok
