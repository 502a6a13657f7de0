"""`/api/analytics`: what trades, alerts and opinions of the past came to; no broker is asked."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.schemas.analytics import AnalyticsQuerySchema
from app.schemas.operator import load
from app.services.analytics.period import Period
from app.wiring.container import analytics, services

QUERY = AnalyticsQuerySchema()


@bp.get("/analytics/performance")
def show_performance() -> ResponseReturnValue:
    """Show what trades brought that went flat in a time, after fees.

    Days are UTC, those on which the trades went flat; thirty without `from` and `to`. Amounts of different
    currencies are never added up: every row is of one, and the figures of all trades together have none where
    there are several.
    """
    return jsonify(analytics().performance.of(_period()))


@bp.get("/analytics/equity")
def show_equity() -> ResponseReturnValue:
    """Show what accounts were worth, and how far that was below the highest worth before.

    A series has at most 500 points, the highest and lowest of each stretch among them; drawdowns are of all
    points. The first figures are those of the default broker, or of the one asked for; `accounts` has each by
    itself. A bot stands for the account in which it trades.
    """
    return jsonify(analytics().equity.of(_period()))


@bp.get("/analytics/latency")
def show_latency() -> ResponseReturnValue:
    """Show how long each step of the alerts' way took, in milliseconds.

    `delivery` is from the alert's own time to us, where it has one; `fill` is of orders at the market;
    `total` is from the arrival to the broker, of alerts that waited for nobody. A percentile is the nearest
    rank.
    """
    return jsonify(analytics().alerts.latency(_period()))


@bp.get("/analytics/slippage")
def show_slippage() -> ResponseReturnValue:
    """Show how much worse than their alert's price orders filled, in basis points.

    A buy that filled above the price and a sale below it are positive. Alerts without a price, and those
    whose price is another's than what was traded (an option's underlying, a structure), are left out.
    """
    return jsonify(analytics().alerts.slippage(_period()))


@bp.get("/analytics/refusals")
def show_refused_alerts() -> ResponseReturnValue:
    """Show what refused alerts, in all and by day, and how many alerts got how far.

    Days are those of the arrival. `closed` are the trades that went flat in the time, whenever their alerts
    came.
    """
    return jsonify(analytics().alerts.refusals(_period()))


@bp.get("/analytics/opinions")
def show_opinions() -> ResponseReturnValue:
    """Show whether opinions were as good as they were sure of themselves.

    What came of an opinion is what the price did in the direction that the alert named until a day later, as
    a fraction; where no broker keeps bars of it, what the trade that it opened brought after fees.
    """
    return jsonify(analytics().alerts.opinions(_period()))


def _period() -> Period:
    query = load(QUERY, request.args)
    today = services().clock().date()
    return Period.of(today, query["since"], query["until"], query["bot"], query["broker"])
