"""`/api/trades`: what bots hold, and what they have traded."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_optional
from app.blueprints.once import once
from app.domain.tickets import TicketStatus
from app.schemas.operator import CloseTradeSchema, TradeQuerySchema, load
from app.wiring.container import portfolio

QUERY, CLOSE = TradeQuerySchema(), CloseTradeSchema()


@bp.get("/trades")
def list_trades() -> ResponseReturnValue:
    """List trades: open ones first, then those that went flat, the latest at the top."""
    query = load(QUERY, request.args)
    page = portfolio().trades.page(**query)
    return jsonify({"trades": page.rows, "next": page.next})


@bp.get("/trades/<int:number>")
def show_trade(number: int) -> ResponseReturnValue:
    """Show one trade, open or closed."""
    return jsonify(portfolio().trades.numbered(number))


@bp.post("/trades/<int:number>/close")
@once
def close_trade(number: int) -> ResponseReturnValue:
    """Close a trade, or a part of it, in any trading state; a structure goes by its ladder."""
    wanted = load(CLOSE, read_optional())
    ticket = portfolio().trade_closing.close(number, trim=wanted["trim"])
    return jsonify(ticket), 202 if ticket["status"] == TicketStatus.UNKNOWN else 200
