"""What the dashboard's own addresses take and answer."""

from app.blueprints.api.openapi.operation import Operation
from app.schemas.dashboard import ChangesQuerySchema, LogQuerySchema

TAG = "Dashboard"

DASHBOARD_OPERATIONS: dict[str, Operation] = {
    "api.list_changes": Operation(tag=TAG, query=ChangesQuerySchema(), answers={200: ("Changes",)}),
    "api.show_overview": Operation(tag=TAG, answers={200: ("Overview",)}),
    "api.list_brokers": Operation(tag=TAG, answers={200: ("BrokerCards",)}),
    "api.list_bot_cards": Operation(tag=TAG, answers={200: ("BotCards",)}),
    "api.list_activity": Operation(tag=TAG, query=LogQuerySchema(), answers={200: ("Logs",)}),
    "api.list_settings": Operation(tag=TAG, answers={200: ("Settings",)}),
    "api.list_reasons": Operation(tag=TAG, answers={200: ("Reasons",)}),
    "api.show_bot_schema": Operation(tag=TAG, answers={200: ("BotKeys",)}),
    "api.send_test_alert": Operation(
        tag=TAG, answers={200: ("TestAlertAnswer",), 202: ("TestAlertAnswer",)}, errors=(409, 413), once=True
    ),
    "api.test_notifications": Operation(tag=TAG, answers={202: ("Sent",)}),
}
