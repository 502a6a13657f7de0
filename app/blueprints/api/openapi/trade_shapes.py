"""What `/api/trades` answers."""

from app.blueprints.api.openapi.holding_shapes import REASON
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
from app.domain.orders import OrderRole, Side
from app.domain.structures.kinds import StructureKind
from app.domain.structures.trades import ExitCause, TradeState

DAY: Shape = {"type": "string", "format": "date"}
COUNT: Shape = {"type": "integer", "minimum": 0}
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
LADDER = object_of(
    {
        "role": TEXT | {"enum": [OrderRole.ENTRY.value, OrderRole.EXIT.value]},
        "cause": or_null(words_of(ExitCause)) | {"description": "Why it is left; null for an entry."},
        "units": DECIMAL | {"description": "Still wanted."},
        "limit_net": SIGNED,
        "last_net": SIGNED | {"description": "As far as it goes."},
        "step": NUMBER,
        "steps": {"type": "integer", "minimum": 0},
        "attempts": {"type": "integer", "minimum": 0},
    }
)
CHAIN = object_of(
    {
        "broker": TEXT,
        "underlying": TEXT,
        "price": DECIMAL,
        "at": TIME,
        "expiries": list_of(DAY),
        "expiry": DAY,
        "contracts": list_of(
            object_of(
                {
                    "symbol": TEXT,
                    "type": {"enum": ["call", "put"]},
                    "strike": DECIMAL,
                    "bid": or_null(DECIMAL),
                    "ask": or_null(DECIMAL),
                    "delta": or_null(DECIMAL) | {"description": "Negative for puts."},
                    "implied_volatility": or_null(DECIMAL) | {"description": "A yearly fraction."},
                    "is_computed": {"type": "boolean", "description": "Greeks are ours, from the mid."},
                    "open_interest": or_null(COUNT),
                    "volume": or_null(COUNT),
                }
            )
        ),
    }
)
PAPER_CLOCK = object_of(
    {"now": TIME, "is_set": {"type": "boolean", "description": "It stands still until it is set again."}}
)
PAPER_SWITCHES = object_of(
    {"early_assignment": list_of(TEXT), "close_short_legs_at_expiry": {"type": "boolean"}}
)
_EXTREMES = {
    "largest_loss": or_null(DECIMAL) | {"description": "Of all units; null where it has no end."},
    "largest_gain": or_null(DECIMAL) | {"description": "Of all units; null where it has no end."},
    "break_evens": list_of(DECIMAL)
    | {"description": "Prices at expiry at which nothing is gained; none of several expiries."},
}
PAYOFF = object_of(
    {
        "points": list_of(object_of({"price": DECIMAL, "profit_loss": DECIMAL}))
        | {"description": "By the underlying's price at expiry; straight between them, and on beyond them."},
        **_EXTREMES,
    }
)
TRADE = object_of(
    {
        "id": TEXT,
        "number": NUMBER,
        "bot": TEXT,
        "broker": TEXT,
        "symbol": TEXT,
        "structure": or_null(words_of(StructureKind))
        | {
            "description": "Its kind, `iron_condor` for example; null for shares, coins and single contracts."
        },
        "reason": or_null(REASON) | {"description": "Why a structure is broken or came to nothing."},
        "ladder": or_null(LADDER)
        | {"description": "The order of a structure that works; null where none does."},
        "units": DECIMAL | {"description": "Held now; of a closed trade all that was ever entered."},
        "legs": list_of(LEG),
        "entry_net": SIGNED,
        "mark_net": SIGNED,
        "exit_net": SIGNED,
        **_EXTREMES,
        "profit_loss": or_null(DECIMAL)
        | {"description": "Of all units, after fees; null where a price is not known."},
        "currency": or_null(TEXT)
        | {"description": "Of the broker's account; null before the clock has looked at it."},
        "fees": DECIMAL,
        "state": words_of(TradeState) | {"description": "Of shares and coins `open` or `closed` alone."},
        "entered_at": TIME,
        "closed_at": or_null(TIME),
        "tickets": list_of(TEXT) | {"description": "The tickets that made it, in their order."},
        "payoff": or_null(PAYOFF)
        | {"description": "Of one structure that is asked for; null before anything has filled."},
    },
    optional=("payoff",),
)
