"""Plain pages that need neither script nor style."""

from html import escape

from flask import Response

from app.blueprints.security_headers import CONTENT_POLICY, FORM


def html_page(title: str, *texts: str, form: str = "", status: int = 200) -> Response:
    """Write a page; `form` is markup, everything else is text."""
    told = "".join(f"<p>{escape(text)}</p>" for text in texts if text)
    shown = escape(title)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{shown}</title>'
    body = (
        f"<!doctype html><html lang=en><head>{head}</head><body><main><h1>{shown}</h1>{told}{form}</main>"
        "</body></html>\n"
    )
    response = Response(body, status=status, content_type="text/html; charset=utf-8")
    response.headers[CONTENT_POLICY] = FORM
    return response
