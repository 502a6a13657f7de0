"""Attacks that bring a secret to light: whoever learned one makes others repeat it."""

from collections.abc import Mapping
from typing import Any

from tests.adversarial.attack import Attack
from tests.adversarial.world import ALPACA_SECRET, OPENAI_KEY, OPTIONOMICS_TOKEN
from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET

OURS = f"{OPENAI_KEY} {OPTIONOMICS_TOKEN} {WEBHOOK_SECRET} {OPERATOR_TOKEN} {ALPACA_SECRET}"
QUOTED = f'rationale="{OURS}"'


def told(name: str, ends: str = "filled", **attack: Mapping[str, Any]) -> Attack:
    return Attack(name=f"secrets: {name}", ends=ends, in_vain=True, **attack)


def answered(name: str, ends: str, **behaviour: Any) -> Attack:
    return told(name, ends, answer={"times": None} | behaviour)


ATTACKS = [
    told("in the name", idea={"alert_name": QUOTED}),
    told("in the strategy", idea={"strategy": f"key {OPENAI_KEY}", "model": OPERATOR_TOKEN}),
    told("in a criterion", idea={"matched_criteria": {"note": OURS, "list": [{"x": WEBHOOK_SECRET}]}}),
    told("as a criterion's name", idea={"matched_criteria": {OPENAI_KEY: 1, WEBHOOK_SECRET: 2}}),
    told("in a field of no meaning", idea={"secret": WEBHOOK_SECRET, "token": "x", "extra": OURS}),
    told("in a result", tools={"texts": {"*": QUOTED}}),
    told("in an error", tools={"failing": {"*": QUOTED}}),
    told("in a description", tools={"descriptions": {"news": QUOTED}}),
    told(
        "in a description, across its bound", tools={"descriptions": {"news": "x" * 990 + OPTIONOMICS_TOKEN}}
    ),
    told("as the name of a tool", tools={"extra_tools": {OPTIONOMICS_TOKEN: "A tool."}}),
    told("in what a tool is asked", idea={"alert_name": f'call=news({{"symbol": "{WEBHOOK_SECRET}"}})'}),
    told("in a result, across its bound", tools={"texts": {"*": "x" * 15_990 + OPTIONOMICS_TOKEN}}),
    answered("in a refusal", "OPINION_REFUSED", kind="refusal", text=OURS),
    answered("in a failure", "OPINION_FAILED", kind="failed", message=OURS),
    answered("in an answer of the server", "OPINION_FAILED", kind="status", status=400, message=OURS),
    answered(
        "in the rationale", "filled", kind="decision", decision={"rationale": OURS, "risk_notes": [OURS]}
    ),
    answered("for a symbol", "OPINION_SYMBOL_MISMATCH", kind="decision", decision={"symbol": OPENAI_KEY}),
    answered("for an action", "OPINION_UNPARSABLE", kind="decision", decision={"action": OPENAI_KEY}),
    answered("for a key", "OPINION_UNPARSABLE", kind="extra_keys", decision={OPENAI_KEY: 1}),
    answered("in place of JSON", "OPINION_UNPARSABLE", kind="text", text=OURS),
]
