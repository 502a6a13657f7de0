"""`/api/jobs`: work that takes longer than an answer may."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.domain.jobs import Job
from app.domain.json_codec import to_json
from app.schemas.jobs import JobSchema
from app.schemas.operator import load
from app.services.jobs.replay import ReplayRequest
from app.wiring.container import operations

JOB = JobSchema()
SHOWN = ("id", "kind", "state", "done", "total", "created_at", "started_at", "ended_at", "message")
WANTED = ("from", "to", "bot", "limit", "horizon", "model", "min_confidence", "max_notional")


@bp.post("/jobs")
def start_job() -> ResponseReturnValue:
    """Put a job into the row; one runs at a time, and gives way to alerts.

    `replay` compares stored trade ideas with another model or limit, as `flask ideas replay` does: nothing is
    ordered. It asks a model, which costs, unless only limits are given.
    """
    wanted = load(JOB, read_request())
    job = operations().jobs.put(wanted["kind"], to_json(_replay(wanted)))
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


def _row(job: Job) -> dict[str, Any]:
    named = {"from": "since", "to": "until"}
    wanted = {name: job.wanted.get(named.get(name, name)) for name in WANTED}
    return {name: to_json(getattr(job, name)) for name in SHOWN} | {"wanted": wanted, "result": None}


def _replay(wanted: dict[str, Any]) -> ReplayRequest:
    return ReplayRequest(**{name: value for name, value in wanted.items() if name != "kind"})
