"""What `/api/trades` answers."""

from app.blueprints.api.openapi.shapes import (
    DECIMAL,
    TEXT,
    TIME,
    Shape,
    list_of,
    object_of,
    or_null,
    words_of,
)
from app.domain.orders import Side

NUMBER: Shape = {"type": "integer", "minimum": 1}
SIGNED = or_null(DECIMAL) | {"description": "Per unit; positive was paid, negative was received."}
LEG = object_of(
    {
        "symbol": TEXT,
        "ratio": {"type": "integer"},
        "side": words_of(Side) | {"description": "Of the entry."},
        "entry_price": or_null(DECIMAL),
        "mark": or_null(DECIMAL) | {"description": "What the clock saw last; null before it has looked."},
    }
)
TRADE = object_of(
    {
        "id": TEXT,
        "number": NUMBER,
        "bot": TEXT,
        "broker": TEXT,
        "symbol": TEXT,
        "structure": or_null(TEXT) | {"description": "Null for shares, coins and single contracts."},
        "units": DECIMAL | {"description": "Held now; of a closed trade all that was ever entered."},
        "legs": list_of(LEG),
        "entry_net": SIGNED,
        "mark_net": SIGNED,
        "exit_net": SIGNED,
        "largest_loss": or_null(DECIMAL),
        "profit_loss": or_null(DECIMAL)
        | {"description": "Of all units, after fees; null where a price is not known."},
        "currency": or_null(TEXT)
        | {"description": "Of the broker's account; null before the clock has looked at it."},
        "fees": DECIMAL,
        "state": {"enum": ["open", "closed"]},
        "entered_at": TIME,
        "closed_at": or_null(TIME),
        "tickets": list_of(TEXT) | {"description": "The tickets that made it, in their order."},
    }
)
