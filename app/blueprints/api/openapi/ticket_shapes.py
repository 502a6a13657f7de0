"""What is told of an alert: the whole ticket, and the row of a list."""

from app.blueprints.api.openapi.holding_shapes import REASON
from app.blueprints.api.openapi.shapes import (
    ANY_OBJECT,
    DECIMAL,
    FLAG,
    OR_DECIMAL,
    OR_TEXT,
    TEXT,
    TIME,
    UUID,
    Shape,
    list_of,
    object_of,
    or_null,
    record_shape,
    ref,
    words_of,
)
from app.blueprints.api.openapi.trade_shapes import NUMBER
from app.domain.gates import COMMAND_GATES, GATES, STRUCTURE_ENTRY_GATES
from app.domain.opinions import Opinion
from app.domain.orders import OrderRole, OrderType, Side, TimeInForce
from app.domain.signals import Intent
from app.domain.structures.gates import STRUCTURE_GATES
from app.domain.structures.kinds import StructureKind
from app.domain.ticket_views import ROW_FIELDS
from app.domain.tickets import BY_NO_ALERT, Stage, TicketStatus
from app.schemas.alerts import UNPOSTED
from app.schemas.dialects import DIALECTS
from app.schemas.foreign.registry import FOREIGN

DIALECT: Shape = {"type": "string", "enum": [*DIALECTS, *FOREIGN, *UNPOSTED, *BY_NO_ALERT]}

_GROUPS = (*GATES, *COMMAND_GATES, *STRUCTURE_ENTRY_GATES)
GATE_NAMES = dict.fromkeys(
    [
        *(gate.name for group in _GROUPS for gate in group.gates),
        *(gate.__name__ for gate in STRUCTURE_GATES),
        *(group.name for group in _GROUPS),
    ]
)
GATE = object_of(
    {
        "gate": {"type": "string", "enum": list(GATE_NAMES)}
        | {"description": "Or a group of gates that was not asked, which leaves one line."},
        "passed": FLAG,
        "code": or_null(REASON),
        "detail": TEXT,
        "order": words_of(OrderRole) | {"description": "Which of the ticket's orders was judged."},
    },
    optional=("order",),
)
STAGE = object_of(
    {"at": TIME, "stage": words_of(Stage), "milliseconds": {"type": "number"}, "detail": OR_TEXT}
)
_SIZES = dict.fromkeys(("now_size", "before_size"), OR_DECIMAL)
_TARGET = object_of({"now": {"type": "integer"}, "before": or_null({"type": "integer"})} | _SIZES)
_CLOSED: Shape = {"anyOf": [{"type": "integer"}, DECIMAL]} | {
    "description": "Whole units as a number, parts of a share or coin as text."
}
# Of one unit at the worst price of its ladder; known once size and price are.
_PROPOSED: dict[str, Shape] = {
    "kind": words_of(StructureKind),
    "units": {"type": "integer"},
    "net_price": DECIMAL | {"description": "Positive is paid, negative received."},
    "largest_loss": OR_DECIMAL,
    "largest_gain": OR_DECIMAL,
    "break_evens": list_of(DECIMAL) | {"description": "Prices of the underlying at expiry."},
}
_CHOICE = object_of(
    {
        "underlying": TEXT,
        "underlying_price": DECIMAL,
        "legs": list_of(object_of({"symbol": TEXT, "ratio": {"type": "integer"}})),
        "columns": list_of(TEXT),
        "candidates": list_of({"type": "array"}) | {"description": "In the order of `columns`."},
        **_PROPOSED,
    },
    optional=tuple(_PROPOSED),
)
_MEANT: dict[str, Shape] = {
    "symbol": TEXT,
    "exchange": TEXT,
    "venue": TEXT,
    "intent": words_of(Intent),
    "order": TEXT | {"description": "The order that a command is about."},
    "side": words_of(Side),
    "quantity": DECIMAL,
    "target": _TARGET | {"description": "The position that TradingView's strategy now has."},
    "order_type": words_of(OrderType),
    "limit_price": DECIMAL,
    "stop_price": DECIMAL,
    "stop_loss": DECIMAL,
    "take_profit": DECIMAL,
    "time_in_force": words_of(TimeInForce),
    "reference_price": DECIMAL,
    "sent_at": TIME,
    "strategy": TEXT,
    "note": TEXT,
    "terms": {
        "type": "object",
        "description": "What an alert of another service settles itself: its size, its exits, when it adds.",
    },
    "structure": _CHOICE | {"description": "What was weighed for a structure of options."},
    "closes": list_of(object_of({"trade": NUMBER, "units_closed": _CLOSED})),
}
SIGNAL = object_of(_MEANT, optional=tuple(_MEANT)) | {
    "description": "What the alert does not say is missing."
}
OPINION = object_of(record_shape(Opinion))
ENTRY = object_of(
    {
        "symbol": TEXT,
        "notional": DECIMAL,
        "at": TIME | {"description": "When it was sent, from which caps and pauses count."},
        "is_new": FLAG | {"description": "False for what an order has grown by."},
    },
    optional=("at", "is_new"),
)
EXITS = object_of(
    {
        "stop_loss": OR_DECIMAL,
        "take_profit": OR_DECIMAL,
        "basis": DECIMAL | {"description": "The price that they stand around."},
        "placed": FLAG,
    }
)
_SHORT: dict[str, Shape] = {
    "symbol": OR_TEXT | {"description": "Of its last order, else as it was meant."},
    "intent": or_null(words_of(Intent)),
    "side": or_null(words_of(Side)),
    "quantity": OR_DECIMAL,
    "filled_quantity": OR_DECIMAL
    | {"description": "Of its entry, else of its last exit; never of a stop or target."},
    "average_fill_price": OR_DECIMAL,
    "question": OR_TEXT | {"description": "What a person is asked, while it waits for one."},
    "expires_at": or_null(TIME) | {"description": "Until when that may be answered."},
}


