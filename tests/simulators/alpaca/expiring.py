"""What happens to options without an order of their owner: expiry, exercise, assignment, forced closing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.simulators.alpaca.account import Account, Holding
from tests.simulators.alpaca.assets import CONTRACT, Asset, Catalogue, Contract
from tests.simulators.alpaca.figures import SECOND, Timer, plain
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.refusals import forbidden, unprocessable

NEW_YORK = ZoneInfo("America/New_York")
FORCED_FROM, CLOSE = time(15, 30), time(16)
SHORT_HELD = 40310001
EXERCISED_FROM, HUNDRED, ZERO = Decimal("0.01"), Decimal(100), Decimal(0)


class Expiring:
    """Lets due things happen; positions move at once, the account's activities tell of it the next day.

    `is_on` lets contracts expire at all. `closes_shorts`: from 15:30 on their last day sold contracts are
    bought back at the market, alone, whatever they were part of. `free` ends the orders that work on a
    contract before it goes.
    """

    def __init__(self, account: Account, catalogue: Catalogue, market: Market, timer: Timer) -> None:
        self.is_on = self.closes_shorts = False
        self.buy_back: Callable[[str], None] = lambda _symbol: None
        self.free: Callable[[Asset], None] = lambda _asset: None
        self._account, self._catalogue, self._market, self._timer = account, catalogue, market, timer
        # Contracts that their owner does not want to be exercised.
        self.left_alone: set[str] = set()
        self._activities: list[tuple[date, dict[str, Any]]] = []

    def due(self) -> None:
        """Settle what has expired, sold contracts first."""
        if not self.is_on:
            return
        now = self._now()
        held = [one for one in self._account.holdings.values() if CONTRACT.fullmatch(one.asset.symbol)]
        for holding in sorted(held, key=lambda one: one.quantity):
            expires = Contract.of(holding.asset).expires
            if now.date() > expires or (now.date() == expires and now.time() >= CLOSE):
                self.free(holding.asset)
                self._expire(holding)
            elif self._is_forced(expires, now) and holding.quantity < 0:
                self.free(holding.asset)
                self.buy_back(holding.asset.symbol)

    def _is_forced(self, expires: date, now: datetime) -> bool:
        return self.closes_shorts and now.date() == expires and now.time() >= FORCED_FROM

    def assign(self, symbol: str, quantity: int) -> None:
        """Let somebody exercise contracts that were sold, before they expire."""
        holding = self._account.holdings[symbol]
        self.free(holding.asset)
        self._deliver(holding, min(Decimal(quantity), -holding.quantity), "OPASN")

    def activities(self, kinds: set[str]) -> list[dict[str, Any]]:
        """Return what the account's history tells by now, newest first; no kinds are all."""
        today = self._now().date()
        told = [row for day, row in self._activities if day <= today]
        return [row for row in reversed(told) if not kinds or row["activity_type"] in kinds]

    def _expire(self, holding: Holding) -> None:
        contract = Contract.of(holding.asset)
        tick = self._market.tick(self._underlying(contract))
        inside = ZERO if tick is None else contract.intrinsic(tick.price)
        is_left = holding.quantity > 0 and holding.asset.symbol in self.left_alone
        if is_left:
            inside = ZERO
        if contract.is_european and inside >= EXERCISED_FROM:
            self._settle_in_cash(holding, inside)
        elif inside >= EXERCISED_FROM and self._can_deliver(contract, holding):
            kind = "OPASN" if holding.quantity < 0 else "OPEXC"
            self._deliver(holding, abs(holding.quantity), kind)
        else:
            # What cannot be exercised was sold for what it was worth in the last hour.
            quantity = holding.quantity
            self._account.trade(holding.asset, -quantity, inside)
            self._tell("OPEXP", holding.asset.symbol, -quantity, ZERO, self._group())

    def exercise(self, symbol: str) -> None:
        """Exercise all that is held of a contract; raise Refused."""
        holding = self._own(symbol, "exercised")
        if self._now().time() >= CLOSE:
            raise unprocessable("exercise requests are not accepted between market close and midnight")
        self.free(holding.asset)
        self._deliver(holding, holding.quantity, "OPEXC")

    def leave_alone(self, symbol: str) -> None:
        """Let a contract that is held expire, whatever it is worth; raise Refused."""
        holding = self._own(symbol, "marked")
        if Contract.of(holding.asset).expires != self._now().date():
            raise unprocessable("do not exercise requests are accepted on the day of expiry only")
        self.left_alone.add(symbol)

    def _own(self, symbol: str, what: str) -> Holding:
        holding = self._account.holdings.get(symbol)
        if holding is None:
            raise forbidden(f"no available position to be {what}")
        if Contract.of(holding.asset).is_european:
            raise unprocessable("european style options cannot be exercised before they expire")
        if holding.quantity < 0:
            raise forbidden("short positions cannot be exercised", SHORT_HELD)
        return holding

    def _settle_in_cash(self, holding: Holding, inside: Decimal) -> None:
        quantity, group = holding.quantity, self._group()
        self._account.trade(holding.asset, -quantity, inside)
        kind = "OPASN" if quantity < 0 else "OPEXC"
        self._tell(kind, holding.asset.symbol, -quantity, ZERO, group)
        self._tell("OPCSH", holding.asset.symbol, -quantity * HUNDRED, inside, group)

    def _can_deliver(self, contract: Contract, holding: Holding) -> bool:
        if contract.is_call or holding.quantity < 0:
            return True
        return self._account.quantity(self._underlying(contract)) >= holding.quantity * HUNDRED

    def _deliver(self, holding: Holding, quantity: Decimal, kind: str) -> None:
        contract, sign = Contract.of(holding.asset), 1 if holding.quantity > 0 else -1
        shares = quantity * HUNDRED * sign * (1 if contract.is_call else -1)
        group = self._group()
        self._account.trade(holding.asset, -quantity * sign, ZERO)
        self._account.trade(self._underlying(contract), shares, contract.strike)
        self._tell(kind, holding.asset.symbol, -quantity * sign, ZERO, group)
        self._tell("OPTRD", contract.root, shares, contract.strike, group)

    def _tell(self, kind: str, symbol: str, quantity: Decimal, price: Decimal, group: str) -> None:
        today = self._now().date()
        row = {
            "id": f"{today:%Y%m%d}000000000::{group}-{len(self._activities)}",
            "activity_type": kind,
            "date": today.isoformat(),
            "net_amount": plain(-quantity * price),
            "symbol": symbol,
            "qty": plain(quantity),
            "price": plain(price),
            "status": "executed",
            "group_id": group,
        }
        self._activities.append((today + timedelta(days=1), row))

    def _group(self) -> str:
        return f"group-{len(self._activities)}"

    def _underlying(self, contract: Contract) -> Asset:
        return self._catalogue.find_or_list(contract.root)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._timer.now() / SECOND, UTC).astimezone(NEW_YORK)
