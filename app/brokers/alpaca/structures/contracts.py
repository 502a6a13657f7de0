"""Which contracts Alpaca lists, with their open interest: read once a day, for it changes over night."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from urllib.parse import quote as quoted
from zoneinfo import ZoneInfo

from app.brokers.alpaca.mapping import understood
from app.brokers.alpaca.receipts import Row, decimal
from app.brokers.alpaca.transport import Transport
from app.dataclass import dataclass
from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.money import ONE
from app.errors import BrokerUnavailable

NEW_YORK = ZoneInfo("America/New_York")
PAGE = 10_000
_PAGES = 10
_CLOSE = time(16)
# Every day of expiry has strikes so near the price, whatever their distance: the whole list of SPY has
# more than ten thousand contracts, and a day's own ones are read when they are needed.
_REACH, _LEAST_REACH = Decimal("0.05"), Decimal("2.5")
_FARTHEST = timedelta(days=3 * 366)
_HUNDRED = Decimal(100)
_NOT_THERE = frozenset({404, 422})


@dataclass(frozen=True, slots=True)
class AlpacaContract:
    """A contract as it is listed; `is_penny` None: Alpaca does not say whether it trades in finer steps."""

    instrument: Instrument
    open_interest: int | None
    is_tradable: bool
    is_standard: bool
    is_penny: bool | None = None


class ContractBook:
    """Reads what is listed, and keeps it for New York's day; every method raises BrokerUnavailable."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._clock = clock
        self._day: date | None = None
        self._expiries: dict[str, list[date]] = {}
        self._listed: dict[tuple[str, date], list[AlpacaContract]] = {}
        self._single: dict[str, AlpacaContract] = {}

    def expiries(self, underlying: str, price: Decimal) -> list[date]:
        """Return the days on which contracts expire that can be traded still."""
        today = self._today()
        days = self._expiries.get(underlying)
        if days is None:
            reach = max(price * _REACH, _LEAST_REACH)
            # Without both ends Alpaca lists nothing beyond the coming weekend.
            query = {
                "expiration_date_gte": today.isoformat(),
                "expiration_date_lte": (today + _FARTHEST).isoformat(),
                "strike_price_gte": f"{max(price - reach, Decimal(0)):.2f}",
                "strike_price_lte": f"{price + reach:.2f}",
                "type": "call",
            }
            found = self._read(underlying, query)
            days = sorted({one.instrument.option.expiry for one in found if one.instrument.option})
            if days:
                self._expiries[underlying] = days
        return [day for day in days if not self.is_over(day)]

    def of(self, underlying: str, expiry: date) -> list[AlpacaContract]:
        """Return the contracts of one day; of two with the same terms the usual one."""
        self._today()
        found = self._listed.get((underlying, expiry))
        if found is None:
            found = _usual_first(self._read(underlying, {"expiration_date": expiry.isoformat()}))
            if found:
                self._listed[underlying, expiry] = found
        return found

    def one(self, instrument: Instrument) -> AlpacaContract | None:
        """Return one contract; None: there is none of this name."""
        self._today()
        symbol = instrument.symbol
        if symbol not in self._single:
            path = f"/options/contracts/{quoted(symbol, safe='')}"
            with understood(BrokerUnavailable):
                row: Row | None = self._transport.read(path, absent=_NOT_THERE)
                if row is None:
                    return None
                self._single[symbol] = _listed(row)
        return self._single[symbol]

    def is_over(self, day: date) -> bool:
        """Tell whether contracts of a day have expired, whatever Alpaca's list says of them."""
        # What trades until a quarter past four is listed as active the whole evening.
        now = self._clock().astimezone(NEW_YORK)
        return day < now.date() or (day == now.date() and now.time() >= _CLOSE)

    def _today(self) -> date:
        today = self._clock().astimezone(NEW_YORK).date()
        if today != self._day:
            self._day = today
            for known in (self._expiries, self._listed, self._single):
                known.clear()
        return today

    def _read(self, underlying: str, bounds: dict[str, str]) -> list[AlpacaContract]:
        query = {
            "underlying_symbols": underlying,
            "status": "active",
            "show_deliverables": "true",
            "limit": str(PAGE),
            **bounds,
        }
        with understood(BrokerUnavailable):
            return [_listed(row) for row in self._rows(query)]

    def _rows(self, query: dict[str, str]) -> Iterator[Row]:
        for _ in range(_PAGES):
            answer = self._transport.read("/options/contracts", query)
            yield from answer["option_contracts"]
            token = answer.get("next_page_token")
            if not token:
                return
            query = {**query, "page_token": token}
        # Half a list would pass for a market without the other half.
        raise BrokerUnavailable("Alpaca lists more contracts than can be read.")


def _listed(row: Row) -> AlpacaContract:
    kinds: dict[str, Literal["call", "put"]] = {"call": "call", "put": "put"}
    multiplier = Decimal(row["multiplier"])
    terms = OptionContract(
        underlying=row["underlying_symbol"],
        expiry=date.fromisoformat(row["expiration_date"]),
        strike=Decimal(row["strike_price"]),
        kind=kinds[row["type"]],
        multiplier=multiplier,
    )
    interest = decimal(row.get("open_interest"))
    is_penny = row.get("ppind")
    return AlpacaContract(
        instrument=Instrument(row["symbol"], AssetClass.OPTION, None, terms, ONE),
        open_interest=None if interest is None else int(interest),
        is_tradable=row["tradable"] is True and row["status"] == "active",
        is_standard=_is_standard(row, multiplier),
        is_penny=is_penny if isinstance(is_penny, bool) else None,
    )


def _is_standard(row: Row, multiplier: Decimal) -> bool:
    """Tell whether a contract is for a hundred shares of its underlying, delivered at any time."""
    root = row.get("root_symbol") or row["underlying_symbol"]
    # Splits and mergers leave contracts under a root with a digit, for whatever became of the shares.
    if multiplier != _HUNDRED or root.replace(".", "") != row["underlying_symbol"].replace(".", ""):
        return False
    if row["style"] != "american":
        return False
    delivered = row.get("deliverables")
    if not delivered:
        return True
    first = delivered[0]
    return len(delivered) == 1 and first["type"] == "equity" and decimal(first.get("amount")) == _HUNDRED


def _usual_first(found: list[AlpacaContract]) -> list[AlpacaContract]:
    """Leave out what stands beside a usual contract of the same terms: nobody means that one."""
    best: dict[OptionContract | None, AlpacaContract] = {}
    for one in sorted(found, key=lambda one: one.is_standard):
        terms = one.instrument.option
        key = terms and OptionContract(terms.underlying, terms.expiry, terms.strike, terms.kind)
        best[key] = one
    return list(best.values())
