"""`/api/jobs`: work that takes longer than an answer may."""

from pathlib import PurePath
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.domain.backtest.requests import BacktestRequest, DayReplayRequest
from app.domain.jobs import Job, JobKind
from app.domain.json_codec import to_json
from app.schemas.jobs import read_job
from app.services.backtest.reports import whole
from app.services.jobs.replay import ReplayRequest
from app.wiring.container import operations

SHOWN = ("id", "kind", "state", "done", "total", "created_at", "started_at", "ended_at", "message")
WANTED = ("from", "to", "bot", "limit", "horizon", "model", "min_confidence", "max_notional")
WANTED_OF_PAST = ("date", "set", "prompt", "timezone", "symbol", "alerts", "bars")
WANTED_OF_BROKER = ("broker", "timeframe", "adjust", "extended")
NAMED = {"from": "since", "to": "until"}
LONGEST_VERSION = 100
# Files come along: a year of five-minute bars has six million bytes.
LARGEST_JOB_BODY = 16_000_000
MEDIA_TYPES = {".html": "text/html", ".csv": "text/csv", ".json": "application/json"}

# What is wanted, and what came with it.
Asked = tuple[ReplayRequest | DayReplayRequest | BacktestRequest, dict[str, Any]]


@bp.post("/jobs")
def start_job() -> ResponseReturnValue:
    """Put a job into the row; one runs at a time, and gives way to alerts.

    `replay` compares stored trade ideas with another model or limit, as `flask ideas replay` does; with a
    `date` it runs all tickets of that day through what is set now, as `flask replay` does. `backtest` plays
    alerts of the past at the prices of bars, as `flask backtest` does. Nothing is ordered. A model is asked
    where one is named, and by a replay of ideas without limits, which costs.
    """
    request.max_content_length = LARGEST_JOB_BODY
    kind, said = read_job(read_request())
    wanted, upload = _asked(kind, said)
    job = operations().jobs.put(kind, to_json(wanted), upload)
    return jsonify({"id": job.id}), 202


@bp.get("/jobs")
def list_jobs() -> ResponseReturnValue:
    """List jobs, the newest first, without their results; the last hundred are kept."""
    return jsonify({"jobs": [_row(job) for job in operations().jobs.every()]})


@bp.get("/jobs/<uuid:job>")
def show_job(job: UUID) -> ResponseReturnValue:
    """Show a job, and what came of it once it is done."""
    found = operations().jobs.find(job)
    return jsonify(_row(found) | {"result": operations().jobs.result(found)})


@bp.delete("/jobs/<uuid:job>")
def cancel_job(job: UUID) -> ResponseReturnValue:
    """Cancel a job; one that runs ends after the step that it is in."""
    return jsonify(_row(operations().jobs.cancel(job)))


@bp.get("/jobs/<uuid:job>/files/<file>")
def download_job_file(job: UUID, file: str) -> ResponseReturnValue:
    """Download a file that a backtest wrote, as `flask backtest --out` writes it.

    `report.html`, `report.json`, `trades.csv`, `equity.csv`.
    """
    found = operations().jobs.find(job)
    text = whole(file, operations().jobs.file(found, file))
    headers = {"Content-Disposition": f"attachment; filename={file}"}
    return Response(text, mimetype=MEDIA_TYPES[PurePath(file).suffix], headers=headers)


def _row(job: Job) -> dict[str, Any]:
    wanted = {
        name: job.wanted.get(NAMED.get(name, name)) for name in (*WANTED, *WANTED_OF_PAST, *WANTED_OF_BROKER)
    }
    return {name: to_json(getattr(job, name)) for name in SHOWN} | {"wanted": wanted, "result": None}


def _asked(kind: JobKind, said: dict[str, Any]) -> Asked:
    if kind is JobKind.BACKTEST:
        return _backtest(**said)
    if "date" in said:
        return _day(**said)
    return ReplayRequest(**said), {}


def _day(*, prompt: str | None, **said: Any) -> Asked:
    first = None if prompt is None else prompt.partition("\n")[0][:LONGEST_VERSION]
    wanted = DayReplayRequest(**said | {"set": said["set"] or {}, "prompt": first})
    return wanted, {} if prompt is None else {"prompt": prompt}


def _backtest(
    *, alerts: dict[str, Any] | None, bars: list[dict[str, Any]] | str | None, **said: Any
) -> Asked:
    broker = bars if isinstance(bars, str) else None
    files = [] if bars is None or isinstance(bars, str) else bars
    named = tuple(file["name"] for file in files)
    wanted = BacktestRequest(
        **said
        | {"set": said["set"] or {}, "alerts": alerts and alerts["name"], "bars": named, "broker": broker}
    )
    upload = {"alerts": alerts} if alerts is not None else {}
    return wanted, upload | ({"bars": files} if files else {})
