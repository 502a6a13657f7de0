"""`/api/orders`, `/api/positions`, `/api/trading-state`, `/api/paper/prices`."""

from decimal import Decimal

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.blueprints.api.dangerous import before_trading_goes_on
from app.blueprints.once import once
from app.blueprints.webhook import read_body
from app.domain.json_codec import to_json
from app.domain.tickets import TicketStatus
from app.domain.trading_state import StateSwitch
from app.errors import InvalidRequest, MalformedAlert
from app.schemas.operator import PRICES, OrderQuerySchema, TradingStateSchema, load, wants_fresh
from app.schemas.price_rows import read_price_rows
from app.services.portfolio.holdings import accounts, broker_rows
from app.wiring.container import observability, operations, portfolio, services

QUERY, SWITCH = OrderQuerySchema(), TradingStateSchema()


@bp.get("/orders")
def list_orders() -> ResponseReturnValue:
    """List orders, newest first; what no ticket knows as the clock saw it last."""
    query = load(QUERY, request.args)
    seen = portfolio().snapshots.read(fresh=query.pop("fresh"))
    page = operations().orders.page(seen, **query)
    return jsonify({"orders": page.orders, "next": page.next, "brokers": broker_rows(seen)})


@bp.delete("/orders/<name>")
@once
def cancel_order(name: str) -> ResponseReturnValue:
    """Cancel a working order."""
    operations().orders.cancel(name)
    return "", 204


@bp.get("/positions")
def list_positions() -> ResponseReturnValue:
    """List every broker's positions as the clock saw them last."""
    seen = portfolio().snapshots.read(fresh=wants_fresh(request.args))
    return jsonify({"positions": portfolio().holdings.positions(seen), "brokers": broker_rows(seen)})


@bp.get("/account")
def show_accounts() -> ResponseReturnValue:
    """Show every broker's cash, equity and buying power as the clock saw them last."""
    seen = portfolio().snapshots.read(fresh=wants_fresh(request.args))
    return jsonify({"accounts": accounts(seen), "brokers": broker_rows(seen, of_accounts=True)})


@bp.delete("/positions/<broker>/<path:symbol>")
@once
def close_position(broker: str, symbol: str) -> ResponseReturnValue:
    """Close a position at the market, in any trading state."""
    ticket = portfolio().positions.close(broker, symbol)
    return jsonify(ticket), 202 if ticket["status"] == TicketStatus.PURSUING else 200


@bp.get("/trading-state")
def show_trading_state() -> ResponseReturnValue:
    """Show the global kill switch."""
    return _switch_answer(operations().switch.read())


@bp.put("/trading-state")
def set_trading_state() -> ResponseReturnValue:
    """Throw the global kill switch: the very next alert obeys, in every process."""
    switch = load(SWITCH, read_request())
    before_trading_goes_on(operations().switch.read(), switch, bot=None)
    operations().switch.throw(switch)
    observability().journal.activity(
        f"operator: trading is {switch.state.value} ({switch.reason or 'no reason'})"
    )
    return _switch_answer(switch)


@bp.get("/bots/<bot>/trading-state")
def show_bot_state(bot: str) -> ResponseReturnValue:
    """Show a bot's own kill switch."""
    found, _ = operations().bots.get(bot)
    return _switch_answer(found.switch)


@bp.put("/bots/<bot>/trading-state")
def set_bot_state(bot: str) -> ResponseReturnValue:
    """Throw a bot's own kill switch."""
    switch = load(SWITCH, read_request())
    before_trading_goes_on(operations().bots.get(bot)[0].switch, switch, bot=bot)
    operations().bots.set_state(bot, switch)
    observability().journal.activity(
        f"operator: {bot} is {switch.state.value} ({switch.reason or 'no reason'})"
    )
    return _switch_answer(switch)


@bp.get("/paper/prices")
def show_prices() -> ResponseReturnValue:
    """Show the simulated market."""
    return jsonify(operations().prices.show())


@bp.put("/paper/prices")
def set_prices() -> ResponseReturnValue:
    """Move the simulated market: at once by JSON, where a null unpins a symbol, or row by row by CSV."""
    if request.mimetype == "text/csv":
        return jsonify(operations().prices.play(_rows()))
    prices = load(PRICES, read_request())
    return jsonify(operations().prices.move(prices))


def _rows() -> list[tuple[str, Decimal]]:
    try:
        return list(read_price_rows(read_body().decode("utf-8-sig")))
    except (MalformedAlert, UnicodeDecodeError) as error:
        raise InvalidRequest("The body is not CSV in UTF-8.") from error


def _switch_answer(switch: StateSwitch) -> ResponseReturnValue:
    return jsonify(to_json(switch.seen_at(services().clock())))
