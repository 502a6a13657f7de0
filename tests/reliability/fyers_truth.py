"""What the simulated Fyers holds, under our names."""

from collections.abc import Iterable
from decimal import Decimal

from app.brokers.fyers.tags import digest, digest_in, tagged
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, OrderStatus, family_name
from tests.reliability.truth import Placed, Row, Truth

STATUSES = {
    1: OrderStatus.CANCELED,
    2: OrderStatus.FILLED,
    4: OrderStatus.PENDING,
    5: OrderStatus.REJECTED,
    6: OrderStatus.ACCEPTED,
    7: OrderStatus.EXPIRED,
}
STOPS = frozenset({3, 4})


def fyers_truth(
    rows: list[Row], positions: list[Row], symbols: dict[str, str], names: Iterable[str]
) -> Truth:
    """Return what rows of orders and positions say; `names` are those that may have been sent."""
    by_digest, by_id = {digest(name): name for name in names}, {row["id"]: row for row in rows}
    return Truth(
        [_placed(row, _name(row, by_id, by_digest), symbols[row["symbol"]]) for row in rows],
        {symbols[row["symbol"]]: Decimal(row["netQty"]) for row in positions},
    )


def _placed(row: Row, name: str, symbol: str) -> Placed:
    filled, status = Decimal(row["filledQty"]), STATUSES[row["status"]]
    if filled and not status.is_final:
        status = OrderStatus.PARTIALLY_FILLED
    return Placed(
        name,
        symbol,
        int(row["side"]),
        status,
        filled,
        Decimal(row["qty"]) - filled,
        row["type"] in STOPS and not status.is_final,
        row,
        row,
    )


def _name(row: Row, by_id: dict[str, Row], by_digest: dict[str, str]) -> str:
    if row["parentId"]:
        suffix = STOP_LOSS_SUFFIX if row["type"] in STOPS else TAKE_PROFIT_SUFFIX
        return family_name(_name(by_id[row["parentId"]], by_id, by_digest)) + suffix
    tag = tagged(row["orderTag"])
    return by_digest.get(digest_in(tag) or "", tag or row["id"])
