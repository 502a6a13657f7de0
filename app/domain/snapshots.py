"""What was last seen at a broker, and when."""

from dataclasses import replace
from datetime import datetime

from app.dataclass import dataclass
from app.domain.accounts import Account, Position
from app.domain.orders import Receipt


@dataclass(frozen=True, slots=True)
class BrokerSnapshot:
    """Working orders, read first, and positions of a look that began at `at`, and the account's money.

    `asked_at` is when the broker was asked last, `message` why it did not answer then. None: never.
    """

    broker: str
    at: datetime | None = None
    orders: tuple[Receipt, ...] = ()
    positions: tuple[Position, ...] = ()
    account_at: datetime | None = None
    account: Account | None = None
    asked_at: datetime | None = None
    message: str | None = None

    @property
    def reachable(self) -> bool | None:
        """Whether the broker answered when it was asked last."""
        return None if self.asked_at is None else self.message is None

    def holding(
        self, orders: tuple[Receipt, ...], positions: tuple[Position, ...], at: datetime
    ) -> "BrokerSnapshot":
        """Return it after a look at orders and positions that began then; an older one changes nothing."""
        if _is_later(self.at, at):
            return self
        return replace(self._asked(at), at=at, orders=orders, positions=positions)

    def worth(self, account: Account, at: datetime) -> "BrokerSnapshot":
        """Return it after a look at the account that began then; an older one changes nothing."""
        if _is_later(self.account_at, at):
            return self
        return replace(self._asked(at), account=account, account_at=at)

    def failed(self, message: str, at: datetime) -> "BrokerSnapshot":
        """Return it after a look that was not answered: what was seen before stays, with its age."""
        return self._asked(at, message)

    def _asked(self, at: datetime, message: str | None = None) -> "BrokerSnapshot":
        # Somebody who began later knows better whether the broker answers.
        return self if _is_later(self.asked_at, at) else replace(self, asked_at=at, message=message)

    def joined(self, other: "BrokerSnapshot | None") -> "BrokerSnapshot":
        """Return the newer part of each of two processes' looks."""
        if other is None:
            return self
        seen = other if _is_later(other.at, self.at) else self
        money = other if _is_later(other.account_at, self.account_at) else self
        asked = other if _is_later(other.asked_at, self.asked_at) else self
        return BrokerSnapshot(
            self.broker,
            seen.at,
            seen.orders,
            seen.positions,
            money.account_at,
            money.account,
            asked.asked_at,
            asked.message,
        )

    def is_older(self, moment: datetime) -> bool:
        """Tell whether any part was seen before a moment, or never."""
        return any(at is None or at < moment for at in (self.at, self.account_at))

    def shows_same(self, other: "BrokerSnapshot") -> bool:
        """Tell whether another one differs in nothing but its times."""
        one, two = (
            (item.orders, item.positions, item.account, item.reachable, item.message)
            for item in (self, other)
        )
        return one == two


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)
