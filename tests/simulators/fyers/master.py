"""The symbol master of NSE's derivatives: every contract, and the files that list them."""

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from json import dumps
from typing import NamedTuple

from tests.simulators.fyers.expiries import code, epoch, monthlies, option_days
from tests.simulators.fyers.underlyings import Underlying, listed

SESSION = "0915-1530|1815-1915:"
OPTION_TICK = "0.05"
STOCK_STRIKES_EACH_WAY = 30
INDEX_STRIKES_EACH_WAY = 102
NO_STRIKE = -1.0


class Contract(NamedTuple):
    """One row; `tick` is text, `expiry` epoch seconds."""

    ticker: str
    details: str
    kind: int
    tick: str
    day: date
    expiry: int
    token: int
    strike: float
    option_type: str
    underlying: Underlying

    @property
    def fy_token(self) -> str:
        return f"1011{self.day:%y%m%d}{self.token}"


class Master:
    """All contracts of one day; nothing is made before it is asked for."""

    def __init__(self, today: date, stocks: int | None = None) -> None:
        self.today = today
        self.underlyings = {each.name: each for each in listed(stocks)}
        self._csv: bytes | None = None
        self._json: bytes | None = None
        self._known: dict[str, dict[str, Contract]] = {}

    def contracts(self, name: str) -> dict[str, Contract]:
        """Return the contracts on an underlying by ticker: futures, then options by expiry and strike."""
        if name not in self._known:
            of = self.underlyings[name]
            self._known[name] = {each.ticker: each for each in (*self._futures(of), *self._options(of))}
        return self._known[name]

    def find(self, ticker: str) -> Contract | None:
        """Return the contract of a ticker."""
        text = ticker.removeprefix("NSE:")
        names = [name for name in self.underlyings if text.startswith(name)]
        found = (self.contracts(name).get(ticker) for name in names)
        return next((contract for contract in found if contract is not None), None)

    def rows(self) -> Iterator[Contract]:
        """Yield every contract as the file has them: all futures first."""
        for underlying in self.underlyings.values():
            yield from self._futures(underlying)
        for underlying in self.underlyings.values():
            yield from self._options(underlying)

    def as_csv(self) -> bytes:
        if self._csv is None:
            self._csv = "".join(lines(self.rows(), f"{self.today}")).encode()
        return self._csv

    def as_json(self) -> bytes:
        """Return the twin with freeze quantities."""
        if self._json is None:
            entries = ",".join(entry(row, f"{self.today}") for row in self.rows())
            self._json = f"{{{entries}}}".encode()
        return self._json

    def _futures(self, of: Underlying) -> Iterator[Contract]:
        for place, day in enumerate(monthlies(self.today, 3)):
            ticker = f"NSE:{of.name}{code(day, is_option=False)}FUT"
            details = f"{of.name} {day:%d %b %y} FUT"
            expiry, kind = epoch(day, is_index=of.is_index), 11 if of.is_index else 13
            token = of.first_token + place
            yield Contract(ticker, details, kind, of.future_tick, day, expiry, token, NO_STRIKE, "XX", of)

    def _options(self, of: Underlying) -> Iterator[Contract]:
        strikes = [(strike, brief(strike)) for strike in ladder(of)]
        kind, token = 14 if of.is_index else 15, of.first_token + 3
        for day in option_days(of.name, self.today):
            expiry, start = epoch(day, is_index=of.is_index), f"NSE:{of.name}{code(day, is_option=True)}"
            words = f"{of.name} {day:%d %b %y}"
            for strike, text in strikes:
                for option_type in ("CE", "PE"):
                    ticker, details = f"{start}{text}{option_type}", f"{words} {text} {option_type}"
                    yield Contract(
                        ticker, details, kind, OPTION_TICK, day, expiry, token, strike, option_type, of
                    )
                    token += 1


@lru_cache(maxsize=4)
def master_of(today: date, stocks: int | None) -> Master:
    """Return the contracts of a day; simulators of one process share them."""
    return Master(today, stocks)


@cache
def day_code(day: date) -> str:
    return f"{day:%y%m%d}"


def brief(strike: float) -> str:
    return str(int(strike)) if strike == int(strike) else str(strike)


def ladder(of: Underlying) -> list[float]:
    """Return the strikes around an underlying's base, lowest first."""
    middle = round(of.base / of.step)
    reach = INDEX_STRIKES_EACH_WAY if of.is_index else STOCK_STRIKES_EACH_WAY
    return [number * of.step for number in range(max(1, middle - reach), middle + reach + 1)]


def lines(rows: Iterator[Contract], updated: str) -> Iterator[str]:
    """Yield lines of 21 columns without a header."""
    for ticker, details, kind, tick, day, expiry, token, strike, option_type, of in rows:
        yield (
            f"1011{day_code(day)}{token},{details},{kind},{of.lot},{tick},,{SESSION},{updated},{expiry},{ticker},"
            f"10,11,{token},{of.name},{of.token},{strike},{option_type},{of.fy_token},None,0,0.0\n"
        )


def entry(row: Contract, updated: str) -> str:
    """Return one member of the twin."""
    of = row.underlying
    start = (
        f'{dumps(row.ticker)}:{{"fyToken":"{row.fy_token}","isin":"","exSymbol":"{of.name}",'
        f'"symDetails":"{row.details}","symTicker":"{row.ticker}","exchange":10,"segment":11,'
        f'"exSymName":"{of.name}","exToken":{row.token},"exSeries":"XX","optType":"{row.option_type}",'
    )
    middle = (
        f'"underSym":"{of.name}","underFyTok":"{of.fy_token}","exInstType":{row.kind},"minLotSize":{of.lot},'
        f'"tickSize":{row.tick},"tradingSession":"{SESSION}","lastUpdate":"{updated}",'
        f'"expiryDate":"{row.expiry}","strikePrice":{row.strike},"qtyFreeze":"{of.freeze}","tradeStatus":1,'
    )
    return (
        start
        + middle
        + (
            '"currencyCode":"INR","upperPrice":0.0,"lowerPrice":0.0,"faceValue":0.0,"qtyMultiplier":1.0,'
            '"previousClose":0.0,"previousOi":0.0,"asmGsmVal":"","exchangeName":"NSE",'
            f'"symbolDesc":"{row.details}","originalExpDate":null,"is_mtf_tradable":0,"mtf_margin":0.0,"stream":""}}'
        )
    )
