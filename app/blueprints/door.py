"""What is refused at the door: slowed where somebody guesses, counted for the owner, and answered."""

import time
from collections.abc import Callable
from typing import Any, TypeAlias

from flask import Blueprint, Flask, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchAddress

from app.blueprints.authentication import bot_outside_body, caller_address, is_known
from app.blueprints.envelope import CODES, answer_error, answer_http_error
from app.blueprints.request_context import NO_ROUTE
from app.blueprints.sources import dialect_of_door
from app.blueprints.visitor import sends_token
from app.domain.bots import Bot
from app.domain.door_refusals import TRADINGVIEW, Refusal
from app.domain.json_codec import to_json
from app.errors import (
    AlertRefused,
    AppError,
    CrossSiteRequest,
    NotAuthenticated,
    NotFound,
    ServiceAccountNotAllowed,
    SourceNotAllowed,
    StoreError,
    TooManyRequests,
)
from app.logs import redact
from app.schemas.alerts import bot_named_in
from app.services.observability.journal import AlertLine
from app.wiring.container import intake, observability, operations, services

WHO_AM_I = "session.show_session"
Answering: TypeAlias = Callable[[AppError], ResponseReturnValue]


def guard(bp: Blueprint, answer: Answering = answer_error) -> None:
    """Let a blueprint that takes alerts note each one of which nothing was stored.

    `answer` is the shape that its document promises.
    """

    def refuse(error: AppError) -> ResponseReturnValue:
        answered = _judged(error)
        _note_alert(answered)
        return answer(answered)

    for kind in (AlertRefused, NotFound, StoreError):
        bp.register_error_handler(kind, refuse)


def watch_the_door(app: Flask) -> None:
    """Note who is refused at any other address, and alerts sent to an address that is none."""
    kinds = (NotAuthenticated, SourceNotAllowed, TooManyRequests, CrossSiteRequest, ServiceAccountNotAllowed)
    for kind in kinds:
        app.register_error_handler(kind, _refuse_caller)
    for lost in (NoSuchAddress, MethodNotAllowed):
        app.register_error_handler(lost, _miss)


def note_visitor(error: AppError) -> None:
    """Note who came with a link that is none, where the view answers with a page of its own."""
    _note_caller(_refusal(error.status, error.code, is_alert=False, is_told=False))


def _note_alert(answered: AppError) -> None:
    seconds = time.perf_counter() - g.opened.started
    bot: Bot | None = g.get("bot")
    observability().metrics.webhook(
        fund_id=bot.id if bot is not None else None, outcome="rejected", seconds=seconds
    )
    where = answered.details.get("setting")
    refusal = _refusal(answered.status, answered.code, bot=_bot_concerned(), setting=where)
    line = AlertLine(
        bot=refusal.bot,
        dialect=g.get("dialect") or dialect_of_door(),
        outcome="refused",
        status=refusal.status,
        reason=refusal.code,
        ticket=None,
        milliseconds=seconds * 1000,
    )

    def write() -> None:
        # Whoever has no secret does not get to write into our logs.
        shown = to_json(redact(g.get("alert"))) if bot is not None else None
        journal = observability().journal
        journal.alert(line, alert=shown, source=refusal.address)
        journal.activity(f"alert from {refusal.address} turned away: {answered.message}")

    observability().refusals.note(refusal, write)


def _refuse_caller(error: AppError) -> ResponseReturnValue:
    # Who presents nothing has only lost his way, as a browser that is not signed in; he guesses nothing.
    is_guess = not isinstance(error, NotAuthenticated) or sends_token() or "is_guess" in error.details
    if not is_guess and request.endpoint == WHO_AM_I:
        # The page asks it each time it is opened: nothing was wanted that could be refused.
        g.is_refused = True
        return answer_error(error)
    answered = _judged(error) if is_guess else error
    _note_caller(_refusal(answered.status, answered.code, is_alert=False, is_told=is_guess))
    return answer_error(answered)


def _miss(error: HTTPException) -> ResponseReturnValue:
    """Answer who lost his way; an alert to a misspelt address is noted, or it would leave no trace."""
    if request.method == "POST" and not is_known():
        status = error.code or 404
        is_told = intake().wrong_secrets.is_shared(caller_address())
        _note_caller(_refusal(status, CODES[status], is_alert=is_told, is_told=is_told))
    return answer_http_error(error)


def _judged(error: AppError) -> AppError:
    # The secret has been compared: from here on only the answer to a wrong one changes.
    if isinstance(error, NotAuthenticated):
        return intake().wrong_secrets.judge(caller_address(), error)
    return error


def _refusal(status: int, code: str, **known: Any) -> Refusal:
    address = caller_address()
    return Refusal(
        at=services().clock(),
        address=address,
        path=request.url_rule.rule if request.url_rule is not None else NO_ROUTE,
        status=status,
        code=code,
        sender=TRADINGVIEW if intake().wrong_secrets.is_shared(address) else None,
        **known,
    )


def _note_caller(refusal: Refusal) -> None:
    g.is_refused = True
    journal = observability().journal
    observability().refusals.note(
        refusal,
        lambda: journal.refusal(
            address=refusal.address, path=refusal.path, status=refusal.status, code=refusal.code, bot=None
        ),
    )


def _bot_concerned() -> str | None:
    """Return whose alert it is, or whose it says that it is, where there is such a bot."""
    # That broken JSON came with the right secret tells the owner that it is his own alert.
    bot: Bot | None = g.get("bot") or (bot_outside_body() if "alert" not in g else None)
    if bot is not None:
        return bot.id
    named = bot_named_in(g.get("alert", {}))
    try:
        is_known = isinstance(named, str) and operations().bots.knows(named)
    except StoreError:
        return None
    return named if is_known else None
