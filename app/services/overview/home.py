"""The frame and the first page in one answer."""

from datetime import timedelta
from typing import Any

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.broker_logins import LoginState
from app.domain.json_codec import to_json
from app.domain.snapshots import BrokerSnapshot
from app.domain.ticket_views import row_of
from app.domain.tickets import TicketStatus
from app.domain.trading_mode import TradingMode
from app.domain.trading_state import TradingState
from app.repositories.bots import BotDirectory
from app.repositories.ticket_query import TicketQuery
from app.repositories.tickets import Ledger
from app.repositories.trading_state import GlobalSwitch
from app.services.broker_access.gateway import Gateway
from app.services.broker_access.registry import BrokerRegistry
from app.services.operator.health import Health
from app.services.overview.day_results import DayResults
from app.services.overview.first_run import FirstRun
from app.services.overview.holders import Holders
from app.services.portfolio.holdings import Holdings, accounts, broker_rows
from app.services.portfolio.loss_limits import LossLimits
from app.services.portfolio.reconciliation import Reconciliation
from app.services.portfolio.snapshots import Snapshots
from app.services.pursuits.service import PursuitService

LAST_TICKETS = 10
MOST_OF_A_KIND = 20
# A failure of the day before yesterday has been seen, or does not matter any more.
FAILURES_OF = timedelta(days=1)
# What is not known for longer than that, no look at the broker will tell.
UNKNOWN_OF = timedelta(days=7)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Reads what is written down and what the clock saw last."""

    registry: BrokerRegistry
    gateway: Gateway
    switch: GlobalSwitch
    bots: BotDirectory
    ledger: Ledger
    snapshots: Snapshots
    holdings: Holdings
    holders: Holders
    day_results: DayResults
    health: Health
    reconciliation: Reconciliation
    pursuits: PursuitService
    loss_limits: LossLimits
    first_run: FirstRun
    clock: Clock
    version: str

    def show(self) -> Row:
        """Show everything at once; raise StoreUnavailable."""
        seen, now, mode = self.snapshots.read(), self.clock(), self.mode()
        approvals = [item for item in self.ledger.unfinished() if item["expires_at"] is not None]
        return {
            "at": to_json(now),
            "version": self.version,
            "mode": mode.value,
            "trading_state": to_json(self.switch.read().seen_at(now)),
            "paused_bots": self._paused(),
            "brokers": broker_rows(seen),
            "accounts": self._accounts(seen),
            "positions": self._positions(seen),
            "tickets": self._rows(TicketQuery(), LAST_TICKETS),
            "needs": {
                "approvals": [row_of(item) for item in approvals],
                "logins": self._logins(),
                "unreachable": [row for row in broker_rows(seen) if row["reachable"] is False],
                "unknown": self._rows(TicketQuery(status=TicketStatus.UNKNOWN, since=now - UNKNOWN_OF)),
                "failures": self._failures(),
                "pursuits": self.pursuits.rows(),
                "unreconciled": to_json(self.reconciliation.unreconciled()),
                "entry_stops": self.loss_limits.view(),
            },
            "first_run": self.first_run.show(mode, seen),
        }

    def mode(self) -> TradingMode:
        """Return whether orders can cost money."""
        brokers = self.registry.all()
        return TradingMode.of((broker.capabilities, self.gateway.sends_to(broker)) for broker in brokers)

    def _paused(self) -> list[Row]:
        now = self.clock()
        switches = ((bot.id, bot.switch.seen_at(now)) for bot, _ in self.bots.all())
        return [
            {"bot": name} | to_json(switch)
            for name, switch in switches
            if switch.state is not TradingState.ACTIVE
        ]

    def _accounts(self, seen: list[BrokerSnapshot]) -> list[Row]:
        known = {item.broker: item for item in seen}
        return [row | self.day_results.of(known[row["broker"]]) for row in accounts(seen)]

    def _positions(self, seen: list[BrokerSnapshot]) -> list[Row]:
        holders = self.holders.by_place()
        return [
            row | {"held_by": holders.get((row["broker"], row["symbol"]), [])}
            for row in self.holdings.positions(seen)
        ]

    def _logins(self) -> list[Row]:
        shown = self.health.show_logins()
        return [
            {"broker": name} | login
            for name, login in shown.items()
            if login["state"] != LoginState.VALID.value
        ]

    def _failures(self) -> list[Row]:
        since = self.clock() - FAILURES_OF
        states = (TicketStatus.FAILED, TicketStatus.REJECTED)
        found = [row for state in states for row in self._rows(TicketQuery(status=state, since=since))]
        return sorted(found, key=lambda row: str(row["id"]), reverse=True)[:MOST_OF_A_KIND]

    def _rows(self, query: TicketQuery, limit: int = MOST_OF_A_KIND) -> list[Row]:
        return [row_of(ticket) for ticket in self.ledger.page(query, limit=limit).tickets]
