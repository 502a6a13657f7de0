"""`/api/share`: a link that takes an alert's address and message to another device."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.domain.json_codec import timestamp
from app.schemas.operator import load
from app.schemas.sharing import ShareSchema
from app.services.sharing.service import SharedWords
from app.wiring.container import operations, services

SHARE = ShareSchema()


@bp.post("/share")
def share() -> ResponseReturnValue:
    """Make a link that shows an address and a message once, within ten minutes.

    What it shows is kept encrypted by the link's own key, and is gone once it was shown. Looking at the link
    shows nothing yet: a click does.
    """
    wanted = load(SHARE, read_request())
    link = operations().sharing.share(SharedWords(wanted["address"], wanted["message"]))
    base = services().settings.public_url or request.host_url.rstrip("/")
    return jsonify({"url": f"{base}/share/{link.token}", "expires_at": timestamp(link.expires_at)})
