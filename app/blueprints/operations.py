"""What the operator and the clock call."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import operator
from app.domain.audit import Actor
from app.domain.json_codec import to_json
from app.errors import NotFound
from app.schemas.operator import wants_fresh
from app.services.operator.orders import orphans
from app.services.portfolio.holdings import broker_rows
from app.wiring.container import intake, observability, operations, portfolio, services

SHOWN_REFUSALS = 20

bp = Blueprint("operations", __name__)
bp.before_request(operator)


@bp.get("/status")
def status() -> ResponseReturnValue:
    """Show positions, orders, pursued and orphaned exits, what no trade explains, refusals, the last cleanup.

    It is what the clock saw last; `fresh` asks the brokers. `entry_stops` says whose entries have ended.
    """
    seen = portfolio().snapshots.read(fresh=wants_fresh(request.args))
    return jsonify(
        {
            "status": "ok",
            "trading_state": to_json(operations().switch.read().seen_at(services().clock())),
            "brokers": broker_rows(seen),
            "positions": portfolio().holdings.positions(seen),
            "orders": operations().orders.page(seen, status="open", after=None, limit=500).orders,
            "orphans": orphans(seen),
            "entry_stops": portfolio().loss_limits.view(),
            "pursuits": portfolio().pursuits.rows(),
            "unreconciled": to_json(portfolio().reconciliation.unreconciled()),
            "refusals": to_json(observability().refusals.last(SHOWN_REFUSALS)),
            "last_cleanup": to_json(portfolio().cleanup.last()),
        }
    )


@bp.post("/cleanup")
def clean_up() -> ResponseReturnValue:
    """Cancel the protective orders whose position is gone, now."""
    return jsonify({"status": "ok"} | to_json(portfolio().cleanup.run(by=Actor.OPERATOR)))


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Answer a scrape."""
    body, content_type = observability().metrics.render()
    return Response(body, content_type=content_type)


@bp.post("/tasks/tick")
def tick() -> ResponseReturnValue:
    """Do what the clock does, now; what only one process may do is done where `leader` is true."""
    supervisor = services().supervisor
    done = supervisor.tick(everything=True)
    return jsonify({"status": "ok", "leader": supervisor.leads, "done": done})


@bp.post("/tasks/inbox/<uuid:ticket>")
def work_off(ticket: UUID) -> ResponseReturnValue:
    """Carry out, now, what is open of a ticket; done already or somebody else's, it stays as it is."""
    intake().recovery.finish_ticket(ticket)
    found = operations().ledger.find(ticket)
    if found is None:
        raise NotFound(f"There is no ticket {ticket}.")
    return jsonify({"status": found["status"], "ticket": found["id"], "reason": found["reason"]})
