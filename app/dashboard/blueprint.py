"""Serves the dashboard: its one page at every address that it shows, the files of its build, and `/stop`."""

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.blueprints.authentication import public
from app.blueprints.security_headers import CONTENT_POLICY, PAGE
from app.dashboard.files import BUILD, BuiltFile, BuiltFiles
from app.dashboard.pages import html_page
from app.dashboard.stop import show_stop, stop

# Where the page may be opened; which of its screens it then shows is its own affair.
PATHS = (
    *("/", "/setup", "/setup/builder", "/brokers", "/bots", "/bots/<bot>", "/new-bot"),
    *("/logs", "/logs/activity", "/logs/refusals", "/tickets/<ticket>", "/approvals"),
    *("/trades", "/trades/<number>", "/analytics", "/jobs", "/jobs/<job>", "/settings"),
)
FOR_EVER = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
NOT_BUILT = (
    "The dashboard has not been built: run npm ci and npm run build in app/dashboard. "
    "Alerts, the API and the command line work without it."
)
# What stands beside the page under a name of its own.
LOOSE_FILES = ("favicon.svg", "manifest.webmanifest", "robots.txt")

bp = Blueprint("dashboard", __name__)
# The page holds no data: it asks the API, which wants a session.
bp.before_request(public)


def show_page(**_: str) -> ResponseReturnValue:
    """Give the page."""
    page = _files().find("index.html")
    if page is None:
        return html_page("Gatehouse", NOT_BUILT)
    response = _sent(page, ASKED_AGAIN)
    response.headers[CONTENT_POLICY] = PAGE
    return response


for path in PATHS:
    bp.add_url_rule(path, "show_page", show_page, methods=["GET"])


bp.add_url_rule("/stop", "show_stop", show_stop, methods=["GET"])
bp.add_url_rule("/stop", "stop", stop, methods=["POST"])


@bp.get("/assets/<path:name>")
def give_asset(name: str) -> ResponseReturnValue:
    """Give a file whose name tells its content; one that is gone is 404 and never the page."""
    found = _files().find(f"assets/{name}")
    if found is None:
        raise NotFound
    return _sent(found, FOR_EVER)


@bp.get("/favicon.ico")
def give_icon() -> ResponseReturnValue:
    """Give the icon that browsers ask for unasked."""
    found = _files().find("favicon.ico") or _files().find("favicon.svg")
    return Response(status=204) if found is None else _sent(found, ASKED_AGAIN)


def give_loose_file() -> ResponseReturnValue:
    """Give a file that has a fixed name."""
    found = _files().find(request.path.lstrip("/"))
    if found is None:
        raise NotFound
    return _sent(found, ASKED_AGAIN)


for name in LOOSE_FILES:
    bp.add_url_rule(f"/{name}", "give_loose_file", give_loose_file, methods=["GET"])


def _sent(file: BuiltFile, caching: str) -> Response:
    wants_less = file.compressed is not None and request.accept_encodings["gzip"] > 0
    content = file.compressed if wants_less and file.compressed is not None else file.content
    response = Response(content, content_type=file.content_type)
    response.headers["Cache-Control"] = caching
    if file.compressed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if wants_less:
        response.headers["Content-Encoding"] = "gzip"
    # Whole and compressed are the same thing, byte by byte they are not: the tag is a weak one.
    response.set_etag(file.digest, weak=True)
    response.make_conditional(request)
    return response


def _files() -> BuiltFiles:
    files: BuiltFiles = current_app.extensions.setdefault("gatehouse_dashboard", BuiltFiles(BUILD))
    return files
