"""`/api/trades`: what bots hold, and what they have traded."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.schemas.operator import TradeQuerySchema, load
from app.wiring.container import portfolio

QUERY = TradeQuerySchema()


@bp.get("/trades")
def list_trades() -> ResponseReturnValue:
    """List trades: open ones first, then those that went flat, the latest at the top."""
    query = load(QUERY, request.args)
    trades = portfolio().trades.page(**query)
    following = trades[-1]["number"] if len(trades) == query["limit"] else None
    return jsonify({"trades": trades, "next": following})


@bp.get("/trades/<int:number>")
def show_trade(number: int) -> ResponseReturnValue:
    """Show one trade, open or closed."""
    return jsonify(portfolio().trades.numbered(number))
