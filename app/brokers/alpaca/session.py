"""The session that the SDK sends through: requests' own, without what Alpaca's API never needs.

No cookies, no redirects, no files, no environment looked up for each call: that is half of what a call costs.
"""

import json as encoding
from threading import local
from typing import Any
from urllib.parse import urlencode

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

_CONNECTIONS = 32
_ACCEPTED = {"Accept-Encoding": "gzip, deflate"}


class AlpacaSession(Session):
    """Kept connections to Alpaca; each thread says how long its next request may take."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        super().__init__()
        surroundings = self.merge_environment_settings(url, {}, None, None, None)
        self._given: Any = {"proxies": surroundings["proxies"], "verify": surroundings["verify"]}
        self._timeout_seconds = timeout_seconds
        self._allowed = local()
        self._adapter = _Adapter(pool_maxsize=_CONNECTIONS)

    def allow(self, seconds: float) -> None:
        """Say how long the thread's next request may take; the SDK has no argument for it."""
        self._allowed.seconds = max(seconds, 0.001)

    def request(  # type: ignore[override]  # all that the SDK asks of a session
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        allow_redirects: bool,  # noqa: ARG002  # the SDK follows none, and neither does an adapter
        params: dict[str, str] | None = None,
        json: Any = None,
    ) -> Response:
        """Send once; raise what requests raises."""
        request = PreparedRequest()
        request.method, request.hooks = method, {}
        request.url = f"{url}?{urlencode(params)}" if params else url
        request.headers = CaseInsensitiveDict(_ACCEPTED | headers)
        if json is not None:
            request.body = encoding.dumps(json, allow_nan=False).encode()
            request.headers["Content-Type"] = "application/json"
        if method != "GET":
            request.headers["Content-Length"] = str(len(request.body or b""))
        timeout = getattr(self._allowed, "seconds", self._timeout_seconds)
        response = self._adapter.send(request, timeout=timeout, **self._given)
        response.content  # noqa: B018  # reads it: what breaks off while it is read is the request's failure
        return response


class _Adapter(HTTPAdapter):
    """Finds its pools by the root of an address instead of building a key of twenty fields."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._pools: dict[str, Any] = {}

    def get_connection_with_tls_context(
        self, request: PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        root = _parts(request)[0]
        if root not in self._pools:
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            self._pools[root] = pool
        return self._pools[root]

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:
        return super().request_url(request, proxies) if proxies else _parts(request)[1]

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        response = Response()
        response.status_code, response.reason, response.raw = resp.status, resp.reason, resp
        response.headers = CaseInsensitiveDict(resp.headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.url, response.request = str(req.url), req
        return response


def _parts(request: PreparedRequest) -> tuple[str, str]:
    """Cut an address into its root and what is asked there."""
    url = str(request.url)
    start = url.index("/", len("https://"))
    return url[:start], url[start:]
