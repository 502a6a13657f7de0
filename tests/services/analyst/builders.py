"""Questions, and answers of the Responses API."""

import json
from decimal import Decimal
from typing import Any

from app.domain.opinions import Direction, Mode, Question
from app.services.analyst.mcp_access import McpAccess, bearer
from app.services.analyst.model_api import ModelServer
from app.services.analyst.openai_analyst import OpenAiAnalyst

KEY = "sk-a-key-that-nobody-may-see"
TOKEN = "a-token-that-nobody-may-see"
EMAIL = "owner@example.com"


def question(**changes) -> Question:
    """Build the seed's idea."""
    asked = {
        "dialect": "trade_idea",
        "symbol": "NVDA",
        "direction": Direction.BULLISH,
        "entry_price": Decimal("142.5"),
        "target_price": Decimal(148),
        "stop_price": Decimal(139),
        "strategy": "buy_call",
        "model": "swing",
        "alert_name": "High confidence bullish ideas",
        "matched_criteria": {"direction": "bullish", "confidence_min": 0.75},
        "max_notional": Decimal(250),
        "allow_short": False,
        "min_confidence": Decimal("0.72"),
    }
    return Question(**asked | changes)


def decision(**changes) -> dict[str, Any]:
    """Build a decision as the model gives it; a change to None leaves a field out."""
    given = {
        "action": "buy",
        "symbol": "NVDA",
        "notional_usd": 200,
        "confidence": 0.8,
        "rationale": "Flow supports it.",
        "risk_notes": ["Earnings are near."],
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def message(text: str, *, kind: str = "output_text", phase: str | None = None) -> dict[str, Any]:
    part = {"type": kind, "refusal" if kind == "refusal" else "text": text}
    return {"phase": phase} | {
        "id": "msg_1",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [part],
    }


def response(*output: dict[str, Any], **changes) -> dict[str, Any]:
    """Build a Response; without output it holds a good decision."""
    usage = {
        "input_tokens": 100,
        "input_tokens_details": {"cached_tokens": 10},
        "output_tokens": 20,
        "output_tokens_details": {"reasoning_tokens": 5},
        "total_tokens": 120,
    }
    shape = {"id": "resp_1", "object": "response", "status": "completed", "error": None, "usage": usage}
    return shape | {"output": list(output or [message(json.dumps(decision()))])} | changes


def function_call(name: str = "get_quote", arguments: str = '{"symbol":"NVDA"}') -> dict[str, Any]:
    return {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": name, "arguments": arguments}


def mcp_call(**changes) -> dict[str, Any]:
    call = {"type": "mcp_call", "name": "get_quote", "arguments": '{"symbol":"NVDA"}', "error": None}
    return call | {"output": '{"price": 142}', "server_label": "optionomics", "status": "completed"} | changes


def access(url: str, **changes) -> McpAccess:
    given = {
        "url": url,
        "authorization": bearer(EMAIL, TOKEN),
        "mode": Mode.LOCAL,
        "allowed": (),
        "tool_timeout_seconds": 5.0,
    }
    return McpAccess(**given | changes)


def analyst(url: str, tools: McpAccess | None = None, *, timeout_seconds: float = 20) -> OpenAiAnalyst:
    server = ModelServer(KEY, "gpt-5.5", url + "/v1")
    return OpenAiAnalyst(server=server, tools=tools, timeout_seconds=timeout_seconds)
