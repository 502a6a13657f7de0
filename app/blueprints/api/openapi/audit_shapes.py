"""What `/api/audit` answers."""

from app.blueprints.api.openapi.shapes import TEXT, TIME, UUID, Shape, list_of, object_of, or_null, words_of
from app.domain.audit import Deed

FIELDS: Shape = or_null({"type": "object", "additionalProperties": True})
AUDIT = object_of(
    {
        "audit": list_of(
            object_of(
                {
                    "id": UUID,
                    "at": TIME,
                    "who": TEXT | {"description": "`operator`, `command line`, `circuit breaker`, …"},
                    "what": words_of(Deed),
                    "subject": TEXT | {"description": "Whose: a bot's id, an order's, broker/SYMBOL, …"},
                    "before": FIELDS | {"description": "What differs; null where it was not there."},
                    "after": FIELDS | {"description": "What differs; null where it is gone."},
                }
            )
        ),
        "next": or_null(UUID),
    }
)
