"""Who may call what. Every blueprint names one of these functions as its `before_request`."""

import ipaddress
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask import g, request

from app.blueprints.visitor import (
    SAFE_METHODS,
    Visitor,
    bearer,
    refuse_other_sites,
    sends_token,
    sent_cookie,
    visitor,
)
from app.domain.bots import BOT_ID, Bot
from app.domain.sessions import Role
from app.domain.signals import SECRET_FIELDS
from app.errors import (
    InvalidRequest,
    NotAuthenticated,
    RoleViewer,
    StoreError,
    TokenAgain,
)
from app.logs import register_secrets
from app.repositories.bots import BotDirectory
from app.schemas.entry import DialectEntry
from app.services.schedulers.google_tokens import looks_like_a_token
from app.wiring.container import intake, operations, services

SECRET_HEADERS = ("X-Bot-Secret", "X-Webhook-Secret")
AGAIN_HEADER = "X-Operator-Token"
UNKNOWN = "unknown"
LARGEST_OPERATOR_BODY = 1024 * 1024


def public() -> None:
    """Let everybody in; the views tell nothing that only some may know."""


def operator() -> None:
    """Let in who presents the operator's token or a session; a viewer only where nothing changes."""
    request.max_content_length = LARGEST_OPERATOR_BODY
    known_visitor()
    if request.method not in SAFE_METHODS:
        operator_alone()
    _refuse_twice()


def operator_or_scheduler() -> None:
    """Let in the operator, or Google's schedulers by a token of the one account that may call here."""
    callers, presented = operations().google_callers, bearer()
    if callers is None or visitor() is not None or not looks_like_a_token(presented):
        operator()
        return
    callers.check(presented)
    _refuse_twice()


def caller_by_any_method() -> None:
    """Let in who presents a token or a session, a viewer for changes too; the views say what he may."""
    known_visitor()
    _refuse_twice()


def known_visitor() -> Visitor:
    """Return who calls; raise NotAuthenticated, and CrossSiteRequest where another site's page does."""
    caller = visitor()
    if caller is None:
        raise NotAuthenticated(_unknown_because())
    if caller.session is not None and request.method not in SAFE_METHODS:
        refuse_other_sites()
    return caller


def operator_alone() -> None:
    """Refuse a viewer."""
    if known_visitor().role is not Role.OPERATOR:
        raise RoleViewer("You are signed in as a viewer, who sees everything and changes nothing.")


def token_again(deed: str) -> None:
    """Let a session do what is dangerous only while its token was given a short while ago.

    The token may come with the call itself; whoever sends it as Bearer is asked nothing.
    """
    session = known_visitor().session
    if session is None or session.knows_token(services().clock()):
        return
    presented = request.headers.get(AGAIN_HEADER)
    if presented is None:
        raise TokenAgain(f"To {deed}, give your token again: send it with the call as {AGAIN_HEADER}.")
    if operations().sessions.role_of(presented) is not Role.OPERATOR:
        address = caller_address()
        refusal = TokenAgain(f"The token in {AGAIN_HEADER} is wrong.")
        answered = operations().wrong_tokens.judge(address, refusal)
        if answered is refusal:
            operations().sessions.refused(address=address, by=AGAIN_HEADER)
        raise answered
    operations().sessions.token_given(session)


def _unknown_because() -> str:
    if sends_token():
        return "The operator's token is wrong."
    if sent_cookie() is not None:
        return "Your session is over; sign in again."
    return "Send the header Authorization: Bearer <OPERATOR_TOKEN>."


def caller_address() -> str:
    """Return the address that the trusted hop told, or `unknown`; IPv4 the plain way."""
    try:
        caller = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return UNKNOWN
    return str(getattr(caller, "ipv4_mapped", None) or caller)


def _refuse_twice() -> None:
    """Refuse a parameter that comes twice: whichever was read, the other may have been meant."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise InvalidRequest(f"`{name}` comes {len(values)} times in the query; give it once.")


def account_holder() -> None:
    """Let in who presents the account's secret in the address, unless it is one request too many."""
    presented = g.account_secret
    if not operations().account.accepts(presented):
        raise NotAuthenticated("The secret in the address is not the account's.")
    _never_show(presented)
    intake().account_limit.take(is_exit=g.is_exit)


def is_known() -> bool:
    """True when the request carries a token or a session."""
    return visitor() is not None


class SecretPlace(StrEnum):
    """Where an alert's secret is looked for: what other services keep in a body is none of ours."""

    BODY_FIRST = "body_first"
    ADDRESS_FIRST = "address_first"
    ADDRESS = "address"

    @classmethod
    def of(cls, entry: DialectEntry | None) -> "SecretPlace":
        """Return the place for an alert of a dialect; None: nobody can tell which it is."""
        if entry is None:
            return cls.ADDRESS_FIRST
        return cls.ADDRESS if entry.is_foreign else cls.BODY_FIRST


def bot_of(bots: BotDirectory, alert: dict[str, Any], named: Any, entry: DialectEntry | None) -> Bot:
    """Return the bot whose secret came with the alert; raise NotAuthenticated or NotFound."""
    where = SecretPlace.of(entry)
    if isinstance(named, str) and named and not BOT_ID.fullmatch(named):
        raise NotAuthenticated("The secret is wrong.")
    presented = _presented(alert) if where is SecretPlace.BODY_FIRST else _presented_outside()
    if presented is None and where is SecretPlace.ADDRESS_FIRST:
        presented = _presented(alert)
    try:
        bot = bots.authenticate(presented, named if isinstance(named, str) and named else None)
    except NotAuthenticated as error:
        raise NotAuthenticated(f"{error.message}{_which_counts(alert, where)}") from error
    _never_show(presented)
    return bot


def bot_outside_body() -> Bot | None:
    """Return the bot whose secret stands in the query or a header, where the body could not be read."""
    try:
        return operations().bots.authenticate(_presented_outside(), None)
    except (NotAuthenticated, StoreError):
        return None


def _presented(alert: dict[str, Any]) -> str | None:
    # Most alerts carry it in the body: the query and the headers are not read for them.
    field = _secret_field(alert)
    return str(alert[field]) if field is not None else _presented_outside()


def _secret_field(alert: dict[str, Any]) -> str | None:
    return next((name for name in SECRET_FIELDS if isinstance(alert.get(name), str) and alert[name]), None)


def _presented_outside() -> str | None:
    in_headers = (request.headers.get(name) for name in SECRET_HEADERS)
    return next((value for value in in_headers if value), None) or _in_query()


def _in_query() -> str | None:
    given = request.args.getlist("secret")
    if len(given) > 1:
        raise NotAuthenticated("The address has more than one secret; give it once.")
    return given[0] or None if given else None


def _which_counts(alert: dict[str, Any], where: SecretPlace) -> str:
    """Said whether the other one is right or not: it must not become an oracle."""
    if where is SecretPlace.ADDRESS:
        return " An alert that was written for another service brings it in the address, as ?secret=."
    if where is SecretPlace.ADDRESS_FIRST:
        return ""
    field = _secret_field(alert)
    if field is None or _presented_outside() is None:
        return ""
    return (
        f" Of several the one in the body counts: `{field}` there is not the bot's; leave it out or mend it."
    )


@lru_cache(maxsize=1024)
def _never_show(secret: str | None) -> None:
    """Only now is it known: of a bot's secret no more than a digest is stored."""
    if secret is not None:
        register_secrets(secret)
