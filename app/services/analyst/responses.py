"""What an answer of the Responses API holds: its state, its bill, its tool calls and its final message."""

from typing import Any

from app.domain.opinions import TokenUsage
from app.domain.reasons import Reason
from app.services.analyst.base import NoDecision, quoted

# What a model says on its way is marked so; its answer is marked as final, or not at all by older models.
COMMENTARY = "commentary"
FINAL = ("final_answer", None)


def check_state(answer: dict[str, Any]) -> None:
    """Raise NoDecision unless the model has finished."""
    status = answer.get("status")
    if status == "incomplete":
        why = _within(answer, "incomplete_details", "reason")
        raise NoDecision(Reason.OPINION_INCOMPLETE, f"The model stopped early: {quoted(why)}.")
    if status != "completed":
        why = _within(answer, "error", "message") or status
        raise NoDecision(Reason.OPINION_FAILED, f"The model failed: {quoted(why).rstrip('.')}.")


def items(answer: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the parts of one kind."""
    output = answer.get("output")
    found = output if isinstance(output, list) else []
    return [item for item in found if isinstance(item, dict) and item.get("type") == kind]


def read_message(answer: dict[str, Any]) -> str:
    """Return the text of the only final message; raise NoDecision when there is no such text."""
    messages = [each for each in items(answer, "message") if each.get("phase") != COMMENTARY]
    contents = [message.get("content") for message in messages]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    kinds = [part.get("type") if isinstance(part, dict) else None for part in parts]
    if "refusal" in kinds:
        said = parts[kinds.index("refusal")].get("refusal")
        raise NoDecision(Reason.OPINION_REFUSED, f"The model refused: {quoted(said)}")
    odd = [message["phase"] for message in messages if message.get("phase") not in FINAL]
    if odd:
        # It may be half an answer: what is not known to be final decides nothing.
        raise NoDecision(Reason.OPINION_UNPARSABLE, f"A message has the unknown phase {quoted(odd[0])}.")
    if len(messages) != 1 or kinds != ["output_text"] or not isinstance(parts[0].get("text"), str):
        raise NoDecision(
            Reason.OPINION_UNPARSABLE,
            f"One final text is wanted, not {len(messages)} messages with {len(parts)} parts.",
        )
    if messages[0].get("status") not in ("completed", None):  # it may be anything
        raise NoDecision(Reason.OPINION_INCOMPLETE, "The model's message is not complete.")
    text: str = parts[0]["text"]
    return text


def spoken(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what goes back of an answer that asks for tools: its messages and its calls, in their order."""
    output = answer.get("output")
    parts = output if isinstance(output, list) else []
    repeated = [_repeated(item) for item in parts if isinstance(item, dict)]
    return [item for item in repeated if item is not None]


def _repeated(item: dict[str, Any]) -> dict[str, Any] | None:
    # Without its id, under which nothing is stored and beside which a reasoning item would be missed.
    if item.get("type") == "function_call":
        return {"type": "function_call"} | {name: item.get(name) for name in ("call_id", "name", "arguments")}
    if item.get("type") != "message":
        return None
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    said = "\n".join(text for text in texts if isinstance(text, str))
    # Its phase goes back with it: without that, a model takes its own preamble for an answer and stops early.
    phase = {} if item.get("phase") is None else {"phase": item["phase"]}
    return {"type": "message", "role": "assistant", "content": said} | phase if said else None


def add_usage(usage: TokenUsage, answer: dict[str, Any]) -> TokenUsage:
    """Return the bill with one more request on it."""
    return TokenUsage(
        requests=usage.requests + 1,
        input_tokens=usage.input_tokens + _count(answer, "usage", "input_tokens"),
        cached_tokens=usage.cached_tokens + _count(answer, "usage", "input_tokens_details", "cached_tokens"),
        output_tokens=usage.output_tokens + _count(answer, "usage", "output_tokens"),
        reasoning_tokens=usage.reasoning_tokens
        + _count(answer, "usage", "output_tokens_details", "reasoning_tokens"),
        total_tokens=usage.total_tokens + _count(answer, "usage", "total_tokens"),
    )


def _count(answer: dict[str, Any], *path: str) -> int:
    value = _within(answer, *path)
    # A bill is the server's word: a figure that can be none counts as nothing.
    return value if type(value) is int and 0 <= value < 1 << 53 else 0


def _within(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
