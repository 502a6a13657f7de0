"""A loopback OpenAI: admits requests, lets the model think, spoils what is to be spoiled, keeps the books."""

import json
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.simulators.loopback.messages import Answer, Request, in_json
from tests.simulators.loopback.simulator import Simulator
from tests.simulators.openai import admin, functions
from tests.simulators.openai.answers import cut_short, spoiled
from tests.simulators.openai.behaviours import ANSWERS, CALLS, LINES, STATUSES, Behaviour, Behaviours
from tests.simulators.openai.model import Decide, Model, Plan, favourites, sensible
from tests.simulators.openai.reading import Item, Turn, items_of
from tests.simulators.openai.refusals import Refused, invalid, unauthorized
from tests.simulators.openai.server import OpenAIConnection
from tests.simulators.openai.shapes import Frame, is_commentary, new_id
from tests.simulators.openai.statuses import answer_for
from tests.simulators.openai.vetting import vet

MODELS = ("gpt-5.5", "gpt-5.6")
RESPONSES = "/v1/responses"


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation that was billed; `turn` counts the requests about one opinion from 1."""

    key: str
    symbol: str
    turn: int
    response_id: str
    status: str
    usage: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Stored:
    """A response that a later request may go on from."""

    items: list[Item]
    turn: int
    body: dict[str, Any]


class FakeOpenAI(Simulator):
    """The Responses API on a loopback port; use as a context manager and read `base_url`.

    `model` decides (and obeys every injection with `obey`), `behave` adds what goes wrong, `generations`
    holds what was billed and `bodies` what was asked, both oldest first.
    """

    connection, actions = OpenAIConnection, admin.ACTIONS

    def __init__(
        self,
        *,
        port: int = 0,
        key: str = "sk-simulated",
        obey: bool = False,
        decide: Decide = sensible,
        plan: Plan = favourites,
    ) -> None:
        self.key = key
        self.model = Model(obey=obey, decide=decide, plan=plan)
        self.behaviours = Behaviours()
        self.generations: list[Generation] = []
        self._lock = threading.Lock()
        self._stored: dict[str, Stored] = {}
        self._said_beside: dict[str, str] = {}
        super().__init__(port)
        self.base_url = f"{self.url}/v1"

    def behave(self, kind: str, **settings: Any) -> None:
        """Add a behaviour; see `Behaviour` for its settings."""
        self.behaviours.add(Behaviour(kind=kind, **settings))

    @property
    def bodies(self) -> list[Any]:
        """The bodies of the requests for a response, oldest first."""
        return [each.body for each in list(self.requests) if (each.method, each.path) == ("POST", RESPONSES)]

    def billed(self) -> Counter[str]:
        """Count the billed generations by the idea's symbol."""
        return Counter(each.symbol for each in list(self.generations))

    def opinions(self) -> Counter[str]:
        """Count by idea how often an opinion was begun that was billed."""
        return Counter(each.key for each in list(self.generations) if each.turn == 1)

    def answer(self, request: Request) -> tuple[Answer, Behaviour | None]:
        """Carry a request out; the behaviour says what the line does to the answer."""
        self.requests.append(request)
        try:
            answer, line = self._route(request)
        except Refused as refused:
            answer, line = refused.answer(), None
        told = {"x-request-id": new_id("req"), "openai-version": "2020-10-01", "openai-processing-ms": "1"}
        return Answer(answer.status, answer.content, answer.headers | told), line

    def _route(self, request: Request) -> tuple[Answer, Behaviour | None]:
        self._admit(request)
        if (request.method, request.path) == ("POST", RESPONSES):
            return self._respond(self._read(request))
        if request.method == "GET" and request.path.startswith(f"{RESPONSES}/"):
            return in_json(self._find(request.path.rpartition("/")[2], status=404).body), None
        if (request.method, request.path) == ("GET", "/v1/models"):
            listed = [{"id": name, "object": "model", "created": 1, "owned_by": "system"} for name in MODELS]
            return in_json({"object": "list", "data": listed}), None
        raise Refused(404, f"Invalid URL ({request.method} {request.path})")

    def _admit(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or key == "":
            raise unauthorized(None)
        if key != self.key:
            raise unauthorized(key)

    def _read(self, request: Request) -> Turn:
        """Return the turn that a request asks for; raise Refused."""
        try:
            body = vet(json.loads(request.content))
        except ValueError:
            raise Refused(400, "We could not parse the JSON body of your request.") from None
        earlier = body.get("previous_response_id")
        before = Stored([], 0, {}) if earlier is None else self._find(earlier, status=400)
        given = items_of(body["input"])
        functions.check_outputs([*before.items, *given])
        functions.check_comments([*before.items, *given], self._said_beside)
        functions.check_approvals([*before.items, *given])
        number = before.turn + 1 if earlier is not None else 1 + rounds_in(given)
        return Turn(body, [*before.items, *given], number)

    def _find(self, response_id: str, *, status: int) -> Stored:
        stored = self._stored.get(response_id)
        if stored is not None:
            return stored
        if status == 400:
            message = f"Previous response with id '{response_id}' not found."
            raise invalid("previous_response_id", message, "previous_response_not_found")
        raise Refused(status, f"Response with id '{response_id}' not found.")

    def _respond(self, turn: Turn) -> tuple[Answer, Behaviour | None]:
        line = self._strike(LINES, turn)
        fault = self._strike(STATUSES, turn)
        if fault is not None and fault.is_before:
            return answer_for(fault, None), line
        if line is not None and line.is_before:
            return Answer(), line
        good = self._generated(turn)
        return good if fault is None else answer_for(fault, good), line

    def _generated(self, turn: Turn) -> Answer:
        """Let the model think, bill it and keep the response."""
        given = list(turn.items)
        draft = self.model.generate(turn, self._strike(CALLS, turn))
        spoils = self._strike(ANSWERS, turn) if draft.is_final else None
        if spoils is None:
            draft = cut_short(draft, turn.body.get("max_output_tokens"))
        else:
            draft = spoiled(draft, json.loads(draft.text), spoils)
        frame = Frame(turn.body, turn.everything)
        response = frame.response(draft)
        with self._lock:
            self.generations.append(
                Generation(turn.key, turn.symbol, turn.number, frame.id, draft.status, response["usage"])
            )
            self._said_beside |= comments_beside_calls(draft.output)
            if turn.body.get("store") is not False:
                self._stored[frame.id] = Stored([*given, *draft.output], turn.number, response)
        return in_json(response)

    def _strike(self, kinds: frozenset[str], turn: Turn) -> Behaviour | None:
        return self.behaviours.strike(kinds, turn.symbol, turn.number)


def comments_beside_calls(output: list[Item]) -> dict[str, str]:
    """Return what was said beside each function call."""
    said = [item["content"][0]["text"] for item in output if is_commentary(item)]
    calls = [item["call_id"] for item in output if item["type"] == "function_call"]
    return {call_id: text for call_id in calls for text in said}


def rounds_in(items: list[Item]) -> int:
    """Count the runs of tool outputs that an application has sent back."""
    outputs = [item.get("type") == "function_call_output" for item in items]
    return sum(now and not before for before, now in zip([False, *outputs], outputs, strict=False))
