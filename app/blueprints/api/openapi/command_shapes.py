"""What bot commands answer: in the shapes, and the JSON numbers, of their document."""

from app.blueprints.api.openapi.shapes import (
    TEXT,
    TIME,
    UUID,
    Shape,
    list_of,
    object_of,
    or_null,
)
from app.blueprints.api.openapi.trade_shapes import NUMBER
from app.domain.structures.trades import TradeState
from app.schemas.bot_command import BotCommandSchema
from app.schemas.shapes import has

PRICE = or_null({"type": "number"})
DONE: Shape = {"const": True}
LEG = object_of(
    {
        "symbol": TEXT,
        "ratio": {"type": "integer", "description": "Negative is sold."},
        "mark": PRICE | {"description": "What the clock saw last; null before it has looked."},
    }
)
CHOSEN = list_of(object_of({"symbol": TEXT, "ratio": {"type": "integer"}})) | {
    "description": "The contracts of one unit; a negative ratio is sold."
}
CLOSES = list_of(object_of({"trade": NUMBER, "units_closed": {"type": "number"}}))
TRADE = object_of(
    {
        "id": NUMBER,
        "symbol": TEXT,
        "strategy": TEXT,
        "entered_at": TEXT | {"description": "UTC, like 2026-06-02 14:22:00."},
        "entered_at_iso": TIME,
        "entry_price": PRICE | {"description": "Per unit, without a sign; null before anything has filled."},
        "profit_loss": PRICE
        | {"description": "Per unit, as prices are quoted; null before the clock has looked."},
        "percentage_profit_loss": PRICE,
        "bot": or_null(NUMBER),
        "broker": TEXT,
        "units": {"type": "number"},
        "state": {"enum": [state.value for state in TradeState]},
        "largest_loss": PRICE | {"description": "Per unit; null where it has no end, and for shares."},
        "legs": list_of(LEG),
    }
)


def _body(*names: str, needs: tuple[str, ...] = ()) -> Shape:
    """Describe a command's body by the fields that its address leaves open."""
    known = BotCommandSchema().shape["properties"]
    own = {name: known[name] for name in (*needs, *names, "idempotency_key", "time")}
    shape: Shape = {"type": "object", "properties": own, "additionalProperties": False}
    return shape | {"allOf": [has(name) for name in needs]} if needs else shape


COMMANDS: dict[str, Shape] = {
    "EnterBySettings": _body("quantity"),
    "EnterByLegs": _body(needs=("bot", "legs")),
    "ExitTrade": _body("trim"),
    "ExitByRule": _body(needs=("bot", "close")),
    "AccountSecret": object_of({"secret": UUID, "previous_valid_until": or_null(TIME)}),
    "CommandBots": object_of(
        {
            "success": DONE,
            "user": TEXT | {"description": "ACCOUNT_EMAIL"},
            "data": list_of(object_of({"id": NUMBER, "name": TEXT, "strategy": TEXT})),
        }
    ),
    "CommandTrades": object_of({"success": DONE, "trades": list_of(TRADE)}),
    "CommandAnswer": object_of(
        {
            "success": DONE,
            "id": UUID | {"description": "The ticket: `/api/tickets/{id}` tells all that happens to it."},
            "payload": {
                "type": ["object", "array"],
                "description": "The body, or of legs the legs, as sent.",
            },
            "status": TEXT,
            "chosen": CHOSEN,
            "closes": CLOSES,
            "units_closed": {"type": "number", "description": "Of all trades together."},
        },
        optional=("chosen", "closes", "units_closed"),
    ),
    "CommandFailure": object_of(
        {
            "success": {"const": False},
            "id": or_null(UUID) | {"description": "The ticket; null where nothing was stored."},
            "reason": TEXT | {"description": "A code; docs/reasons.md and docs/commands.md tell each."},
            "message": TEXT,
        }
    ),
}
