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


def _period() -> Period:
    query = load(QUERY, request.args)
    today = services().clock().date()
    return Period.of(today, query["since"], query["until"], query["bot"], query["broker"])