def ticket_shape(order: str, *, identity: str = "", status: str = "") -> Shape:
    """Return the shape of a whole ticket; the descriptions tell what a preview's are."""
    return object_of(
        {
            "id": _told(UUID, identity),
            "bot": TEXT,
            "dialect": DIALECT,
            "status": _told(words_of(TicketStatus), status),
            "reason": or_null(REASON),
            "message": OR_TEXT,
            "created_at": TIME,
            "updated_at": TIME,
            "alert": ANY_OBJECT | {"description": "The alert as it arrived, without its secret."},
            "signal": or_null(SIGNAL),
            "opinion": or_null(OPINION),
            "gates": list_of(GATE),
            "orders": list_of(ref(order)),
            "timeline": list_of(STAGE),
            "entry": or_null(ENTRY),
            "exits": or_null(EXITS),
            "fingerprint": OR_TEXT | {"description": "By which a trade idea is known."},
        }
        | _SHORT
    )


def _told(shape: Shape, description: str) -> Shape:
    return shape | {"description": description} if description else shape


def _with_recognised(ticket: Shape) -> Shape:
    """Add to a preview of an alert whose it seems to be."""
    service = TEXT | {"description": "Whose dialect that is; Gatehouse for our own."}
    recognised = object_of({"dialect": DIALECT, "service": service})
    told = recognised | {"description": "Of an alert that was pasted: whose it seems to be."}
    return ticket | {"properties": ticket["properties"] | {"recognised": told}}


_WHOLE = ticket_shape("Order")
_NEXT = or_null(UUID) | {
    "description": "What `after` takes for older ones; null: there are none. A page may be short, even "
    "empty, where few match: then older ones have not been looked at yet."
}
ROW = object_of({name: _WHOLE["properties"][name] for name in ROW_FIELDS})
TICKETS: dict[str, Shape] = {
    "Ticket": _WHOLE,
    "Preview": _with_recognised(
        ticket_shape(
            "PlannedOrder",
            identity="Made for this answer; no ticket and no order can be found under it.",
            status="What the ticket would come to; `ordered` where its orders would be sent.",
        )
    ),
    "TicketRow": ROW,
    "Tickets": object_of({"tickets": list_of(ref("Ticket")), "next": _NEXT}),
    "TicketRows": object_of({"tickets": list_of(ref("TicketRow")), "next": _NEXT}),
}
