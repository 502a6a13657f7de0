"""One card a broker: whether it answers, how the login stands, what it can do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.brokers.base import Broker
from app.clock import Clock
from app.dataclass import dataclass
from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass
from app.domain.json_codec import to_json
from app.domain.money import text
from app.domain.snapshots import BrokerSnapshot
from app.services.broker_access.gateway import Gateway
from app.services.broker_access.registry import BrokerRegistry
from app.services.observability.call_times import CallTimes
from app.services.operator.health import Health
from app.services.overview.bot_cards import kind_of_account
from app.services.portfolio.breaker_view import breaker_view
from app.services.portfolio.circuit_breaker import EquityGuard
from app.services.portfolio.snapshots import Snapshots

Row = dict[str, Any]
# When the list of contracts that a broker needs was downloaded, and whether it is too old; None: none needed.
ContractList = Callable[[], Row | None]
# Who holds a stop-loss and a take-profit once they are placed.
AT_BROKER, HERE = "broker", "gatehouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerCards:
    """Reads settings and what the clock saw last; no broker is asked."""

    registry: BrokerRegistry
    gateway: Gateway
    snapshots: Snapshots
    health: Health
    breaker: EquityGuard
    call_times: CallTimes
    contract_lists: dict[str, ContractList]
    clock: Clock

    def show(self) -> list[Row]:
        """Show every broker there is, those that can be used here first."""
        seen = {item.broker: item for item in self.snapshots.read()}
        logins, names = self.health.show_logins(), self.registry.names
        others = [name for name in self.registry.known if name not in names]
        return [
            self._card(name, seen.get(name) or BrokerSnapshot(name), logins.get(name))
            for name in (*names, *others)
        ]

    def _card(self, name: str, seen: BrokerSnapshot, login: Row | None) -> Row:
        known, broker = self.registry.capabilities(name), self._broker(name)
        account = seen.account
        return {
            "broker": name,
            "configured": broker is not None,
            "needs": [need for need in self.registry.needs(name).split(", ") if need],
            "account": kind_of_account(known),
            "sends_orders": broker is not None and self.gateway.sends_to(broker),
            "reachable": seen.reachable,
            "message": seen.message,
            "asked_at": to_json(seen.asked_at),
            "last_success_at": to_json(self._last_success(seen)),
            "calls": self._calls(name),
            "currency": None if account is None else account.currency,
            "equity": None if account is None else text(account.equity),
            "buying_power": None if account is None else text(account.buying_power),
            "login": login,
            "contract_list": self._contract_list(name),
            "circuit_breaker": None if broker is None else self._breaker(name),
            "capabilities": _abilities(known, broker),
        }

    def _broker(self, name: str) -> Broker | None:
        return self.registry.get(name) if name in self.registry.names else None

    def _last_success(self, seen: BrokerSnapshot) -> datetime | None:
        calls = self.call_times.of(seen.broker)
        moments = (seen.at, seen.account_at, None if calls is None else calls.last_success_at)
        return max((moment for moment in moments if moment is not None), default=None)

    def _calls(self, name: str) -> Row | None:
        known = self.call_times.of(name)
        if known is None:
            return None
        return {
            "calls": known.calls,
            "p95_milliseconds": known.p95_milliseconds,
            "last_success_at": to_json(known.last_success_at),
        }

    def _contract_list(self, name: str) -> Row | None:
        look = self.contract_lists.get(name)
        return None if look is None else look()

    def _breaker(self, name: str) -> Row | None:
        breakers = self.breaker.all()
        found = breakers.get(name)
        return None if found is None else breaker_view(found, breakers)


def _abilities(known: Capabilities, broker: Broker | None) -> Row:
    kinds = [kind for kind in AssetClass if kind in known.asset_classes]
    return {
        "asset_classes": [kind.value for kind in kinds],
        "exits_held_by": {kind.value: AT_BROKER if kind in known.held_exits else HERE for kind in kinds},
        "fractional": [kind.value for kind in kinds if kind in known.fractional],
        "short": [kind.value for kind in kinds if kind in known.short],
        "bars": [kind.value for kind in AssetClass if kind in known.bar_feeds],
        "notional": known.notional,
        "bracket": known.bracket,
        "day_orders_only": known.day_orders_only,
        "market_orders_rest": known.market_orders_rest,
        "structures": broker is not None and broker.structures is not None,
        "zone": known.zone,
    }
