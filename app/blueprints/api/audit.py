"""`/api/audit`: who changed what."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.domain.json_codec import to_json
from app.errors import NotFound
from app.repositories.audit import AuditQuery
from app.schemas.operator import AuditQuerySchema, load
from app.wiring.container import operations

QUERY = AuditQuerySchema()


@bp.get("/audit")
def list_audit() -> ResponseReturnValue:
    """List who changed what, and what was ordered by hand, newest first.

    `next` continues behind the last one; where few lines fit, a page may be short although more follow.
    """
    query = load(QUERY, request.args)
    after, limit, day = (query.pop(name) for name in ("after", "limit", "date"))
    if after is not None and not operations().audit.has(after):
        raise NotFound(f"There is no line {after} to go on behind; leave out `after`.")
    page = operations().audit.page(AuditQuery(**query, day=day), after=after, limit=limit)
    return jsonify({"audit": to_json(page.lines), "next": to_json(page.next)})
