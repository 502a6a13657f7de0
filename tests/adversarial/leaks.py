"""Where secrets may be, and everywhere else that they were found."""

import base64
import json
from typing import Any

from tests.adversarial.world import ALPACA_KEY, ALPACA_SECRET, OPENAI_KEY, OPTIONOMICS_TOKEN, World
from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET
from tests.simulators.loopback.messages import Request


def secrets_of(world: World) -> dict[str, str]:
    """Return what nobody may see, by name."""
    return {
        "OpenAI key": OPENAI_KEY,
        "Optionomics token": OPTIONOMICS_TOKEN,
        "Optionomics bearer": world.optionomics.authorization.removeprefix("Bearer "),
        "webhook secret": WEBHOOK_SECRET,
        "operator token": OPERATOR_TOKEN,
        "Alpaca key": ALPACA_KEY,
        "Alpaca secret": ALPACA_SECRET,
    }


def leaks(world: World) -> list[str]:
    """Return which secret stands where it does not belong."""
    places = {
        "answer": world.answers,
        "log": world.logs,
        "notification": [repr(event) for event in world.told],
        "model request": [asked(world, body) for body in world.openai.bodies],
        "model request's headers": [headers_of(request) for request in world.openai.requests],
        "MCP request": []
        if world.mode == "hosted"
        else [each.content.decode() for each in world.optionomics.requests],
        "order": [repr(order) for order in world.paper.submitted],
    }
    return sorted(
        {
            f"{name} in {place}"
            for place, texts in places.items()
            for name, secret in secrets_of(world).items()
            for spelling in spellings(secret)
            if any(spelling in text for text in texts)
        }
    )


def asked(world: World, body: dict[str, Any]) -> str:
    """Return a request to the model without the one credential that it has to carry."""
    tools = [dict(tool) for tool in body.get("tools") or []]
    for tool in tools:
        if (
            world.mode == "hosted"
            and tool.get("type") == "mcp"
            and tool["server_url"] == world.optionomics.url
        ):
            assert tool.pop("headers") == {"Authorization": world.optionomics.authorization}
    return json.dumps(body | {"tools": tools}, ensure_ascii=False)


def headers_of(request: Request) -> str:
    """Return where a request went and its headers, without the key that it has to carry."""
    assert request.headers["authorization"] == f"Bearer {OPENAI_KEY}"
    return f"{request.path} {request.headers | {'authorization': ''}}"


def spellings(secret: str) -> tuple[str, str]:
    return secret, base64.b64encode(secret.encode()).decode()
