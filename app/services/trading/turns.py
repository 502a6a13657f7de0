"""Whose turn it is: two alerts for one account and symbol never run at once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.services.runtime.locks import BOT_LOCK, Locks
from app.services.trading.case import Case


@contextmanager
def turn(locks: Locks, case: Case, symbol: str) -> Iterator[None]:
    """Hold a symbol, and before it the bot where its entries are counted: always in this order."""
    with ExitStack() as stack:
        if case.limits.counts_entries:
            stack.enter_context(locks.hold(f"{BOT_LOCK}{case.bot.id}"))
        stack.enter_context(locks.hold(f"{case.broker_name}:{symbol}"))
        yield
