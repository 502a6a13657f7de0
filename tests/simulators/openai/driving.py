"""What a careful application sends, for the simulator's own tests."""

import json
from typing import Any

from tests.simulators.openai.simulator import FakeOpenAI

IDEA = {
    "alert_name": "High confidence bullish ideas",
    "source": "trade_idea",
    "symbol": "NVDA",
    "direction": "bullish",
    "strategy": "buy_call",
    "entry_price": 142.5,
    "target_price": 148.0,
    "stop_price": 139.0,
    "triggered_at": "2026-06-02T14:22:00Z",
}
DECISION_SCHEMA = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": ["skip", "buy", "sell_short"]},
        "symbol": {"type": "string"},
        "notional_usd": {"type": "number", "minimum": 0},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "rationale": {"type": "string"},
        "risk_notes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["action", "symbol", "notional_usd", "confidence", "rationale", "risk_notes"],
    "additionalProperties": False,
}
DECISION = {"type": "json_schema", "name": "decision", "strict": True, "schema": DECISION_SCHEMA}
QUOTE = {
    "type": "function",
    "name": "quote",
    "description": "The last price.",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"symbol": {"type": "string"}, "days": {"type": ["integer", "null"]}},
        "required": ["symbol", "days"],
        "additionalProperties": False,
    },
}


class Asker:
    """Asks about an idea through the real SDK, which does not retry: `sdk`, loaded with the first of us."""

    def __init__(self, fake: FakeOpenAI) -> None:
        import openai

        self.fake = fake
        self.sdk = openai
        self.client = openai.OpenAI(api_key=fake.key, base_url=fake.base_url, max_retries=0, timeout=5)

    def ask(self, **changes: Any) -> Any:
        """Ask for a decision; a field that is None is left out."""
        sent = {
            "model": "gpt-5.5",
            "instructions": "Decide whether the idea deserves a small order.",
            "input": prompt(),
            "text": {"format": DECISION},
        } | changes
        return self.client.responses.create(
            **{name: value for name, value in sent.items() if value is not None}
        )


def prompt(maximum: str = "250.00", **changes: Any) -> str:
    """Return the words around an idea."""
    return f"A new idea:\n{json.dumps(IDEA | changes, indent=2)}\n- Maximum notional allowed: ${maximum}"


def answer_of(call: Any, output: str) -> dict[str, Any]:
    """Return what an application sends back for a function call."""
    return {"type": "function_call_output", "call_id": call.call_id, "output": output}
