"""What the dashboard's own addresses take and answer."""

from app.blueprints.api.openapi.operation import Operation
from app.schemas.dashboard import ChangesQuerySchema

TAG = "Dashboard"

DASHBOARD_OPERATIONS: dict[str, Operation] = {
    "api.list_changes": Operation(tag=TAG, query=ChangesQuerySchema(), answers={200: ("Changes",)}),
    "api.show_overview": Operation(tag=TAG, answers={200: ("Overview",)}),
    "api.list_brokers": Operation(tag=TAG, answers={200: ("BrokerCards",)}),
    "api.test_notifications": Operation(tag=TAG, answers={202: ("Sent",)}),
}
