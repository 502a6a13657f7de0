"""What the dashboard's own addresses take and answer."""

from app.blueprints.api.openapi.operation import Operation
from app.schemas.dashboard import ChangesQuerySchema

TAG = "Dashboard"

DASHBOARD_OPERATIONS: dict[str, Operation] = {
    "api.list_changes": Operation(tag=TAG, query=ChangesQuerySchema(), answers={200: ("Changes",)}),
}
