"""The analyst that asks a language model."""

import logging
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeAlias

from app.dataclass import dataclass
from app.domain.opinions import Decision, Failure, Mode, Opinion, Question, TokenUsage, ToolCall
from app.domain.reasons import Reason
from app.services.analyst.base import NoDecision
from app.services.analyst.deadline import Deadline
from app.services.analyst.decisions import SCHEMA, read_decision
from app.services.analyst.mcp_access import McpAccess
from app.services.analyst.model_api import ModelServer, ModelTransport, model_line
from app.services.analyst.prompting import Prompt, read_prompt, render
from app.services.analyst.responses import add_usage, check_state, items, read_message, spoken
from app.services.analyst.tools import LocalTools, check_hosted, hosted_tools, record_hosted

MOST_TURNS = 6
FORMAT = {"format": {"type": "json_schema", "name": "decision", "strict": True, "schema": SCHEMA}}
# What an end of the time looks like from inside.
CUT = frozenset({Reason.OPINION_FAILED, Reason.OPINION_UNPARSABLE, Reason.MCP_UNREACHABLE})

# What it takes to notice that a connection was cut.
GRACE_SECONDS = 1.0

_Outcome: TypeAlias = tuple[Decision | None, Failure | None]

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Trace:
    """What is known of an opinion so far; it outlives every failure."""

    usage: TokenUsage = field(default_factory=TokenUsage)
    calls: list[ToolCall] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAiAnalyst:
    """Ask a model, with the tools of an MCP server where there is one; nothing is asked twice.

    `timeout_seconds` is for everything together, `prompt` None means the newest.
    """

    server: ModelServer
    tools: McpAccess | None
    timeout_seconds: float
    prompt: Prompt | None = None
    name: str = "openai"

    @property
    def model(self) -> str:
        """Return which model is asked."""
        return self.server.model

    def opine(self, question: Question) -> Opinion:
        """Answer in bounded time; whatever goes wrong is told in the opinion and never raised."""
        started, trace = time.perf_counter(), _Trace()
        prompt = self.prompt or read_prompt()
        decision, failure = self._in_time(lambda: self._decide(question, prompt, trace))
        return Opinion(
            analyst=self.name,
            model=self.server.model,
            prompt_version=prompt.version,
            mode=Mode.NONE if self.tools is None else self.tools.mode,
            decision=decision,
            failure=failure,
            tool_calls=tuple(trace.calls),
            usage=trace.usage,
            milliseconds=round((time.perf_counter() - started) * 1000),
        )

    def _in_time(self, decide: Callable[[], _Outcome]) -> _Outcome:
        """Wait no longer than there is time: a search for an address can be cut by nobody."""
        found: SimpleQueue[_Outcome] = SimpleQueue()
        context = copy_context()
        # Whatever it connects to later is cut at once, so nothing is asked behind our back.
        Thread(target=lambda: found.put(context.run(decide)), name="opinion", daemon=True).start()
        try:
            return found.get(timeout=self.timeout_seconds + GRACE_SECONDS)
        except Empty:
            return None, Failure(Reason.OPINION_TIMEOUT, f"No answer after {self.timeout_seconds:g} seconds.")

    def _decide(self, question: Question, prompt: Prompt, trace: _Trace) -> _Outcome:
        deadline = Deadline(self.timeout_seconds)
        try:
            with deadline, model_line(self.server, deadline) as line:
                text = self._research(_Conversation(line, prompt, question, trace), deadline)
            return read_decision(text, question), None
        except NoDecision as none:
            if deadline.is_over and none.failure.code in CUT:
                after = f"After {self.timeout_seconds:g} seconds: {none}"
                return None, Failure(Reason.OPINION_TIMEOUT, after)
            return None, none.failure
        except Exception:
            # An opinion is advice: an accident in getting it must not take its alert down.
            _logger.exception("An opinion failed in an unforeseen way")
            return None, Failure(Reason.OPINION_FAILED, "Gatehouse failed; the log has the details.")

    def _research(self, conversation: "_Conversation", deadline: Deadline) -> str:
        access = self.tools
        if access is None:
            return conversation.ask_once([])
        if access.mode is Mode.HOSTED:
            return conversation.ask_hosted(access)
        with access.client(lambda: _patience(access, deadline)) as client:
            return conversation.ask_locally(LocalTools(client, access))


@dataclass(frozen=True, slots=True)
class _Conversation:
    line: ModelTransport
    prompt: Prompt
    question: Question
    trace: _Trace

    def ask_once(self, tools: list[dict[str, Any]]) -> str:
        answer = self._ask([], tools=tools) if tools else self._ask([])
        check_state(answer)
        return read_message(answer)

    def ask_hosted(self, access: McpAccess) -> str:
        answer = self._ask([], tools=hosted_tools(access))
        self.trace.calls.extend(record_hosted(answer))
        check_state(answer)
        check_hosted(answer, access)
        return read_message(answer)

    def ask_locally(self, tools: LocalTools) -> str:
        self.trace.calls = tools.calls
        functions = tools.open()
        if not functions:
            return self.ask_once([])
        said: list[dict[str, Any]] = []
        for turn in range(1, MOST_TURNS + 1):
            # The last turn has no tools, so that what was paid for until then ends in a decision.
            choice = "auto" if turn < MOST_TURNS else "none"
            answer = self._ask(said, tools=functions, tool_choice=choice)
            check_state(answer)
            if not items(answer, "function_call"):
                tools.check()
                return read_message(answer)
            said += _continued(answer, tools)
        raise NoDecision(Reason.OPINION_INCOMPLETE, f"The model did not decide within {MOST_TURNS} turns.")

    def _ask(self, said: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
        question = {"role": "user", "content": render(self.question)}
        answer = self.line.ask(
            instructions=self.prompt.instructions, input=[question, *said], text=FORMAT, **options
        )
        self.trace.usage = add_usage(self.trace.usage, answer)
        return answer


def _continued(answer: dict[str, Any], tools: LocalTools) -> list[dict[str, Any]]:
    """Repeat what the model has said, in its order, each call followed by its answer."""
    said: list[dict[str, Any]] = []
    for item in spoken(answer):
        said.append(item)
        if item["type"] == "function_call":
            said.append(tools.answer(item))
    return said


def _patience(access: McpAccess, deadline: Deadline) -> float:
    return max(min(access.tool_timeout_seconds, deadline.seconds_left), 0.001)
