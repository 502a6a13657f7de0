"""`/api/bots`: make, read, change and remove bots; nobody's change is lost (ETag and If-Match)."""

from dataclasses import replace

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.blueprints.api.dangerous import before_new_secret, before_real_money, before_trading_goes_on
from app.domain.bots import Bot, BotConfiguration
from app.domain.json_codec import to_json
from app.domain.trading_state import TradingState
from app.errors import PreconditionFailed, PreconditionRequired
from app.schemas.bot import BotSchema, NewBotSchema
from app.schemas.operator import load
from app.wiring.container import operations

BOT, NEW_BOT = BotSchema(), NewBotSchema()


@bp.get("/bots")
def list_bots() -> ResponseReturnValue:
    """List every bot."""
    return jsonify({"bots": [operations().bots.show(bot) for bot, _ in operations().bots.all()]})


@bp.post("/bots")
def create_bot() -> ResponseReturnValue:
    """Make a bot; its secret is in this answer and in no other."""
    data = load(NEW_BOT, read_request())
    name, state = data.pop("id"), data.pop("state", TradingState.ACTIVE)
    configuration = BotConfiguration(**{"name": name} | data)
    before_real_money(None, configuration)
    bot, version, secret = operations().bots.create(name, configuration, state=state)
    response = jsonify(operations().bots.show(bot) | {"secret": secret})
    response.headers["Location"] = f"/api/bots/{bot.id}"
    return _tagged(response, version), 201


@bp.get("/bots/<bot>")
def show_bot(bot: str) -> ResponseReturnValue:
    """Show one bot with its ETag."""
    return _answer(*operations().bots.get(bot))


@bp.patch("/bots/<bot>")
def change_bot(bot: str) -> ResponseReturnValue:
    """Change what the body names and leave the rest."""
    current, version = operations().bots.get(bot)
    wanted = _if_match(version)
    changes = load(BOT, read_request())
    state = changes.pop("state", None)
    configuration = replace(current.configuration, **changes)
    before_real_money(current.configuration, configuration)
    before_trading_goes_on(current.switch, state, bot=bot)
    return _answer(*operations().bots.change(bot, configuration, version=wanted, state=state))


@bp.delete("/bots/<bot>")
def delete_bot(bot: str) -> ResponseReturnValue:
    """Remove a bot; its tickets stay."""
    _, version = operations().bots.get(bot)
    operations().bots.delete(bot, version=_if_match(version))
    return "", 204


@bp.post("/bots/<bot>/secret")
def rotate_secret(bot: str) -> ResponseReturnValue:
    """Give a bot a new secret; the old one works for a day more."""
    before_new_secret()
    secret, previous_valid_until = operations().bots.rotate_secret(bot)
    return jsonify({"secret": secret, "previous_valid_until": to_json(previous_valid_until)})


def _if_match(version: int) -> int:
    """Return the version that the caller saw; raise PreconditionRequired when he does not say."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired("Send If-Match with the ETag that GET answered, or `*`.")
    if given == "*":
        return version
    text = given.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()):
        raise PreconditionFailed("If-Match is not an ETag of this bot.")
    return int(text)


def _answer(bot: Bot, version: int) -> Response:
    return _tagged(jsonify(operations().bots.show(bot)), version)


def _tagged(response: Response, version: int) -> Response:
    response.headers["ETag"] = f'"{version}"'
    return response
