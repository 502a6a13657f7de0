"""What a backtest trades and when, as far as its alerts tell: of that a broker is asked for bars."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta

from app.dataclass import dataclass
from app.domain.backtest.listed_trades import ListedTrade
from app.domain.backtest.tape import Stretch, TapeAlert
from app.domain.instruments import Instrument
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import AppError, InvalidRequest
from app.wiring.tape_alerts import read_tape_alert

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What is played: alerts, or the trades of a list."""

    alerts: Sequence[TapeAlert] = ()
    trades: Sequence[ListedTrade] = ()

    @property
    def times(self) -> list[datetime]:
        """Return when something happens."""
        ends = [trade.exit_time for trade in self.trades if trade.exit_time is not None]
        return [*(alert.at for alert in self.alerts), *(trade.entry_time for trade in self.trades), *ends]

    def instruments(self) -> list[Instrument]:
        """Return what is traded, as far as symbols can be read."""
        return instruments_of(self.names())

    def names(self) -> list[tuple[str, str | None]]:
        """Return what is traded as it was named: symbols, and exchanges where these were told."""
        names: dict[tuple[str, str | None], None] = {(trade.symbol, None): None for trade in self.trades}
        for alert in self.alerts:
            # What is refused at the door trades nothing; the report counts it.
            with suppress(AppError):
                signal = read_tape_alert(alert).signal
                names[signal.symbol, signal.exchange] = None
        return list(names)

    def days(self, stretch: Stretch) -> tuple[datetime, datetime]:
        """Return the time that is played, in whole days; where none is named, that of the alerts.

        Raise InvalidRequest where there is none.
        """
        times, since, until = self.times, stretch.since, stretch.until
        if not times and (since is None or until is None):
            raise InvalidRequest("There is nothing to play in this time.")
        return since or _midnight(min(times)), until or _midnight(max(times)) + DAY


def instruments_of(names: Iterable[tuple[str, str | None]]) -> list[Instrument]:
    """Return the instruments of symbols and exchanges, as far as they can be read."""
    found: dict[str, Instrument] = {}
    for symbol, exchange in names:
        with suppress(SymbolRefused):
            instrument = parse_symbol(symbol, exchange=exchange)
            found.setdefault(instrument.symbol, instrument)
    return list(found.values())


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), at.tzinfo)
