"""An alert of the past, understood and handed over as the door would."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.backtest.tape import TapeAlert
from app.domain.bots import Bot
from app.domain.signals import Signal
from app.services.intake.arrivals import Alert

SOURCE = "backtest"


@dataclass(frozen=True, slots=True)
class ReadAlert:
    """What an alert says; `symbol` is canonical, None where it is none that we know."""

    signal: Signal
    symbol: str | None
    words: dict[str, Any]
    redacted: dict[str, Any]
    bot: str | None

    def for_intake(self, alert: TapeAlert, bot: Bot) -> Alert:
        """Return it as the intake takes it."""
        return Alert(
            bot=bot,
            signal=self.signal,
            body=alert.text.encode(),
            words=self.words,
            redacted=self.redacted,
            request_id=alert.place,
            source=SOURCE,
        )


# Understands an alert; raises AppError.
Read = Callable[[TapeAlert], ReadAlert]
