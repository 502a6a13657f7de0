"""Whether an alert that came later, as its ticket tells it, wanted something else."""

from datetime import datetime
from typing import Any

from app.domain.orders import Side
from app.domain.signals import ALL_ORDERS, Dialect, Intent
from app.domain.structures.commands import Which
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.tickets import Ticket


def opposes(
    later: dict[str, Any], ticket: Ticket, symbol: str, side: Side, exchange: str | None = None
) -> bool:
    """Tell whether a later alert of the bot wanted the other side: an entry now would be left over.

    `symbol` and `exchange` are the entry's, as its alert has them.
    """
    said, dialect = later["signal"] or {}, Dialect.named(later["dialect"])
    is_later = datetime.fromisoformat(later["created_at"]) > ticket.created_at
    # Ideas are had independently of each other; one does not take another back.
    if later["bot"] != ticket.bot or not is_later or dialect.carries_idea:
        return False
    if dialect is Dialect.BOT_COMMAND:
        # Commands have no side. What leaves all of a bot's trades means what was to become one, too.
        return bool(later["alert"].get("close") == Which.ALL)
    is_same = _name_of(str(said.get("symbol", "")), said.get("exchange")) == _name_of(symbol, exchange)
    # What closes either side may have a side of its own, which says nothing.
    is_close = said.get("intent") == Intent.CLOSE.value
    # Whoever takes back all that waits in a symbol means what is not at the broker yet, too.
    is_cancel = said.get("intent") == Intent.CANCEL.value and said.get("order") == ALL_ORDERS
    return is_same and (is_close or is_cancel or said.get("side") not in {None, side.value})


def _name_of(symbol: str, exchange: str | None) -> str:
    """Return what a symbol stands for: each alert may write it in another way."""
    try:
        return parse_symbol(symbol, exchange=exchange).symbol
    except SymbolRefused:
        # An index, say, on which a structure is written.
        return symbol.upper().rpartition(":")[2]
