"""Trade ideas come in here: answered at once, researched afterwards."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.blueprints.door import guard
from app.blueprints.sources import allowed_source
from app.blueprints.webhook import accept, authenticate, read_alert, read_body
from app.schemas.dialects import DIALECTS

bp = Blueprint("ideas", __name__)
bp.before_request(allowed_source)
guard(bp)
IDEA = DIALECTS["trade_idea"]


@bp.post("/webhooks/optionomics/trade-ideas")
def receive_idea() -> ResponseReturnValue:
    """Take one trade idea in; what becomes of it stands in its ticket.

    One that was delivered before is a duplicate, however long ago that was.
    """
    body = read_body()
    idea = read_alert(body)
    bot = authenticate(idea, idea.get(IDEA.bot_field), IDEA)
    return accept(IDEA, bot, idea, body)
