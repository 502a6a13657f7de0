"""What the operator looks at and sets going."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import operator
from app.domain.audit import Actor
from app.domain.json_codec import to_json
from app.schemas.operator import wants_fresh
from app.services.operator.orders import orphans
from app.services.portfolio.holdings import broker_rows
from app.wiring.container import observability, operations, portfolio, services

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
