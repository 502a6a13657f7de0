"""Alerts come in here."""

from typing import Any

from flask import Blueprint, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from app.blueprints.authentication import UNKNOWN, bot_of
from app.blueprints.door import guard
from app.blueprints.request_context import Opened
from app.blueprints.sources import (
    PLAIN,
    allowed_source,
    dialect_from_elsewhere,
    refuse_elsewhere,
    source_of_dialect,
)
from app.domain.bots import Bot
from app.domain.json_codec import to_json
from app.domain.planning import only_exits
from app.domain.signals import own_words
from app.errors import AlertRefused, BodyTooLarge, BotNamedTwice, MalformedAlert
from app.logs import redact
from app.logs.foreign_secrets import NAMES, hide_foreign
from app.schemas.alerts import bot_named_in, read_posted
from app.schemas.body import read_object, too_large
from app.schemas.dialects import DIALECTS
from app.schemas.entry import DialectEntry
from app.schemas.reading import read_signal
from app.services.intake.arrivals import Alert
from app.wiring.container import intake

bp = Blueprint("webhook", __name__)
bp.before_request(allowed_source)
guard(bp)
BRIDGE = DIALECTS["bridge"]


@bp.post("/webhook")
def receive_alert() -> ResponseReturnValue:
    """Turn one authenticated alert into at most one order."""
    return _receive(None)


@bp.post("/webhook/<bot>")
def receive_alert_of_bot(bot: str) -> ResponseReturnValue:
    """Turn one alert, whose bot stands in the address, into at most one order.

    For alerts of other services, which cannot name a bot; the bot's secret comes as `?secret=`.
    """
    return _receive(bot)


def _receive(bot_in_address: str | None) -> ResponseReturnValue:
    try:
        body = read_body()
        posted = read_posted(body, _pinned())
        if posted.entry is not None:
            g.dialect = posted.entry.dialect.name
        if PLAIN not in g.open_lists:
            dialect_from_elsewhere(posted.entry)
    except AlertRefused as error:
        refuse_elsewhere(error)
        raise
    entry, given = posted.entry, posted.alert
    is_ours = entry is not None and not entry.is_foreign
    # Before anything is told or written: what is theirs to keep secret is none of our business.
    is_plain = is_ours and NAMES.isdisjoint(given)
    alert = g.alert = given if is_plain else hide_foreign(given, shared=not is_ours)
    named = same_bot(bot_in_address, bot_named_in(alert))
    bot = authenticate(given, named, entry)
    if entry is None or not entry.is_taken_at_webhook:
        count_wrong(bot)
        entry = posted.told()
        raise MalformedAlert(f"This is a {entry.name} alert; post it to {entry.path}.")
    return accept(entry, bot, alert, body, given)


def _pinned() -> str | None:
    """Return the dialect that the address names; of several none counts."""
    if not request.query_string:
        return None
    given = request.args.getlist("dialect")
    return None if not given else given[0] if len(given) == 1 else ""


def same_bot(in_address: str | None, named: Any) -> Any:
    """Return whose an alert is by its address or by itself; raise BotNamedTwice where they differ."""
    if in_address is None:
        return named
    if isinstance(named, str) and named and named != in_address:
        raise BotNamedTwice("The address names another bot than the alert; leave one out.")
    return in_address


@bp.post("/tradingview/webhook")
def receive_bridge_alert() -> ResponseReturnValue:
    """Turn one authenticated bridge alert into at most one order."""
    body = read_body()
    alert = read_alert(body)
    bot = authenticate(alert, alert.get(BRIDGE.bot_field), BRIDGE)
    if "strategy_order_action" in alert:
        count_wrong(bot)
        raise MalformedAlert("This is a strategy alert; post it to /webhook.")
    return accept(BRIDGE, bot, alert, body)


def read_body() -> bytes:
    """Read the whole body; raise MalformedAlert when it was cut short or is badly chunked."""
    promised = request.content_length
    try:
        body = request.get_data(cache=False)
        # A chunked body is cut at the cap in silence; only reading on tells whether that was all.
        was_cut = promised is None and body and request.environ["wsgi.input"].read(1)
    except RequestEntityTooLarge as error:
        raise _too_large() from error
    except (OSError, ParseException, ClientDisconnected) as error:
        raise MalformedAlert("The body could not be read as HTTP.") from error
    # Half a body can be a whole alert; the whole one, sent again, would then count as another alert.
    if promised not in {None, len(body)}:
        raise MalformedAlert("The body was cut short.")
    if was_cut:
        raise _too_large()
    return body


def _too_large() -> BodyTooLarge:
    # A chunked body does not say how long it is, and nobody reads on to find out.
    size = f"{request.content_length:,} bytes" if request.content_length is not None else "more"
    largest = request.max_content_length
    return too_large(largest, size, is_setting=largest == current_app.config["MAX_CONTENT_LENGTH"])


def read_alert(body: bytes) -> dict[str, Any]:
    """Read the body as one JSON object, whatever its content type."""
    alert = read_object(body)
    if not NAMES.isdisjoint(alert):
        alert = hide_foreign(alert, shared=False)
    g.alert = alert
    return alert


def authenticate(alert: dict[str, Any], named: Any, entry: DialectEntry | None) -> Bot:
    """Know whose alert it is before anything is told about its fields."""
    opened: Opened = g.opened
    bot = g.bot = bot_of(opened.services.operations.bots, alert, named, entry)
    return bot


def count_wrong(bot: Bot) -> None:
    """Count a wrong alert towards its bot's own rate: whoever sends too much is told nothing of its shape."""
    intake().limiter.take(bot.id, only_exits=False)


def accept(
    entry: DialectEntry,
    bot: Bot,
    alert: dict[str, Any],
    body: bytes,
    given: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    """Hand an authenticated alert over and answer; raise MalformedAlert where its shape is wrong.

    It is taken from the addresses of the dialect that it is read by, at whatever door it came in. `given` is
    the alert before anything of it was hidden.
    """
    g.dialect = entry.dialect.name
    if entry.sources not in g.open_lists:
        source_of_dialect(entry)
    try:
        signal = read_signal(entry, alert)
    except MalformedAlert:
        count_wrong(bot)
        raise
    opened: Opened = g.opened
    wing = opened.services.intake
    # Once an alert, whatever it turned out to be: processes may have to ask each other for it.
    wing.limiter.take(bot.id, only_exits=only_exits(signal, cover_only=bot.configuration.cover_only))
    source = request.remote_addr or UNKNOWN
    redacted = to_json(redact(alert))
    # Without a key of its own an alert is known by its body, whatever its words. They are only hashed, and
    # two alerts that differ in what was hidden are two.
    words = own_words(given or alert) if signal.idempotency_key is not None else {}
    handed = Alert(bot, signal, body, words, redacted, opened.request_id, source, opened.at)
    answer = wing.alerts.accept(handed)
    response = jsonify(answer.body)
    if answer.headers:
        response.headers.update(answer.headers)
    return response, answer.status
