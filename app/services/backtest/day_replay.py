"""A day's alerts through today's settings: every ticket's outcome then and now, and no order anywhere."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.backtest.day_replay import ReplayedTicket, ReplayOutcome, outcome_of, prices_of
from app.domain.backtest.tape import TapeAlert
from app.domain.bots import BotConfiguration
from app.domain.json_codec import timestamp, to_json
from app.domain.opinions import Opinion, Question
from app.domain.orders import Side
from app.domain.refusals import count
from app.errors import AppError
from app.repositories.bots import BotDirectory
from app.repositories.tickets import Ledger
from app.services.analyst.base import Analyst
from app.services.backtest.posting import Read
from app.services.backtest.simulated import TapeClock, TapeMarket
from app.services.intake.alerts import Intake
from app.services.runtime.supervisor import Supervisor

OPENING = BotConfiguration(name="before the day", use_strategy_contracts=True)


@dataclass(frozen=True, slots=True)
class HeldBefore:
    """What a bot held when the day began; `exchange` is where its name means what was held."""

    bot: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    exchange: str | None = None

    def words(self) -> dict[str, Any]:
        """Return the alert that would have opened it."""
        is_long = self.side is Side.BUY
        said = {} if self.exchange is None else {"exchange": self.exchange}
        return said | {
            "symbol": self.symbol,
            "strategy_order_id": "long" if is_long else "short",
            "strategy_order_action": self.side.value,
            "strategy_order_contracts": f"{self.quantity:f}",
            "strategy_order_price": f"{self.price:f}",
            "idempotency_key": f"held by {self.bot}: {self.symbol}",
        }


@dataclass(slots=True)
class RecordedAnalyst:
    """Says what was said then; where nothing was, or somebody else is to be asked, `other` answers."""

    other: Analyst
    asks_other: bool = False
    recorded: Opinion | None = None

    @property
    def name(self) -> str:
        """Return who is asked."""
        return self.other.name

    @property
    def model(self) -> str:
        """Return which model is asked."""
        return self.other.model

    def opine(self, question: Question) -> Opinion:
        """Answer; only an opinion of this very alert is repeated."""
        if self.recorded is None or self.asks_other:
            return self.other.opine(question)
        return self.recorded


@dataclass(slots=True, kw_only=True)
class DayReplay:
    """Plays tickets in a house of its own; `bots` are made there as they are to be played."""

    clock: TapeClock
    market: TapeMarket
    supervisor: Supervisor
    intake: Intake
    bots: BotDirectory
    ledger: Ledger
    analyst: RecordedAnalyst
    read: Read
    opinion_of: Callable[[dict[str, Any]], Opinion | None]
    alert_of: Callable[[dict[str, Any]], TapeAlert | None]
    notes: list[str] = field(default_factory=list, init=False)

    def run(
        self, tickets: Sequence[dict[str, Any]], progress: Callable[[int], None] = lambda _: None
    ) -> list[ReplayedTicket]:
        """Play tickets in the order in which their alerts came; a note counts those of no alert."""
        played = []
        for done, ticket in enumerate(sorted(tickets, key=lambda each: each["created_at"]), start=1):
            alert = self.alert_of(ticket)
            if alert is not None:
                played.append(self._play(ticket, alert))
            progress(done)
        left = len(tickets) - len(played)
        if left:
            them = count(left, "ticket was", "tickets were")
            self.notes.append(f"{them} not played: made by hand, by the circuit breaker or by a test.")
        return played

    def begin_with(self, held: Iterable[HeldBefore], open_as: Callable[[HeldBefore], TapeAlert]) -> None:
        """Open what was held before the day, whatever the bots' limits are; call it before `run`."""
        wanted = {bot.id: (bot.configuration, version) for bot, version in self.bots.all()}
        for name, (configuration, version) in wanted.items():
            opening = OPENING if configuration.broker is None else _opening_at(configuration.broker)
            self.bots.change(name, opening, version=version)
        for each in held:
            self.market.move(each.symbol, each.price)
            self._open(each, open_as(each))
        for name, (configuration, _) in wanted.items():
            self.bots.change(name, configuration, version=self.bots.get(name)[1])

    def _open(self, held: HeldBefore, alert: TapeAlert) -> None:
        bot = self.bots.find(held.bot)
        if bot is None:
            return
        answer = self.intake.accept(self.read(alert).for_intake(alert, bot))
        self.supervisor.tick(everything=True)
        if answer.body.get("status") not in {"filled", "partially_filled"}:
            held_then = f"{held.bot} held {held.quantity:f} {held.symbol}"
            self.notes.append(f"{held_then} when the day began, which could not be opened here.")

    def _play(self, ticket: dict[str, Any], alert: TapeAlert) -> ReplayedTicket:
        at = datetime.fromisoformat(ticket["created_at"])
        signal = ticket.get("signal") or {}
        known = (ticket["id"], ticket["bot"], ticket["dialect"], at, signal.get("symbol"), outcome_of(ticket))
        self.clock.go_to(at)
        for symbol, price in prices_of(ticket):
            self.market.move(symbol, price)
        try:
            now, message = self._carried_out(ticket, alert)
        except AppError as error:
            return ReplayedTicket(*known, ReplayOutcome("refused", error.code), error.message)
        return ReplayedTicket(*known, now, message)

    def _carried_out(self, ticket: dict[str, Any], alert: TapeAlert) -> tuple[ReplayOutcome, str | None]:
        bot, _ = self.bots.get(ticket["bot"])
        self.analyst.recorded = self.opinion_of(ticket)
        answer = self.intake.accept(self.read(alert).for_intake(alert, bot))
        # What an analyst is asked about is answered first, and carried out by the clock.
        self.supervisor.tick(everything=True)
        found = self.ledger.find(UUID(answer.body["ticket"] or answer.headers["X-Ticket"]))
        if found is None:
            return ReplayOutcome(str(answer.body.get("status")), answer.body.get("reason")), None
        return outcome_of(found), found.get("message")


def replay_report(day: date, played: Sequence[ReplayedTicket], notes: Sequence[str]) -> dict[str, Any]:
    """Show a day the way the API and the command line do."""
    rows = [to_json(each) | {"at": timestamp(each.at), "differs": each.differs} for each in played]
    differences = sum(each.differs for each in played)
    return {"date": day.isoformat(), "tickets": rows, "differences": differences, "notes": list(notes)}


def _opening_at(broker: str) -> BotConfiguration:
    return BotConfiguration(name=OPENING.name, broker=broker, use_strategy_contracts=True)
