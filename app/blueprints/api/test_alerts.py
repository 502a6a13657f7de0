"""`/api/alerts/test`: one alert of one's own, to see that everything works."""

import json
from uuid import uuid4

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_optional
from app.blueprints.once import once
from app.blueprints.request_context import request_id
from app.domain.signals import own_words
from app.errors import InvalidRequest
from app.schemas.dialects import DIALECTS
from app.schemas.reading import read_signal
from app.services.intake.arrivals import Alert
from app.wiring.container import intake, operations

STRATEGY = DIALECTS["strategy"]
SOURCE = "the operator's test"


@bp.post("/alerts/test")
@once
def send_test_alert() -> ResponseReturnValue:
    """Send a test alert the real way: to the paper broker alone, by a bot of its own.

    It buys one unit of a name that no exchange lists; the next one sells it again. Gates, switches and limits
    hold for it as for any alert, and the ticket tells what became of it.
    """
    if read_optional():
        raise InvalidRequest("A test alert takes no fields; send no body.")
    trials = operations().trials
    bot = trials.bot()
    alert = trials.alert(bot, uuid4())
    signal, body = read_signal(STRATEGY, alert), json.dumps(alert).encode()
    answer = intake().alerts.accept(Alert(bot, signal, body, own_words(alert), alert, request_id(), SOURCE))
    # The request was carried out, whatever became of the order.
    told = {"test": True, "bot": bot.id, "broker": trials.broker, "alert": alert}
    return jsonify(answer.body | told), 202 if answer.status == 202 else 200  # noqa: PLR2004
