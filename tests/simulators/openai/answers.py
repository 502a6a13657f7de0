"""What comes in the place of a good message, by the kind of behaviour."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.simulators.openai.behaviours import Behaviour
from tests.simulators.openai.shapes import (
    Draft,
    approval_request,
    message,
    new_id,
    output_text,
    refusal,
    tokens,
)

Decision = dict[str, Any]
OTHER_SYMBOLS = ("TSLA", "GME")


@dataclass(frozen=True, slots=True)
class Scene:
    """A good draft, the decision in it, and the behaviour that spoils it."""

    draft: Draft
    decision: Decision
    behaviour: Behaviour

    def says(self, *texts: str, **changes: Any) -> Draft:
        """Return the draft with one message for each text."""
        return self.draft.ending(*(message(output_text(text)) for text in texts), **changes)

    def decides(self, **changes: Any) -> Draft:
        return self.says(json.dumps(self.decision | changes))


def spoiled(draft: Draft, decision: Decision, behaviour: Behaviour) -> Draft:
    """Return what a behaviour makes of a good draft."""
    return SPOILS[behaviour.kind](Scene(draft, decision, behaviour))


def cut_short(draft: Draft, most_tokens: int | None) -> Draft:
    """Return the draft, incomplete when its text is longer than the request allows."""
    if most_tokens is None or tokens(draft.text) <= most_tokens:
        return draft
    text = draft.text[: most_tokens * 4]
    return draft.ending(
        message(output_text(text), status="incomplete"), status="incomplete", reason="max_output_tokens"
    )


def truncated(scene: Scene) -> Draft:
    text = json.dumps(scene.decision)
    part = message(output_text(text[: len(text) // 2]), status="incomplete")
    return scene.draft.ending(part, status="incomplete", reason="max_output_tokens")


def failed(scene: Scene) -> Draft:
    told = scene.behaviour.message or "The server had an error while processing your request. Sorry!"
    error = {"code": scene.behaviour.code or "server_error", "message": told}
    return scene.draft.ending(status="failed", error=error)


def unfinished(scene: Scene) -> Draft:
    return Draft([], status=scene.behaviour.kind)


def missing_key(scene: Scene) -> Draft:
    kept = {name: value for name, value in scene.decision.items() if name != "confidence"}
    return scene.says(json.dumps(kept))


def duplicate_keys(scene: Scene) -> Draft:
    """Say everything once, then the dangerous figures again: which counts is the reader's choice."""
    again = scene.behaviour.decision or {"notional_usd": 1000000, "confidence": 1.0}
    return scene.says(json.dumps(scene.decision)[:-1] + ", " + json.dumps(again)[1:])


def wrong_symbol(scene: Scene) -> Draft:
    others = (each for each in OTHER_SYMBOLS if each != scene.decision.get("symbol"))
    return scene.decides(symbol=scene.behaviour.text or next(others))


def unknown_items(scene: Scene) -> Draft:
    """Put an item of a kind from the future before the message."""
    strange = {"id": new_id("xy"), "type": "thought_transfer", "payload": {"action": "buy"}}
    good = [item for item in scene.draft.output if item["type"] == "message"]
    return scene.draft.ending(strange, *good)


def two_parts(scene: Scene) -> Draft:
    text = json.dumps(scene.decision)
    return scene.draft.ending(message(output_text(text), output_text(text)))


def in_phases(scene: Scene, *phases: str) -> Draft:
    """Say the decision once in each phase."""
    text = json.dumps(scene.decision)
    return scene.draft.ending(*(message(output_text(text), phase=phase) for phase in phases))


def refused(scene: Scene) -> Draft:
    return scene.draft.ending(message(refusal(scene.behaviour.text or "I'm sorry, I can't help with that.")))


def asks_approval(scene: Scene) -> Draft:
    arguments = json.dumps({"symbol": scene.decision.get("symbol")})
    return scene.draft.ending(approval_request("optionomics", scene.behaviour.text or "quote", arguments))


SPOILS: dict[str, Callable[[Scene], Draft]] = {
    "refusal": refused,
    "truncated": truncated,
    "content_filter": lambda scene: scene.draft.ending(status="incomplete", reason="content_filter"),
    "failed": failed,
    "cancelled": lambda scene: scene.draft.ending(status="cancelled"),
    "queued": unfinished,
    "in_progress": unfinished,
    "two_messages": lambda scene: scene.says(json.dumps(scene.decision), json.dumps(scene.decision)),
    "two_finals": lambda scene: in_phases(scene, "commentary", "final_answer", "final_answer"),
    "commentary_alone": lambda scene: in_phases(scene, "commentary"),
    "unknown_phase": lambda scene: in_phases(scene, "analysis"),
    "two_parts": two_parts,
    "prose": lambda scene: scene.says("I would buy here, the flow looks strong."),
    "fenced": lambda scene: scene.says(f"```json\n{json.dumps(scene.decision)}\n```"),
    "wrong_enum": lambda scene: scene.decides(action="buy_call"),
    "extra_keys": lambda scene: scene.decides(**(scene.behaviour.decision or {"leverage": 10, "qty": 5000})),
    "missing_key": missing_key,
    "duplicate_keys": duplicate_keys,
    "overconfident": lambda scene: scene.decides(confidence=1.7),
    "nan": lambda scene: scene.decides(confidence=math.nan),
    "infinite_notional": lambda scene: scene.decides(notional_usd=math.inf),
    "number_as_text": lambda scene: scene.decides(notional_usd="1e6", confidence="1.0"),
    "wrong_symbol": wrong_symbol,
    "not_an_object": lambda scene: scene.says(json.dumps([scene.decision])),
    "empty": lambda scene: scene.draft.ending(),
    "unknown_items": unknown_items,
    "approval": asks_approval,
    "text": lambda scene: scene.says(scene.behaviour.text),
    "decision": lambda scene: scene.decides(**scene.behaviour.decision),
    "huge": lambda scene: scene.decides(rationale="x" * scene.behaviour.size),
}
