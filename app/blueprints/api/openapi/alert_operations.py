"""What the addresses of alerts take and answer."""

from dataclasses import replace

from app.blueprints.api.openapi.operation import BOT_SECRET, Operation, bodies
from app.schemas.dialects import DIALECTS

ALERT_ERRORS = (401, 403, 404, 413, 429, 503)
STRATEGY, BRIDGE, IDEA = (DIALECTS[name] for name in ("strategy", "bridge", "trade_idea"))
WEBHOOK_BODIES = bodies(*(entry for entry in DIALECTS.values() if entry.is_taken_at_webhook))

_ALERT_ANSWERS: dict[int, tuple[str, ...]] = {
    200: ("AlertAnswer", "IdeaAnswer"),
    202: ("AlertAnswer",),
    400: ("AlertAnswer", "Error"),
    422: ("AlertAnswer",),
}

_WEBHOOK = Operation(
    tag="Alerts",
    security=BOT_SECRET,
    body=WEBHOOK_BODIES,
    example=STRATEGY.sample,
    answers=_ALERT_ANSWERS,
    errors=ALERT_ERRORS,
)

ALERT_OPERATIONS: dict[str, Operation] = {
    "webhook.receive_alert": _WEBHOOK,
    "webhook.receive_alert_of_bot": replace(_WEBHOOK, parameters={"bot": "default"}),
    "webhook.receive_bridge_alert": Operation(
        tag="Alerts",
        security=BOT_SECRET,
        body=bodies(BRIDGE),
        example=BRIDGE.sample,
        answers=_ALERT_ANSWERS | {200: ("AlertAnswer",), 409: ("Duplicate",)},
        errors=ALERT_ERRORS,
    ),
    "ideas.receive_idea": Operation(
        tag="Alerts",
        security=BOT_SECRET,
        body=bodies(IDEA),
        example=IDEA.sample,
        answers={200: ("IdeaAnswer",)},
        errors=(400, 422, *ALERT_ERRORS),
    ),
}
