"""What `/api/jobs` takes and answers."""

from typing import Any

from app.blueprints.api.openapi.operation import JSON, Operation
from app.blueprints.api.openapi.report_shapes import DAY
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
from app.domain.backtest.day_replay import ReplayedTicket, ReplayOutcome
from app.domain.backtest.metrics import BacktestMetrics
from app.domain.backtest.result import BacktestTrade
from app.domain.bars import Adjustment
from app.domain.jobs import JobKind, JobState
from app.domain.replay_comparison import ReplaySide, Take
from app.schemas.base import Schema
from app.schemas.jobs import BACKTEST as BACKTEST_SCHEMA
from app.schemas.jobs import DAY as DAY_SCHEMA
from app.schemas.jobs import IDEAS as IDEA_SCHEMA
from app.services.backtest.reports import TRADE_COLUMNS

TAG = "Jobs"
EXAMPLE: dict[str, Any] = {"kind": "replay", "min_confidence": "0.8"}
_JOB = {"job": "019aa1e8-0000-7000-8000-000000000000"}
COUNT: Shape = {"type": "integer", "minimum": 0}
TRADES = ("trades", "open_trades")
POINTS = "A moment and what the account was worth; of a long one its lows and highs, the files have all."
POINT: Shape = {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2}
# What may be asked for, by the names in `#/components/schemas`.
JOB_REQUESTS: dict[str, Schema] = {
    "NewIdeaReplay": IDEA_SCHEMA,
    "NewDayReplay": DAY_SCHEMA,
    "NewBacktest": BACKTEST_SCHEMA,
}

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
IDEAS = object_of(
    {
        "ideas": list_of(COMPARISON),
        "difference": DIFFERENCE,
        "left_out": COUNT | {"description": "Unreadable, or of a bot that is gone."},
        "cost": COST | {"description": "Of the model; empty where nobody was asked."},
    }
)
OUTCOME = object_of(record_shape(ReplayOutcome))
TICKET = object_of(record_shape(ReplayedTicket) | {"ticket": UUID, "now": or_null(OUTCOME), "differs": FLAG})
DAY_RESULT = object_of(
    {"date": DAY, "tickets": list_of(TICKET), "differences": COUNT, "notes": list_of(TEXT)}
)
TRADE = record_shape(BacktestTrade)
TEXTS: Shape = {"type": "object", "additionalProperties": TEXT}
COUNTS: Shape = {"type": "object", "additionalProperties": COUNT}
COMPARED = {"trade": TEXT, "theirs": ANY_OBJECT, "ours": or_null(ANY_OBJECT), "difference": OR_DECIMAL}
BACKTEST = object_of(
    {"from": TIME, "to": TIME, "alerts": COUNT, "currency": TEXT, "bars": COUNTS, "settings": TEXTS}
    | dict.fromkeys(("initial_equity", "final_equity", "fees", "slippage"), DECIMAL)
    | {"metrics": object_of(record_shape(BacktestMetrics)), "refusals": COUNTS}
    | {name: list_of(object_of({column: TRADE[column] for column in TRADE_COLUMNS})) for name in TRADES}
    | {"comparison": list_of(object_of(COMPARED | {"why": TEXT}))}
    | {"equity_curve": list_of(POINT) | {"description": POINTS}, "bots": ANY_OBJECT, "notes": list_of(TEXT)},
    # Of a job of before it was told.
    optional=("currency",),
)
RESULTS = ("IdeaReplayResult", "DayReplayResult", "BacktestResult")
WANTED = object_of(
    {
        "from": or_null(DAY),
        "to": or_null(DAY),
        "horizon": or_null(TEXT),
        "bot": or_null(TEXT),
        "limit": or_null(COUNT),
        "model": or_null(TEXT),
        "min_confidence": OR_DECIMAL,
        "max_notional": OR_DECIMAL,
        "date": or_null(DAY) | {"description": "Of a replay of a day."},
        "set": or_null(TEXTS),
        "prompt": or_null(TEXT) | {"description": "Its first line."},
        "timezone": or_null(TEXT),
        "symbol": or_null(TEXT),
        "alerts": or_null(TEXT) | {"description": "The file's name; null where our own are played."},
        "bars": or_null(list_of(TEXT)) | {"description": "The names of the files."},
        "broker": OR_TEXT | {"description": "Whose bars are played; null of files."},
        "timeframe": OR_TEXT | {"description": "Of a broker's bars."},
        "adjust": or_null(words_of(Adjustment)),
        "extended": or_null(FLAG),
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
    "IdeaReplayResult": IDEAS,
    "DayReplayResult": DAY_RESULT,
    "BacktestResult": BACKTEST,
    "Job": object_of(JOB | {"result": {"anyOf": [*map(ref, RESULTS), {"type": "null"}]}}),
    "JobRow": object_of(JOB | {"result": {"type": "null", "description": "Asked for one at a time."}}),
    "Jobs": object_of({"jobs": list_of({"$ref": "#/components/schemas/JobRow"})}),
}
JOB_OPERATIONS: dict[str, Operation] = {
    "api.start_job": Operation(
        tag=TAG, body=tuple(JOB_REQUESTS), example=EXAMPLE, answers={202: ("JobStarted",)}, errors=(404,)
    ),
    "api.list_jobs": Operation(tag=TAG, answers={200: ("Jobs",)}),
    "api.show_job": Operation(tag=TAG, answers={200: ("Job",)}, errors=(404,), parameters=_JOB),
    "api.download_job_file": Operation(
        tag=TAG,
        answers={200: ()},
        errors=(404,),
        media_types=("text/html", "text/csv", JSON),
        parameters=_JOB | {"file": "report.html"},
    ),
    "api.cancel_job": Operation(tag=TAG, answers={200: ("JobRow",)}, errors=(404, 409), parameters=_JOB),
}
