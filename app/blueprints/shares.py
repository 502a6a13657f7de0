"""Where a one-time link leads: a page with a button, and behind it what there is to copy."""

from html import escape

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import public
from app.blueprints.door import note_visitor
from app.blueprints.security_headers import CONTENT_POLICY
from app.errors import ShareOver
from app.wiring.container import operations

HEADERS = {
    CONTENT_POLICY: "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex",
}
ASSET_HEADERS = {"Cache-Control": "public, max-age=3600"}
STYLE = """\
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 40rem; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
label { display: block; font-weight: 600; margin-top: 1.25rem; }
textarea { box-sizing: border-box; font: 0.9375rem/1.4 ui-monospace, monospace; width: 100%; }
textarea { overflow-wrap: anywhere; padding: 0.5rem; }
button { font: inherit; min-height: 44px; padding: 0.5rem 1rem; width: 100%; }
"""
# Without it the texts are there to be selected, and no button says what it cannot do.
SCRIPT = """\
"use strict";
const told = document.getElementById("told");
for (const button of document.querySelectorAll("button[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.focus();
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      told.textContent = button.dataset.done;
    } catch {
      told.textContent = "Your browser does not let this page copy: the text is selected, copy it by hand.";
    }
  });
}
"""
HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>{title}</title><link rel="stylesheet" href="/share/page.css">'
)
FIELD = (
    "<label for={name}>{title}</label>"
    "<textarea id={name} readonly rows={rows} spellcheck=false autocomplete=off>\n{text}</textarea>"
    '<button type=button hidden data-copies={name} data-done="{title} copied.">Copy {label}</button>'
)

bp = Blueprint("shares", __name__)
# Whoever has the link may look, once: it is its own key.
bp.before_request(public)


@bp.get("/share/<token>")
def show_button(token: str) -> ResponseReturnValue:
    """Show a button; a preview of the link opens nothing."""
    try:
        until = operations().sharing.waiting_until(token)
    except ShareOver as error:
        return _over(error)
    told = f"It is shown once, until {until:%H:%M} UTC. Have TradingView's alert dialog at hand."
    form = "<form method=post><p><button>Show address and message</button></p></form>"
    return _page("Your alert's address and message", f"<p>{told}</p>{form}")


@bp.post("/share/<token>")
def reveal(token: str) -> ResponseReturnValue:
    """Show address and message, for the only time."""
    try:
        words = operations().sharing.reveal(token)
    except ShareOver as error:
        return _over(error)
    address = _field("address", "webhook URL", words.address, 3)
    message = _field("message", "message", words.message, 12)
    told = "<p>Copy both now: this page cannot be opened again. The message has your secret in it.</p>"
    copying = '<p id=told role=status></p><script src="/share/page.js" defer></script>'
    return _page("Paste these into TradingView", f"{told}{address}{message}{copying}")


@bp.get("/share/page.js")
def script() -> ResponseReturnValue:
    """Answer the script of the page's copy buttons."""
    return Response(SCRIPT, content_type="text/javascript; charset=utf-8", headers=ASSET_HEADERS)


@bp.get("/share/page.css")
def style() -> ResponseReturnValue:
    """Answer the style of the page."""
    return Response(STYLE, content_type="text/css; charset=utf-8", headers=ASSET_HEADERS)


def _field(name: str, label: str, text: str, rows: int) -> str:
    title = label[0].upper() + label[1:]
    return FIELD.format(name=name, label=label, title=title, rows=rows, text=escape(text))


def _over(error: ShareOver) -> ResponseReturnValue:
    note_visitor(error)
    return _page("Nothing to show", f"<p>{escape(error.message)}</p>"), error.status


def _page(title: str, content: str) -> Response:
    head = HEAD.format(title=escape(title))
    body = f'<!doctype html><html lang="en">{head}<main><h1>{escape(title)}</h1>{content}</main></html>\n'
    return Response(body, content_type="text/html; charset=utf-8", headers=HEADERS)
