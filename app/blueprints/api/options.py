"""Option chains, and the clock and switches of the exchange that is simulated."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.schemas.operator import ChainQuerySchema, PaperClockSchema, PaperSwitchesSchema, load
from app.wiring.container import operations

QUERY, CLOCK, SWITCHES = ChainQuerySchema(), PaperClockSchema(), PaperSwitchesSchema()


@bp.get("/options/chain")
def show_chain() -> ResponseReturnValue:
    """Show the contracts of an underlying on one day of expiry, with quotes and greeks."""
    query = load(QUERY, request.args)
    return jsonify(operations().chains.show(query["broker"], query["underlying"], query["expiry"]))


@bp.get("/paper/clock")
def show_clock() -> ResponseReturnValue:
    """Show the simulated time, and whether it stands still."""
    return jsonify(operations().simulated_time.show())


@bp.post("/paper/clock")
def set_clock() -> ResponseReturnValue:
    """Move the simulated time forward, with all that was due on the way; null lets it go by itself again."""
    return jsonify(operations().simulated_time.move(load(CLOCK, read_request())["now"]))


@bp.get("/paper/switches")
def show_switches() -> ResponseReturnValue:
    """Show what the simulated exchange does beside trading."""
    return jsonify(operations().simulated_time.switches())


@bp.post("/paper/switches")
def set_switches() -> ResponseReturnValue:
    """Let the simulated exchange assign contracts early, or close sold legs on their last day."""
    wanted = load(SWITCHES, read_request())
    thrown = operations().simulated_time.throw(
        wanted.get("early_assignment"), closes_shorts=wanted.get("close_short_legs_at_expiry")
    )
    return jsonify(thrown)
