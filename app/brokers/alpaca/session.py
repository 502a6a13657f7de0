"""The session that the SDK sends through: requests' own, without what Alpaca's API never needs.

No cookies, no redirects, no files, no environment looked up for each call, and connections of the standard
library (`connections.py`): most of what a call through requests costs is none of Alpaca's business.
"""

import json as encoding
from threading import local
from typing import Any
from urllib.parse import urlencode

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers, select_proxy

from app.brokers.alpaca.connections import HttpAnswer, HttpConnections
from app.brokers.alpaca.environment import check_certificates

_CONNECTIONS = 32


class AlpacaSession(Session):
    """Kept connections to Alpaca; each thread says how long its next request may take."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        super().__init__()
        surroundings = self.merge_environment_settings(url, {}, None, None, None)
        self._given: Any = {"proxies": surroundings["proxies"], "verify": surroundings["verify"]}
        # Now, since nobody would find the setting behind a request that failed.
        check_certificates()
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
        request.headers = CaseInsensitiveDict(headers)
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
    """Sends over kept connections of our own; through a proxy as requests does."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._roots: dict[str, Any] = {}

    def get_connection_with_tls_context(
        self, request: PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        root = _parts(request)[0]
        if root not in self._roots:
            has_proxy = select_proxy(str(request.url), proxies) is not None
            self._roots[root] = (
                super().get_connection_with_tls_context(request, verify, proxies, cert)
                if has_proxy
                else HttpConnections(root, verify)
            )
        return self._roots[root]

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        if not isinstance(conn, HttpConnections):
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:
        return super().request_url(request, proxies) if proxies else _parts(request)[1]

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        response = Response()
        response.status_code, response.reason, response.raw = resp.status, resp.reason, resp
        response.headers = CaseInsensitiveDict(resp.headers.items())
        response.encoding = get_encoding_from_headers(response.headers)
        response.url, response.request = str(req.url), req
        if isinstance(resp, HttpAnswer):
            response._content = resp.body  # noqa: SLF001  # it was read with the answer
        return response


def _parts(request: PreparedRequest) -> tuple[str, str]:
    """Cut an address into its root and what is asked there."""
    url = str(request.url)
    start = url.index("/", len("https://"))
    return url[:start], url[start:]
