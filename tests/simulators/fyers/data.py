"""Market data: quotes, depth, option chain, state of the market."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from math import erf, exp, pi, sqrt
from typing import Any

from tests.simulators.fyers.clock import IST, Clock
from tests.simulators.fyers.expiries import is_monthly
from tests.simulators.fyers.figures import amount
from tests.simulators.fyers.instruments import VOLATILITY_INDEX, Instrument, Listing
from tests.simulators.fyers.market import VOLATILITY, Market
from tests.simulators.fyers.refusals import invalid, unknown_symbol

MOST_SYMBOLS, MOST_STRIKES, LEVELS = 50, 50, 5
VOLUME, OPEN_INTEREST = 125_000, 64_000
CASH = 10
SEGMENTS = ((10, 10), (10, 11), (12, 10), (12, 11))
STATES = {"open": "OPEN", "closed": "CLOSED", "preopen": "PREOPEN"}
YEAR_SECONDS = 365 * 86_400


class Data:
    """Answers below /data."""

    def __init__(self, listing: Listing, market: Market, clock: Clock) -> None:
        self._listing, self._market, self._clock = listing, market, clock
        self.gives_greeks = True

    def quotes(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer /quotes; an unknown symbol is an error inside. Raise Refused."""
        symbols = [symbol for symbol in query.get("symbols", "").split(",") if symbol]
        if not 0 < len(symbols) <= MOST_SYMBOLS:
            raise invalid(f"Please provide 1 to {MOST_SYMBOLS} symbols")
        return {"s": "ok", "code": 200, "message": "", "d": [self._quote(symbol) for symbol in symbols]}

    def depth(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer /depth for one symbol; raise Refused."""
        instrument = self._found(query.get("symbol", ""))
        if query.get("ohlcv_flag", "0") not in {"0", "1"}:
            raise invalid("Invalid ohlcv_flag provided")
        return {"s": "ok", "d": {instrument.symbol: self._depth(instrument)}, "message": ""}

    def chain(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer /options-chain-v3 for one underlying; raise Refused."""
        underlying = self._found(query.get("symbol", ""))
        if underlying.underlying is None or underlying.segment != CASH:
            raise unknown_symbol()
        reach = strike_count(query.get("strikecount", ""))
        days = self._listing.options(underlying.underlying)
        near = days[wanted_day(query.get("timestamp", ""), list(days))]
        level = self._market.price(underlying) or Decimal(0)
        rows = [
            self._row(each, level, greeks=self.gives_greeks and query.get("greeks") == "1")
            for each in around(near, level, reach)
        ]
        data = {
            "callOi": OPEN_INTEREST * len(rows) // 2,
            "putOi": OPEN_INTEREST * len(rows) // 2,
            "expiryData": [expiry_data(day, options[-1]) for day, options in days.items()],
            "indiavixData": self._row(self._found(VOLATILITY_INDEX), level),
            "optionsChain": [self._row(underlying, level), *rows],
        }
        return {"s": "ok", "code": 200, "message": "", "data": data}

    def market_status(self) -> dict[str, Any]:
        """Answer /marketStatus."""
        state = STATES.get(self._clock.session, "OPEN" if self._clock.is_open else "CLOSED")
        statuses = [
            {"exchange": exchange, "segment": segment, "market_type": "NORMAL", "status": state}
            for exchange, segment in SEGMENTS
        ]
        return {"s": "ok", "code": 200, "message": "", "marketStatus": statuses}

    def _found(self, symbol: str) -> Instrument:
        instrument = self._listing.find(symbol)
        if instrument is None:
            raise unknown_symbol()
        return instrument

    def _quote(self, symbol: str) -> dict[str, Any]:
        instrument = self._listing.find(symbol)
        if instrument is None:
            return failed(symbol, -300, "invalid symbol")
        last = self._market.price(instrument)
        if last is None:
            return failed(symbol, -99, "no data")
        return {"n": symbol, "s": "ok", "v": self._values(instrument, last)}

    def _values(self, instrument: Instrument, last: Decimal) -> dict[str, Any]:
        base, tick = self._market.base(instrument), instrument.tick
        return {
            "ch": amount(last - base),
            "chp": amount((last - base) / base * 100),
            "lp": float(last),
            "spread": float(2 * tick),
            "ask": float(last + tick),
            "bid": float(max(last - tick, tick)),
            "open_price": float(base),
            "high_price": float(max(base, last)),
            "low_price": float(min(base, last)),
            "prev_close_price": float(base),
            "atp": float(last),
            "volume": VOLUME,
            "short_name": instrument.short,
            "exchange": "NSE",
            "description": instrument.symbol,
            "original_name": instrument.symbol,
            "symbol": instrument.symbol,
            "fyToken": instrument.fy_token,
            "tt": str(self._clock.epoch),
        }

    def _depth(self, instrument: Instrument) -> dict[str, Any]:
        last, base = self._market.price(instrument) or Decimal(0), self._market.base(instrument)
        low, high = self._market.circuit(instrument)
        is_derivative = instrument.expiry_epoch is not None
        return {
            "totalbuyqty": VOLUME,
            "totalsellqty": VOLUME,
            "bids": levels(last, -instrument.tick, instrument),
            "ask": levels(last, instrument.tick, instrument),
            "o": float(base),
            "h": float(max(base, last)),
            "l": float(min(base, last)),
            "c": float(base),
            "chp": amount((last - base) / base * 100),
            "tick_Size": float(instrument.tick),
            "ch": amount(last - base),
            "ltq": instrument.lot,
            "ltt": self._clock.epoch,
            "ltp": float(last),
            "v": VOLUME,
            "atp": float(last),
            "lower_ckt": float(low),
            "upper_ckt": float(high),
            "expiry": str(instrument.expiry_epoch) if is_derivative else "",
            "oi": OPEN_INTEREST if is_derivative else 0,
            "oiflag": is_derivative,
            "pdoi": OPEN_INTEREST if is_derivative else 0,
            "oipercent": 0.0,
        }

    def _row(self, instrument: Instrument, level: Decimal, *, greeks: bool = False) -> dict[str, Any]:
        last = self._market.price(instrument) or Decimal(0)
        base, tick = self._market.base(instrument), instrument.tick
        row = {
            "ask": float(last + tick),
            "bid": float(max(last - tick, tick)),
            "fyToken": instrument.fy_token,
            "ltp": float(last),
            "ltpch": amount(last - base),
            "ltpchp": amount((last - base) / base * 100),
            "oi": OPEN_INTEREST,
            "oich": 0,
            "oichp": 0.0,
            "option_type": instrument.option_type,
            "prev_oi": OPEN_INTEREST,
            "strike_price": instrument.strike,
            "symbol": instrument.symbol,
            "volume": VOLUME,
        }
        return row | ({"greeks": self._greeks(instrument, float(level))} if greeks else {})

    def _greeks(self, instrument: Instrument, level: float) -> dict[str, float]:
        if not level:
            return dict.fromkeys(("delta", "gamma", "theta", "vega", "iv"), 0.0)
        years = max(((instrument.expiry_epoch or 0) - self._clock.epoch) / YEAR_SECONDS, 1e-6)
        width = VOLATILITY * level * sqrt(years)
        away = (level - instrument.strike) / width
        call, density = (1 + erf(away / sqrt(2))) / 2, exp(-away * away / 2) / sqrt(2 * pi)
        return {
            "delta": round(call if instrument.option_type == "CE" else call - 1, 4),
            "gamma": round(density / width, 6),
            "theta": round(-density * width / (2 * years * 365), 4),
            "vega": round(density * level * sqrt(years) / 100, 4),
            "iv": VOLATILITY * 100,
        }


def failed(symbol: str, code: int, message: str) -> dict[str, Any]:
    return {"n": symbol, "s": "error", "v": {"code": code, "errmsg": message}}


def levels(last: Decimal, step: Decimal, instrument: Instrument) -> list[dict[str, Any]]:
    prices = [max(last + step * number, instrument.tick) for number in range(1, LEVELS + 1)]
    return [{"price": float(price), "volume": instrument.lot * 10, "ord": 5} for price in prices]


def strike_count(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= MOST_STRIKES:
        raise invalid("Invalid strikecount provided")
    return int(text)


def wanted_day(timestamp: str, days: list[date]) -> date:
    """Return the expiry of a timestamp, the nearest without one; raise Refused."""
    if timestamp == "":
        return days[0]
    if not timestamp.isdigit() or (day := datetime.fromtimestamp(int(timestamp), IST).date()) not in days:
        raise invalid("Invalid timestamp provided")
    return day


def around(options: list[Instrument], level: Decimal, reach: int) -> list[Instrument]:
    """Return the options of the strike nearest to a level and so many strikes each way."""
    strikes = [list(pair) for _, pair in groupby(options, key=lambda each: each.strike)]
    distances = [abs(pair[0].strike - float(level)) for pair in strikes]
    middle = distances.index(min(distances))
    return [each for pair in strikes[max(0, middle - reach) : middle + reach + 1] for each in pair]


def expiry_data(day: date, option: Instrument) -> dict[str, str]:
    flag = "M" if is_monthly(day) else "W"
    return {"date": f"{day:%d-%m-%Y}", "expiry": str(option.expiry_epoch), "expiry_flag": flag}
