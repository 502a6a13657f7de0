"""An alert of the past, understood and handed over as the door would."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.backtest.tape import TapeAlert
from app.domain.bots import Bot
from app.domain.signals import Intent, Signal
from app.services.intake.arrivals import Alert

SOURCE = "backtest"
NO_TIME = timedelta()
EXITS = frozenset({Intent.EXIT_LONG, Intent.EXIT_SHORT, Intent.CLOSE, Intent.COVER})


@dataclass(frozen=True, slots=True)
class NamedPrice:
    """What an alert says of the market: its symbol, and the price that it saw; None where it names none.

    `waits`: where the market is shut, it is carried out at the next opening.
    """

    symbol: str
    price: Decimal | None
    waits: bool = True


@dataclass(frozen=True, slots=True)
class ReadAlert:
    """What an alert says; `symbol` is canonical, None where it is none that we know."""

    signal: Signal
    symbol: str | None
    words: dict[str, Any]
    redacted: dict[str, Any]
    bot: str | None

    @property
    def only_exits(self) -> bool:
        """Tell whether it opens nothing, whatever is held."""
        target = self.signal.target
        return self.signal.intent in EXITS or (target is not None and target.now == 0)

    def for_intake(self, alert: TapeAlert, bot: Bot, waited: timedelta = NO_TIME) -> Alert:
        """Return it as the intake takes it; one that has waited for a price is as young as when it came."""
        signal = self.signal
        if waited:
            # What came at two times are two alerts, though they meet the market at one.
            key = signal.idempotency_key or f"{alert.place} at {alert.at.isoformat()}"
            sent_at = None if signal.sent_at is None else signal.sent_at + waited
            signal = replace(signal, sent_at=sent_at, idempotency_key=key)
        return Alert(
            bot=bot,
            signal=signal,
            body=alert.text.encode(),
            words=self.words,
            redacted=self.redacted,
            request_id=alert.place,
            source=SOURCE,
        )


# Understands an alert; raises AppError.
Read = Callable[[TapeAlert], ReadAlert]
