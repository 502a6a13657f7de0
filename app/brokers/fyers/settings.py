"""How an account at Fyers is reached."""

from app.brokers.fyers.products import INTRADAY, MARGIN
from app.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FyersSettings:
    """What an account at Fyers is reached with.

    Contracts are held on margin, since Fyers sells intraday positions by itself in the afternoon; shares are
    intraday, the only product of theirs that stays among the positions for as long as it lives.
    """

    app_id: str
    api_url: str | None = None
    data_url: str | None = None
    timeout_seconds: float = 10.0
    contract_product: str = MARGIN
    share_product: str = INTRADAY
    # The whole book is one of two hundred requests a minute, and an order is looked at ten times a second.
    book_age_seconds: float = 0.3
    # Orders of several legs, off until somebody has seen them live; and whether short legs need no cover.
    structures: bool = False
    sells_uncovered: bool = False
