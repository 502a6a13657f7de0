"""The numbers of trades: whole, small, never given twice, the same for ever."""

from app.repositories.numbers import Numbers
from app.storage.base import Store

KEY = "state/trade-numbers"
# A process takes so many at once: a trade's first fill is rarely the moment for one more write.
BLOCK = 5


class TradeNumbers(Numbers):
    """Gives a trade its number."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, KEY, block=BLOCK)
