"""What `/api/analytics` answers."""

from app.blueprints.api.openapi.holding_shapes import REASON
from app.blueprints.api.openapi.report_shapes import DAY
from app.blueprints.api.openapi.shapes import (
    DECIMAL,
    OR_DECIMAL,
    OR_TEXT,
    TEXT,
    Shape,
    list_of,
    object_of,
    or_null,
    record_shape,
    words_of,
)
from app.domain.analytics.calibration import Fate, FateGain, Reliability
from app.domain.analytics.latency import LatencyStage
from app.domain.analytics.performance import Performance
from app.domain.orders import OrderType
from app.domain.structures.kinds import StructureKind

COUNT: Shape = {"type": "integer", "minimum": 0}
CURRENCY = OR_TEXT | {"description": "Null where nobody has seen the account yet."}
PENDING = COUNT | {"description": "Older days that the clock has not added up yet; they are left out."}
RANGE: dict[str, Shape] = {"from": DAY, "to": DAY}

FIGURES = record_shape(Performance) | {
    "trades": COUNT | {"description": "That went flat; of `win_rate` and `expectancy` less `unpriced`."},
    "unpriced": COUNT | {"description": "Of which nobody knows at what price they left."},
    "realized_gain": DECIMAL | {"description": "After fees."},
    "win_rate": OR_DECIMAL | {"description": "A fraction; null without trades."},
    "average_loss": OR_DECIMAL | {"description": "Negative."},
    "profit_factor": OR_DECIMAL | {"description": "What was won by what was lost; null without a loss."},
    "expectancy": OR_DECIMAL | {"description": "What a trade brought on average."},
    "holding_seconds": or_null(COUNT) | {"description": "How long a trade was held on average."},
}
# Where there are several currencies, what is of all trades has no amounts.
TOGETHER = FIGURES | {
    "currency": OR_TEXT | {"description": "Null where there are several, or none."},
    "realized_gain": OR_DECIMAL | {"description": "After fees; null where there are several currencies."},
    "fees": OR_DECIMAL,
}
KIND = or_null(words_of(StructureKind)) | {"description": "Null for shares, coins and single contracts."}
_NAMES: dict[str, Shape] = {"bot": TEXT, "symbol": TEXT, "day": DAY, "structure": KIND}


def _rows(name: str) -> Shape:
    return list_of(object_of({name: _NAMES[name], "currency": CURRENCY} | FIGURES))


PERFORMANCE = object_of(
    TOGETHER
    | {"by_currency": list_of(object_of({"currency": CURRENCY} | FIGURES))}
    | {f"by_{name}": _rows(name) for name in _NAMES}
    | RANGE
    | {"pending_days": PENDING}
)


def _series(value: str) -> Shape:
    pair: Shape = {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2}
    return list_of(pair) | {"maxItems": 500, "description": value}


CURVE: dict[str, Shape] = {
    "broker": OR_TEXT,
    "currency": OR_TEXT,
    "points": _series("Time and worth."),
    "drawdown": _series("Time and fraction below the highest worth before, at the same times."),
    "max_drawdown": OR_DECIMAL | {"description": "A fraction; null without points."},
    "count": COUNT | {"description": "How many points were taken in all."},
}
EQUITY = object_of(CURVE | {"accounts": list_of(object_of(CURVE))} | RANGE)

TOLD: dict[str, Shape] = RANGE | {"pending_days": PENDING}
MILLISECONDS = or_null({"type": "number", "minimum": 0})
LATENCY = object_of(
    {
        "alerts": COUNT,
        "stages": list_of(
            object_of(
                {"stage": words_of(LatencyStage), "n": COUNT}
                | dict.fromkeys(("p50", "p95", "p99"), MILLISECONDS)
            )
        ),
    }
    | TOLD
)
SPREAD: dict[str, Shape] = {
    "n": COUNT,
    "median": OR_DECIMAL | {"description": "In basis points; positive is worse than the alert's price."},
    "p95": OR_DECIMAL,
}
SLIPPAGE = object_of(
    SPREAD
    | {
        "by_symbol": list_of(object_of({"symbol": TEXT} | SPREAD)),
        "by_type": list_of(object_of({"type": words_of(OrderType)} | SPREAD)),
    }
    | TOLD
)
REASONS = list_of(object_of({"reason": REASON, "count": COUNT}))
FUNNEL = object_of(
    {
        "alerts": COUNT,
        "entered": COUNT | {"description": "With an entry that a broker took, or may have taken."},
        "filled": COUNT | {"description": "Of which something filled."},
        "closed": COUNT | {"description": "Trades that went flat in the time."},
    }
)
REFUSED = object_of(
    {
        "alerts": COUNT,
        "refused": COUNT,
        "by_reason": REASONS | {"description": "The most frequent first."},
        "by_day": list_of(object_of({"day": DAY, "alerts": COUNT, "reasons": REASONS})),
        "funnel": FUNNEL,
    }
    | TOLD
)
GAIN_OF_FATE = object_of(
    record_shape(FateGain)
    | {"average_gain": OR_DECIMAL | {"description": "A fraction of what was entered, of the `known` ones."}}
)
OPINIONS = object_of(
    {
        "opinions": COUNT,
        "known": COUNT | {"description": "Of which it is known what came of them."},
        "failed": COUNT | {"description": "Where the analyst gave none."},
        "brier_score": OR_DECIMAL | {"description": "0 is perfect, 0.25 is a coin's; of those for a trade."},
        "reliability": list_of(
            object_of(
                record_shape(Reliability)
                | {
                    "rate": OR_DECIMAL | {"description": "The fraction of the `known` ones that was right."},
                    "confidence": OR_DECIMAL | {"description": "Their average."},
                }
            )
        )
        | {"description": "Ten tenths of confidence, of opinions that were for a trade."},
    }
    | {fate.value: GAIN_OF_FATE for fate in Fate}
    | {"tokens": COUNT}
    | TOLD
)

ANALYTICS: dict[str, Shape] = {
    "AnalyticsPerformance": PERFORMANCE,
    "AnalyticsEquity": EQUITY,
    "AnalyticsLatency": LATENCY,
    "AnalyticsSlippage": SLIPPAGE,
    "AnalyticsRefusals": REFUSED,
    "AnalyticsOpinions": OPINIONS,
}
