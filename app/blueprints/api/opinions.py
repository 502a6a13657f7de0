"""`/api/opinions`: what was said about trades, and what it was worth."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.schemas.operator import load
from app.schemas.opinions import OpinionQuerySchema
from app.services.opinion_scores.price_sources import BrokerPrices
from app.services.opinion_scores.report import Range, Reporter
from app.wiring.container import services

QUERY = OpinionQuerySchema()


@bp.get("/opinions/report")
def report_on_opinions() -> ResponseReturnValue:
    """Report what past opinions were worth.

    Beside what the model and the gates said stands what the price did until each horizon, by the bars of the
    first configured broker that keeps any. Prices that are not known are counted, and nothing is put in their
    place. The newest thirty days are looked at unless `from` or `to` says otherwise.
    """
    query = load(QUERY, request.args)
    house = services()
    wanted = Range.of(house.clock().date(), query["since"], query["until"], query["bot"], query["limit"])
    reporter = Reporter(house.operations.ledger, BrokerPrices(house.brokers.registry.all()), house.clock)
    return jsonify(reporter.report(wanted, query["horizon"]).to_json())
