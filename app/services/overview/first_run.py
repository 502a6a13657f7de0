"""Five rows for a new owner that tick themselves off, from what is stored and nothing else."""

from dataclasses import field
from itertools import groupby, islice
from typing import Any

from app.dataclass import dataclass
from app.domain.bot_keys import Limit, keys_of
from app.domain.bots import TEST_BOT, BotConfiguration
from app.domain.json_codec import to_json
from app.domain.limits import Limits
from app.domain.snapshots import BrokerSnapshot
from app.domain.tickets import TicketStatus
from app.domain.trading_mode import TradingMode
from app.repositories.bots import BotDirectory
from app.repositories.notification_trials import NotificationTrial
from app.repositories.open_orders import OPERATOR
from app.repositories.stored_record import StoredRecord
from app.repositories.ticket_query import TicketQuery
from app.repositories.tickets import Ledger
from app.services.observability.refusal_log import RefusalLog
from app.services.overview.preflight import Checked, Preflight

Row = dict[str, Any]
# Among so many of the newest tickets a real alert is looked for, until one was found.
LOOKED_AT = 100
_LIMITING = [name for name, key in keys_of(BotConfiguration).items() if key.limit in {Limit.LOWER, Limit.OWN}]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRun:
    """Answers from the ledger, the bots and the refusals; what is done stays done, so it is remembered."""

    ledger: Ledger
    bots: BotDirectory
    refusals: RefusalLog
    trial: StoredRecord[NotificationTrial]
    preflight: Preflight
    ceiling: Limits
    notifies: bool
    _done: dict[str, str] = field(default_factory=dict)

    def show(self, mode: TradingMode, seen: list[BrokerSnapshot]) -> Row:
        """Show each row with whether it is done, and with what it leads to."""
        return {
            "safe": {"done": mode is not TradingMode.LIVE, "mode": mode.value},
            "test_alert": self._test_alert(),
            "real_alert": self._real_alert(),
            "limits": self._limits(),
            "broker": self._broker(seen),
        }

    def _test_alert(self) -> Row:
        if "test" not in self._done:
            query = TicketQuery(bot=TEST_BOT, status=TicketStatus.FILLED)
            found = self.ledger.page(query, limit=1).tickets
            self._done.update({"test": found[0]["id"]} if found else {})
        return {"done": "test" in self._done, "ticket": self._done.get("test")}

    def _real_alert(self) -> Row:
        if "real" not in self._done:
            newest = islice(self.ledger.newest_first(), LOOKED_AT)
            real = [item for item in newest if OPERATOR not in {item["bot"], item["dialect"]}]
            found = [item["id"] for item in real if item["bot"] != TEST_BOT]
            self._done.update({"real": found[-1]} if found else {})
        refused = [] if "real" in self._done else self.refusals.last(1)
        return {
            "done": "real" in self._done,
            "ticket": self._done.get("real"),
            "refusal": to_json(refused[0]) if refused else None,
        }

    def _limits(self) -> Row:
        trial = self.trial.read()
        own = (bot.configuration for bot, _ in self.bots.all() if bot.id != TEST_BOT)
        kept = [self.ceiling.daily_order_cap, self.ceiling.daily_notional_cap, self.ceiling.daily_loss_limit]
        kept += [self.ceiling.max_order_quantity, self.ceiling.per_symbol_cap]
        are_set = any(limit is not None for limit in kept) or any(map(_is_limited, own))
        tested_at = None if trial is None else to_json(trial.at)
        return {
            "done": are_set and tested_at is not None,
            "limits_set": are_set,
            "notifications_set": self.notifies,
            "notification_tested_at": tested_at,
        }

    def _broker(self, seen: list[BrokerSnapshot]) -> Row:
        found = self.preflight.checks({item.broker: item for item in seen})
        by_broker = (list(checks) for _, checks in groupby(found, key=_broker_of))
        is_ready = any(all(check.passed for check in checks) for checks in by_broker)
        return {"done": is_ready, "checks": [check.row() for check in found]}


def _is_limited(keys: BotConfiguration) -> bool:
    return any(getattr(keys, name) is not None for name in _LIMITING)


def _broker_of(checked: Checked) -> str:
    return checked.broker
