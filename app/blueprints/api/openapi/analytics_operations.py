"""What `/api/analytics` takes and answers."""

from app.blueprints.api.openapi.operation import Operation
from app.schemas.analytics import AnalyticsQuerySchema


def _look(component: str, *errors: int) -> Operation:
    return Operation(
        tag="Analytics",
        query=AnalyticsQuerySchema(),
        answers={200: (component,)},
        # Days in the wrong order, or too many of them.
        errors=(409, *errors),
    )


ANALYTICS_OPERATIONS: dict[str, Operation] = {
    "api.show_performance": _look("AnalyticsPerformance"),
    "api.show_latency": _look("AnalyticsLatency"),
    "api.show_slippage": _look("AnalyticsSlippage"),
    "api.show_refused_alerts": _look("AnalyticsRefusals"),
    "api.show_opinions": _look("AnalyticsOpinions"),
    "api.show_equity": _look("AnalyticsEquity", 404),
}
