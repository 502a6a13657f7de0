"""`/api/session`: sign in to the dashboard, see as what, sign out."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import read_request
from app.blueprints.authentication import (
    caller_address,
    caller_by_any_method,
    known_visitor,
    operator_alone,
    public,
)
from app.blueprints.visitor import give_cookie, is_own_page, take_cookie
from app.domain.audit import Actor
from app.domain.json_codec import to_json
from app.domain.sessions import Session
from app.errors import CrossSiteRequest, NotAuthenticated
from app.schemas.operator import load
from app.schemas.sessions import LinkSignInSchema, SignOutSchema, TokenSignInSchema
from app.wiring.container import operations

TOKEN, LINK, SIGN_OUT = TokenSignInSchema(), LinkSignInSchema(), SignOutSchema()

bp = Blueprint("session", __name__, url_prefix="/api")
bp.before_request(caller_by_any_method)
# The token, or the link's code, stands in the body.
sign_in = Blueprint("sign_in", __name__, url_prefix="/api")
sign_in.before_request(public)


@sign_in.post("/session")
def begin_session() -> ResponseReturnValue:
    """Sign in with the operator's or the viewer's token, or with the code of a printed link.

    The answer sets a cookie that scripts cannot read. From the sixth wrong one in a minute: 429.
    """
    if is_own_page() is False:
        # Else any page in the owner's browser could use up the attempts of his address.
        raise CrossSiteRequest("Sign in on the dashboard's own page.")
    wanted = read_request()
    is_link = "start" in wanted
    given = load(LINK if is_link else TOKEN, wanted)
    try:
        cookie, session = _by_link(given["start"]) if is_link else _by_token(given["token"])
    except NotAuthenticated as error:
        address = caller_address()
        answered = operations().wrong_tokens.judge(address, error)
        if answered is error:
            operations().sessions.refused(address=address, by="link" if is_link else "token")
        raise answered from error
    response = _told(session)
    give_cookie(response, cookie)
    return response


@bp.get("/session")
def show_session() -> ResponseReturnValue:
    """Tell as what one is signed in, and until when; a token by itself has no end."""
    caller = known_visitor()
    if caller.session is not None:
        return _told(caller.session)
    return jsonify({"role": caller.role.value, "expires_at": None})


@bp.delete("/session")
def end_session() -> ResponseReturnValue:
    """Sign out; `everywhere` ends every session, those of viewers too."""
    caller = known_visitor()
    if load(SIGN_OUT, request.args)["everywhere"]:
        operator_alone()
        operations().sessions.end_all(by=Actor.OPERATOR)
    elif caller.session is not None:
        operations().sessions.end(caller.session)
    response = Response(status=204)
    take_cookie(response)
    return response


def _by_token(token: str) -> tuple[str, Session]:
    role = operations().sessions.role_of(token)
    if role is None:
        raise NotAuthenticated("The token is wrong.", is_guess=True)
    return operations().sessions.begin(role, address=caller_address(), by="token")


def _by_link(code: str) -> tuple[str, Session]:
    return operations().sessions.begin_by_code(code, address=caller_address())


def _told(session: Session) -> Response:
    return jsonify({"role": session.role.value, "expires_at": to_json(session.expires_at)})
