"""What stands in the place of the SDK's session: our addresses, our timeouts, and a record of what came."""

from collections.abc import Mapping
from threading import local
from typing import Any

from requests import RequestException, Response, Session
from requests.adapters import HTTPAdapter

_CONNECTIONS = 32


class RecordingSession(Session):
    """Send what the SDK asks for; `addresses` maps the bases that it knows to those that are meant.

    What came of a thread's last request is kept for that thread: the SDK answers a lost connection like a
    refusal, and rewrites earlier answers.
    """

    def __init__(self, addresses: Mapping[str, str], timeout_seconds: float) -> None:
        super().__init__()
        self._addresses = addresses
        self._timeout_seconds = timeout_seconds
        self._thread = local()
        adapter = HTTPAdapter(pool_maxsize=_CONNECTIONS)
        self._prepare(next(iter(addresses.values())))
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def begin(self, timeout_seconds: float) -> None:
        """Say how long the thread's next request may take; forget what came of the last."""
        self._thread.seconds = max(timeout_seconds, 0.001)
        self._thread.came = None

    def came(self) -> Response | RequestException | None:
        """Return what came of the thread's last request; None when none was sent."""
        return getattr(self._thread, "came", None)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> Response:
        """Send a request once, as the thread has said; redirects are followed nowhere."""
        # The SDK sets none: a submit that hangs would keep its symbol from all other alerts, for ever.
        options["timeout"] = getattr(self._thread, "seconds", self._timeout_seconds)
        options["allow_redirects"] = False
        try:
            response = super().request(method, self._address(str(url)), *args, **options)
        except RequestException as error:
            self._thread.came = error
            raise
        self._thread.came = response
        return response

    def _address(self, url: str) -> str:
        for base, meant in self._addresses.items():
            if url.startswith(base + "/"):
                return meant + url.removeprefix(base)
        raise ValueError("The SDK asked for an address that is not known.")

    def _prepare(self, url: str) -> None:
        # Proxies and certificates are looked up once: asking the environment each time costs too much.
        surroundings = self.merge_environment_settings(url, {}, None, None, None)
        self.proxies, self.verify = surroundings["proxies"], surroundings["verify"]
        self.trust_env = False
