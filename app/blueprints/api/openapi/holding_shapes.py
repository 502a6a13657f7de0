"""The shapes of positions and accounts, and of when they were seen."""

from app.blueprints.api.openapi.shapes import (
    DECIMAL,
    OR_DECIMAL,
    TEXT,
    TIME,
    UUID,
    Shape,
    list_of,
    object_of,
    or_null,
    ref,
    words_of,
)
from app.domain.reasons import Reason
from app.domain.tickets import TicketStatus

REASON: Shape = {
    "type": "string",
    "enum": [reason.value for reason in Reason],
    "description": "Why it did not become what was asked for; docs/reasons.md tells each.",
}

EXITS = object_of(
    {
        "bot": TEXT,
        "stop_loss": OR_DECIMAL,
        "take_profit": OR_DECIMAL,
        "held_by_broker": DECIMAL | {"description": "Units whose exits rest at the broker."},
        "watched": DECIMAL | {"description": "Units that are sold at the market when a level is reached."},
    }
)
POSITION = object_of(
    {
        "broker": TEXT,
        "symbol": TEXT,
        "quantity": DECIMAL | {"description": "Signed: short is negative."},
        "average_price": OR_DECIMAL,
        "market_price": OR_DECIMAL,
        "unrealized_pnl": OR_DECIMAL,
        "exits": list_of(EXITS) | {"description": "Stop-losses and take-profits, one for each bot in it."},
    }
)
BROKER_SEEN = object_of(
    {
        "broker": TEXT,
        "at": or_null(TIME) | {"description": "When what is shown of it was seen; null: never."},
        "reachable": or_null({"type": "boolean"})
        | {"description": "Whether it answered when it was asked last; null: it was not asked yet."},
        "message": or_null(TEXT) | {"description": "Why it did not answer."},
    }
)
SEEN = list_of(ref("BrokerSeen")) | {"description": "One that cannot be reached hides no other."}
ACCOUNT = object_of(
    {
        "broker": TEXT,
        "currency": TEXT,
        "cash": DECIMAL,
        "equity": DECIMAL,
        "buying_power": DECIMAL,
        "at": TIME | {"description": "When it was seen."},
    }
)

ENTRY_STOP = object_of(
    {
        "code": REASON,
        "broker": TEXT,
        "bot": or_null(TEXT) | {"description": "null: every bot at the broker."},
        "amount": DECIMAL | {"description": "What was lost, or how many trades in a row."},
        "limit": DECIMAL,
        "until": TIME,
    }
)
PURSUIT = object_of(
    {
        "ticket": UUID,
        "bot": TEXT,
        "broker": TEXT,
        "symbol": TEXT,
        "since": TIME | {"description": "When somebody wanted out."},
        "attempts": {"type": "integer"},
        "last": TEXT | {"description": "What became of the last try."},
    }
)
ENDED = object_of({"status": words_of(TicketStatus), "ticket": UUID, "reason": REASON})

HOLDINGS: dict[str, Shape] = {
    "EntryStop": ENTRY_STOP,
    "Pursuit": PURSUIT,
    "Ended": ENDED,
    "Position": POSITION,
    "Positions": object_of({"positions": list_of(ref("Position")), "brokers": SEEN}),
    "Account": ACCOUNT,
    "Accounts": object_of({"accounts": list_of(ref("Account")), "brokers": SEEN}),
    "BrokerSeen": BROKER_SEEN,
}
