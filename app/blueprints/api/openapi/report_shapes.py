"""The shapes of the report on opinions and of the list of refusals."""

from app.blueprints.api.openapi.shapes import (
    OR_DECIMAL,
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
from app.domain.door_refusals import RefusalRow
from app.domain.opinion_scores import GROUPINGS, Tally
from app.domain.opinions import Action, Direction
from app.domain.price_outcomes import Missing, PriceOutcome

DAY: Shape = {"type": "string", "format": "date"}

_AVERAGES: dict[str, Shape] = {
    "hit_rate": OR_DECIMAL | {"description": "Of the priced ones, the fraction that was right."},
    "average_gain": OR_DECIMAL | {"description": "A fraction, in the direction that the alert named."},
}
TALLY = record_shape(Tally) | _AVERAGES
GROUP = object_of({"name": TEXT} | TALLY)
COUNTS: Shape = {
    "type": "object",
    "properties": {reason.value: {"type": "integer"} for reason in Missing},
    "description": "How many prices are not known, by why.",
}
HORIZON = object_of(
    {"horizon": TEXT, "all": object_of(TALLY), "missing": COUNTS}
    | {f"by_{name}": list_of(GROUP) for name in GROUPINGS}
)
COURSE = object_of({"horizon": TEXT} | record_shape(PriceOutcome))
OPINION = object_of(
    {
        "ticket": UUID,
        "bot": TEXT,
        "symbol": TEXT,
        "at": TIME,
        "analyst": TEXT,
        "model": TEXT,
        "prompt_version": or_null(TEXT),
        "direction": words_of(Direction),
        "entry": OR_DECIMAL,
        "target": OR_DECIMAL,
        "stop": OR_DECIMAL,
        "action": or_null(words_of(Action)),
        "confidence": OR_DECIMAL,
        "notional": OR_DECIMAL,
        "outcome": TEXT | {"description": "ordered, dry_run, or the ticket's state and reason code."},
        "courses": list_of(COURSE),
    }
)
REPORT = object_of(
    {
        "from": DAY,
        "to": DAY,
        "bot": or_null(TEXT),
        "unreadable": {"type": "integer", "description": "Tickets whose opinion cannot be read."},
        "more": {"type": "boolean", "description": "There are older opinions than `limit` let in."},
        "horizons": list_of(HORIZON),
        "opinions": list_of(OPINION) | {"description": "Newest first."},
    }
)

REFUSAL = object_of(
    record_shape(RefusalRow)
    | {
        "at": TIME | {"description": "When the last of them came."},
        "path": TEXT | {"description": "The route's pattern."},
        "bot": or_null(TEXT) | {"description": "Whose alert it was, or said that it was."},
        "sender": or_null(TEXT) | {"description": "Who is known to send from that address."},
        "count": {"type": "integer", "description": "How many there were of this kind in this minute."},
        "setting": or_null(TEXT) | {"description": "The list of addresses that the caller is not in."},
    }
)
REFUSALS: dict[str, Shape] = {
    "Refusal": REFUSAL,
    "Refusals": object_of({"refusals": list_of(ref("Refusal"))}),
}
