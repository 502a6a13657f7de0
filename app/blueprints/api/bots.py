"""`/api/bots`: make, read, change and remove bots; nobody's change is lost (ETag and If-Match)."""

from dataclasses import replace

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.blueprints.api.dangerous import before_new_secret, before_real_money, before_trading_goes_on
from app.domain.bots import Bot, BotConfiguration
from app.domain.json_codec import to_json
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import PreconditionFailed, PreconditionRequired
from app.schemas.alerts import dialect_of
from app.schemas.bot import BotSchema, NewBotSchema
from app.schemas.bot_trial import BotTrialQuerySchema, sample_alert
from app.schemas.operator import load
from app.schemas.reading import read_signal
from app.services.operator.imagined_bots import imagined_bot
from app.wiring.container import intake, operations, services

BOT, NEW_BOT, TRIAL = BotSchema(), NewBotSchema(), BotTrialQuerySchema()


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


@bp.post("/bots/preview")
def preview_bot() -> ResponseReturnValue:
    """Show what a bot with this configuration would do with one alert that buys; nothing is stored or sent.

    It need not be there yet. Without a price the alert names none, as if the market's were near.
    """
    query, data = load(TRIAL, request.args), load(NEW_BOT, read_request())
    name, state = data.pop("id"), data.pop("state", TradingState.ACTIVE)
    bot = imagined_bot(name, BotConfiguration(**{"name": name} | data), state, services().clock())
    alert = sample_alert(query["symbol"], query["price"])
    signal = read_signal(dialect_of(alert), alert)
    return jsonify(intake().alerts.preview(signal, bot, alert))


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
    if state is not None:
        before_trading_goes_on(current.switch, StateSwitch(state), bot=bot)
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
