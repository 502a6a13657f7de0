"""Who is calling: by a token in the `Authorization` header, or by the cookie of a session."""

from urllib.parse import urlsplit

from flask import Response, g, request

from app.dataclass import dataclass
from app.domain.sessions import LONGEST, Role, Session
from app.errors import CrossSiteRequest
from app.wiring.container import operations, services

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What a page asks by itself while it is open: no action of a person's.
POLLS = frozenset({"/api/changes", "/api/overview"})
# What an open page reads by itself says so; it keeps nobody signed in.
UNATTENDED = "X-Unattended"
COOKIE, SECURE_COOKIE = "gatehouse", "__Host-gatehouse"
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A caller who is let in; without a session he has sent a token."""

    role: Role
    session: Session | None


def visitor() -> Visitor | None:
    """Return who calls, None where nobody knows him."""
    if "visitor" not in g:
        g.visitor = _known()
    found: Visitor | None = g.visitor
    return found


def bearer() -> str:
    """Return the token of the `Authorization` header; nothing where there is none."""
    kind, _, presented = request.headers.get("Authorization", "").partition(" ")
    return presented.strip() if kind.lower() == "bearer" else ""


def sends_token() -> bool:
    """Tell whether the caller tries to be let in by a token, right or wrong."""
    # A proxy's own Basic does not stand for anything here where a session comes along.
    kind = request.headers.get("Authorization", "").partition(" ")[0].lower()
    return "Authorization" in request.headers and (kind == "bearer" or sent_cookie() is None)


def sent_cookie() -> str | None:
    """Return the cookie of a session, if one came."""
    return request.cookies.get(_cookie_name()) or None


def is_own_page() -> bool | None:
    """Tell whether a page of our own made the request; None where the browser says nothing of it."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return None if origin is None else _origin(origin) in _own_origins()


def refuse_other_sites() -> None:
    """Refuse a change that a session's cookie would allow, unless a page of our own asks for it."""
    if not is_own_page():
        raise CrossSiteRequest(
            "A change needs a request from the dashboard's own page: reload it under the address "
            "at which you signed in. Programs send Authorization: Bearer <OPERATOR_TOKEN>."
        )


def give_cookie(response: Response, cookie: str) -> None:
    """Let the browser keep a session's cookie, out of reach of scripts and of other sites."""
    seconds = int(LONGEST.total_seconds())
    response.set_cookie(
        _cookie_name(), cookie, max_age=seconds, secure=_is_secure(), httponly=True, samesite="Strict"
    )


def take_cookie(response: Response) -> None:
    """Let the browser forget the cookie."""
    response.delete_cookie(_cookie_name(), secure=_is_secure(), httponly=True, samesite="Strict")


def _known() -> Visitor | None:
    if sends_token():
        role = _role_of_bearer()
        return None if role is None else Visitor(role, None)
    cookie = sent_cookie()
    if cookie is None:
        return None
    session = operations().sessions.find(cookie, is_action=_is_action())
    return None if session is None else Visitor(session.role, session)


def _is_action() -> bool:
    """Tell whether a person asks: neither a poll, nor a page that reads while nobody is at it."""
    return request.path not in POLLS and not (request.method == "GET" and UNATTENDED in request.headers)


def _role_of_bearer() -> Role | None:
    presented = bearer()
    return operations().sessions.role_of(presented) if presented else None


def _cookie_name() -> str:
    return SECURE_COOKIE if _is_secure() else COOKIE


def _is_secure() -> bool:
    """Tell whether the browser came by HTTPS: a proxy says so, or the address is the public one."""
    return request.is_secure or (_public_url().startswith("https://") and _is_public_host())


def _is_public_host() -> bool:
    return urlsplit(_public_url()).netloc.lower() == request.host.lower()


def _public_url() -> str:
    return services().settings.public_url or ""


def _own_origins() -> set[tuple[str, str, int] | None]:
    own = {_origin(request.host_url), _origin(_public_url())}
    return own - {None}


def _origin(address: str) -> tuple[str, str, int] | None:
    """Take an origin apart, so that a port that goes without saying makes no difference."""
    try:
        parts = urlsplit(address)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return None if parts.hostname is None or port is None else (parts.scheme, parts.hostname, port)
