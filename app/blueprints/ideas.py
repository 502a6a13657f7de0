"""Trade ideas come in here: answered at once, researched afterwards."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import allowed_source
from app.blueprints.webhook import accept, authenticate, note_refusal, read_alert, read_body
from app.domain.signals import Dialect
from app.errors import AlertRefused, NotFound

bp = Blueprint("ideas", __name__)
bp.before_request(allowed_source)
bp.register_error_handler(AlertRefused, note_refusal)
bp.register_error_handler(NotFound, note_refusal)


@bp.post("/webhooks/optionomics/trade-ideas")
def receive_idea() -> ResponseReturnValue:
    """Take one trade idea in; what becomes of it stands in its ticket.

    One that was delivered before is a duplicate, however long ago that was.
    """
    body = read_body()
    idea = read_alert(body)
    bot = authenticate(idea, idea.get("bot"))
    return accept(Dialect.TRADE_IDEA, bot, idea, body)
