"""The Responses API, over its SDK: one request, one answer, in bounded time and size."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import Any

from app.dataclass import dataclass
from app.domain.reasons import Reason
from app.services.analyst.base import NoDecision, quoted
from app.services.analyst.deadline import Deadline

API_URL = "https://api.openai.com/v1"
MAX_OUTPUT_TOKENS = 4000
LARGEST_ANSWER = 4 << 20
LONGEST_ERROR = 4000
OK, FAILED_DEPENDENCY = 200, 424
UNAUTHORIZED = {401, 403}


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Who is asked, which model, and how much it may say in one answer."""

    key: str = field(repr=False)
    model: str
    base_url: str = API_URL
    max_output_tokens: int = MAX_OUTPUT_TOKENS


class ModelTransport:
    """The connection to the model's server, for one opinion."""

    def __init__(self, client: Any, server: ModelServer, deadline: Deadline) -> None:
        self._client = client
        self._server = server
        self._deadline = deadline

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send one request, once; return the answer as it came, or raise NoDecision."""
        create = self._client.responses.with_streaming_response.create
        try:
            with create(
                model=self._server.model,
                # Nothing of an alert is to stay at the model's server.
                store=False,
                max_output_tokens=self._server.max_output_tokens,
                timeout=max(self._deadline.seconds_left, 0.001),
                **request,
            ) as answer:
                body = _bounded(answer.http_response.iter_raw())
        except NoDecision:
            raise
        except Exception as error:  # the SDK lets its transport's own errors through
            raise self._trouble(error) from error
        return _read(body)

    def _trouble(self, error: Exception) -> NoDecision:
        cause = error.__cause__
        if isinstance(cause, NoDecision):
            return cause
        if self._deadline.is_over:
            return NoDecision(Reason.OPINION_TIMEOUT, "The model did not answer in time.")
        return NoDecision(
            Reason.OPINION_FAILED, f"The model's server did not answer ({type(error).__name__})."
        )


@contextmanager
def model_line(server: ModelServer, deadline: Deadline) -> Iterator[ModelTransport]:
    """Open a connection that the deadline cuts, that follows no redirect and sends nothing twice."""
    import openai

    def show_connection(event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            deadline.watch(info["return_value"].get_extra_info("socket"))

    def prepare(request: Any) -> None:
        request.extensions = request.extensions | {"trace": show_connection}

    # New connections for each opinion: a kept one may be dead, and what is lost on it is not sent again.
    http = openai.DefaultHttpxClient(
        follow_redirects=False, event_hooks={"request": [prepare], "response": [_refuse_failures]}
    )
    client = openai.OpenAI(
        api_key=server.key,
        base_url=server.base_url,
        # It is not documented that a repeated request is recognised as one, so it would be paid for twice.
        max_retries=0,
        http_client=http,
        # What is counted is what arrives: no small answer unfolds into a huge one.
        default_headers={"Accept-Encoding": "identity"},
    )
    with client:
        yield ModelTransport(client, server, deadline)


def _refuse_failures(response: Any) -> None:
    """Turn an error away before anybody reads all of it."""
    status = response.status_code
    if status == OK:
        return
    quote = "" if status in UNAUTHORIZED else _error_message(next(response.iter_raw(LONGEST_ERROR), b""))
    if status == FAILED_DEPENDENCY:
        raise NoDecision(Reason.MCP_UNREACHABLE, f"The model's server cannot use the tools{quote}.")
    hint = "; check OPENAI_API_KEY" if status in UNAUTHORIZED else ""
    raise NoDecision(Reason.OPINION_FAILED, f"The model's server answers HTTP {status}{quote}{hint}.")


def _error_message(body: bytes) -> str:
    try:
        message = json.loads(body)["error"]["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return f": {quoted(message).rstrip('.')}"


def _bounded(blocks: Iterator[bytes]) -> bytes:
    body = bytearray()
    for block in blocks:
        body += block
        if len(body) > LARGEST_ANSWER:
            raise NoDecision(Reason.OPINION_UNPARSABLE, f"The answer has more than {LARGEST_ANSWER} bytes.")
    return bytes(body)


def _read(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoDecision(Reason.OPINION_UNPARSABLE, "The model's server does not answer in JSON.") from error
    if not isinstance(answer, dict):
        raise NoDecision(Reason.OPINION_UNPARSABLE, "The model's server does not answer with a JSON object.")
    return answer
