"""What a scheduler calls where nothing here runs by itself; each call may come twice, or twice at once."""

import time
from uuid import UUID

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import operator_or_scheduler
from app.domain.json_codec import to_json
from app.errors import NotFound
from app.wiring.container import intake, operations, services

# A scheduler gives up after a minute or more, and Cloud Run's own limit is one.
TICK_SECONDS = BACKUP_SECONDS = 30.0

bp = Blueprint("tasks", __name__, url_prefix="/tasks")
bp.before_request(operator_or_scheduler)


@bp.post("/tick")
def tick() -> ResponseReturnValue:
    """Do what the clock does, now; what only one process may do is done where `leader` is true.

    A call that comes while another is at work waits for it, half a minute at most: then `busy` is true. What
    was not begun within that time is `left` for the next call, which begins with it.
    """
    supervisor, ends = services().supervisor, time.monotonic() + TICK_SECONDS
    turn = supervisor.turn(within_seconds=TICK_SECONDS)
    # No task waits for a job, and between two calls there may be no processor for it.
    operations().jobs.go_on(ends - time.monotonic())
    left, busy = list(turn.left), turn.busy
    return jsonify(
        {"status": "ok", "leader": supervisor.leads, "done": turn.done, "left": left, "busy": busy}
    )


@bp.post("/backup")
def back_up() -> ResponseReturnValue:
    """Make a backup in its usual place, once a day where a scheduler calls, and remove what is too old.

    One that takes longer than half a minute goes on behind the answer, which is 202; where it fails the
    owner is told. A call that comes meanwhile waits for the same one.
    """
    backup = operations().backups.take_within(BACKUP_SECONDS)
    if backup is None:
        return jsonify({"status": "running"}), 202
    return jsonify({"status": "ok"} | to_json(backup))


@bp.post("/inbox/<uuid:ticket>")
def work_off(ticket: UUID) -> ResponseReturnValue:
    """Carry out, now, what is open of a ticket; done already or somebody else's, it stays as it is."""
    intake().recovery.finish_ticket(ticket)
    found = operations().ledger.find(ticket)
    if found is None:
        raise NotFound(f"There is no ticket {ticket}.")
    return jsonify({"status": found["status"], "ticket": found["id"], "reason": found["reason"]})
