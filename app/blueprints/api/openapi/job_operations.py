"""What `/api/jobs` takes and answers."""

from typing import Any

from app.blueprints.api.openapi.operation import Operation
from app.blueprints.api.openapi.report_shapes import DAY
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
    words_of,
)
from app.domain.jobs import JobKind, JobState
from app.domain.replay_comparison import ReplaySide, Take

TAG = "Jobs"
EXAMPLE: dict[str, Any] = {"kind": "replay", "min_confidence": "0.8"}
_JOB = {"job": "019aa1e8-0000-7000-8000-000000000000"}
COUNT: Shape = {"type": "integer", "minimum": 0}

TAKE = object_of(record_shape(Take))
COMPARISON = object_of(
    {"ticket": UUID, "symbol": TEXT, "at": TIME, "then": TEXT, "old": TAKE, "new": TAKE}
    | {"gain": OR_DECIMAL | {"description": "How far the price moved its way after; null where unknown."}}
)
SIDE = object_of(record_shape(ReplaySide))
DIFFERENCE = object_of(
    dict.fromkeys(("ideas", "other_actions", "other_outcomes", "gained", "lost"), COUNT)
    | {"old": SIDE, "new": SIDE}
)
COST = object_of({"requests": COUNT, "tokens": COUNT}, optional=("requests", "tokens"))
RESULT = object_of(
    {
        "ideas": list_of(COMPARISON),
        "difference": DIFFERENCE,
        "left_out": COUNT | {"description": "Unreadable, or of a bot that is gone."},
        "cost": COST | {"description": "Of the model; empty where nobody was asked."},
    }
)
WANTED = object_of(
    {
        "from": or_null(DAY),
        "to": or_null(DAY),
        "horizon": TEXT,
        "bot": or_null(TEXT),
        "limit": COUNT,
        "model": or_null(TEXT),
        "min_confidence": OR_DECIMAL,
        "max_notional": OR_DECIMAL,
    }
)
JOB: dict[str, Shape] = {
    "id": UUID,
    "kind": words_of(JobKind),
    "state": words_of(JobState),
    "done": COUNT | {"description": "Of `total` steps."},
    "total": COUNT | {"description": "0 until it has begun."},
    "created_at": TIME,
    "started_at": or_null(TIME),
    "ended_at": or_null(TIME),
    "message": or_null(TEXT) | {"description": "Why there is no result, in words."},
    "wanted": WANTED,
}
JOBS: dict[str, Shape] = {
    "JobStarted": object_of({"id": UUID}),
    "Job": object_of(JOB | {"result": or_null(RESULT)}),
    "JobRow": object_of(JOB | {"result": {"type": "null", "description": "Asked for one at a time."}}),
    "Jobs": object_of({"jobs": list_of({"$ref": "#/components/schemas/JobRow"})}),
}
JOB_OPERATIONS: dict[str, Operation] = {
    "api.start_job": Operation(tag=TAG, body=("NewJob",), example=EXAMPLE, answers={202: ("JobStarted",)}),
    "api.list_jobs": Operation(tag=TAG, answers={200: ("Jobs",)}),
    "api.show_job": Operation(tag=TAG, answers={200: ("Job",)}, errors=(404,), parameters=_JOB),
    "api.cancel_job": Operation(tag=TAG, answers={200: ("JobRow",)}, errors=(404, 409), parameters=_JOB),
}
