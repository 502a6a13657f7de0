"""The daily login at Fyers: the operator asks for a link, the browser comes back with a code."""

import logging
from html import escape

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import read_request
from app.blueprints.authentication import operator, operator_alone, public
from app.blueprints.door import note_visitor
from app.blueprints.envelope import error_body
from app.domain.broker_logins import INDIA, Login
from app.domain.json_codec import timestamp
from app.errors import AppError, FyersNotConfigured, LoginLinkRefused, RefreshRefused
from app.schemas.operator import AuthCodeSchema, load
from app.services.broker_login.login import FyersLogin
from app.wiring.container import brokers

CODE = AuthCodeSchema()
LONGEST_TOLD = 200

_logger = logging.getLogger(__name__)

bp = Blueprint("login", __name__)
bp.before_request(operator)
# A browser that Fyers sends back has no bearer: the state in its address is its key.
callback = Blueprint("login_callback", __name__)
callback.before_request(public)


@bp.get("/auth-url")
def login_url() -> ResponseReturnValue:
    """Give the link at which a person logs in to Fyers, good once and for ten minutes.

    A browser, or `?redirect=1`, is sent there at once.
    """
    # Whoever has the link decides whose account this service trades in: no viewer gets one.
    operator_alone()
    link = _fyers().link()
    if request.args.get("redirect") == "1" or request.accept_mimetypes.best == "text/html":
        return Response(status=302, headers={"Location": link.url})
    body = {"status": "ok", "url": link.url, "expires_at": timestamp(link.expires_at)}
    return jsonify(body)


@callback.get("/auth-callback")
def finish_login() -> ResponseReturnValue:
    """Finish a login when Fyers sends the browser back, and say so on a plain page."""
    message = request.args.get("message", "")[:LONGEST_TOLD]
    try:
        login = _fyers().finish(_state(), _code(), message)
    except (FyersNotConfigured, LoginLinkRefused) as error:
        # Anybody may call this address: a line each would let him fill the logs.
        note_visitor(error)
        return _page("No new login", error.message, link=error.details.get("link")), error.status
    except AppError as error:
        _logger.warning("A login at Fyers failed: %s", error.message)
        return _page("No new login", error.message, link=error.details.get("link")), error.status
    return _page("Logged in", f"Valid until {_in_india(login)}. You may close this page.")


@bp.post("/generate-token")
def generate_token() -> ResponseReturnValue:
    """Log in with the code that Fyers put into the address after a login."""
    _fyers().exchange(load(CODE, read_request())["auth_code"])
    return jsonify({"status": "ok", "login": _fyers().view()})


@bp.post("/refresh-token")
def refresh_token() -> ResponseReturnValue:
    """Try to renew the token without a person.

    Fyers has ended this in April 2026; where it refuses, the answer has the link at which to log in.
    """
    try:
        _fyers().refresh()
    except RefreshRefused as error:
        link = _fyers().link()
        body = error_body(error.code, error.message)
        return jsonify(body | {"login_url": link.url, "expires_at": timestamp(link.expires_at)}), error.status
    return jsonify({"status": "ok", "login": _fyers().view()})


def _fyers() -> FyersLogin:
    fyers = brokers().fyers
    if fyers is None:
        raise FyersNotConfigured(
            "Set FYERS_APP_ID, FYERS_SECRET_ID and FYERS_REDIRECT_URI to log in to Fyers."
        )
    return fyers.login


def _state() -> str:
    state = request.args.get("state", "")
    if not state:
        raise LoginLinkRefused("The address has no state; start at the link of GET /auth-url.")
    return state


def _code() -> str | None:
    """Return the login's code; `code` alone may also be a status like 200 or -1."""
    if request.args.get("s", "ok") != "ok":
        return None
    code = request.args.get("auth_code") or request.args.get("code", "")
    return code if code and not code.lstrip("-").isdigit() else None


def _in_india(login: Login) -> str:
    return f"{login.expires_at.astimezone(INDIA):%d %B %Y, %H:%M} in India"


def _page(title: str, text: str, *, link: str | None = None) -> Response:
    again = f'<p><a href="{escape(link)}">Log in again</a></p>' if link is not None else ""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    body = f"<!doctype html><html lang=en>{head}<h1>{title}</h1><p>{escape(text)}</p>{again}</html>\n"
    return Response(body, content_type="text/html; charset=utf-8")
