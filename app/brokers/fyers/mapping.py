"""Fyers' money, positions, prices and hours in our words."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from app.brokers.fyers.receipts import Row, price
from app.brokers.fyers.symbols import VENUE, Tickers
from app.domain.accounts import Account, MarketHours, Position, Quote
from app.domain.hours import market_hours
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ZERO
from app.errors import BrokerUnavailable, OutcomeUnknown

NSE, CASH, CONTRACTS = 10, 10, 11
OPEN = "OPEN"
# id and title of the amounts in the fund statement
_TOTAL, _CLEAR, _AVAILABLE = (1, "Total Balance"), (3, "Clear Balance"), (10, "Available Balance")


@contextmanager
def understood(failure: type[BrokerUnavailable | OutcomeUnknown]) -> Iterator[None]:
    """Turn an answer that is not what the documentation promises into `failure`."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise failure("Fyers' answer is not what its documentation promises.") from error


def account_of(funds: Iterable[Row], positions: Iterable[Row]) -> Account:
    """Read the fund statement; what open positions have gained or lost is not in its total."""
    amounts = {(row["id"], row["title"]): Decimal(str(row["equityAmount"])) for row in funds}
    unrealized = sum((_decimal(row["unrealized_profit"]) for row in positions), ZERO)
    return Account(
        equity=_amount(amounts, _TOTAL) + unrealized,
        cash=_amount(amounts, _CLEAR),
        buying_power=_amount(amounts, _AVAILABLE),
        currency="INR",
    )


def products_of(rows: Iterable[Row], ticker: str) -> dict[str, Decimal]:
    """Return the signed quantity of a symbol under each product."""
    return {row["productType"]: Decimal(row["netQty"]) for row in rows if row["symbol"] == ticker}


def positions_of(rows: Iterable[Row], tickers: Tickers) -> list[Position]:
    """Read positions; those of one symbol under several products are one."""
    ordered = sorted((row for row in rows if row["netQty"]), key=_symbol)
    found = (_position(list(group), ticker, tickers) for ticker, group in groupby(ordered, key=_symbol))
    return [position for position in found if position.quantity]


def is_flat(rows: Iterable[Row], symbol: str, tickers: Tickers) -> bool:
    """Tell whether all rows of a symbol, and there is one, say that nothing is held."""
    held = [row["netQty"] for row in rows if tickers.instrument(row["symbol"]).symbol == symbol]
    return bool(held) and not any(held)


def quotes_of(rows: Iterable[Row], now: datetime) -> dict[str, Quote]:
    """Read prices by ticker; a symbol with an error, or without a price, is left out."""
    return {
        row["n"]: quote for row in rows if row["s"] == "ok" and (quote := _quote(row["v"], now)) is not None
    }


def hours_of(rows: Iterable[Row], asset_class: AssetClass, now: datetime) -> MarketHours:
    """Read whether the exchange's part for a kind of instrument is open; its changes are the calendar's."""
    segment = CASH if asset_class is AssetClass.EQUITY else CONTRACTS
    states = [row["status"] for row in rows if (row["exchange"], row["segment"]) == (NSE, segment)]
    # An answer that leaves our exchange out must not pass for a closed one, nor for an open one.
    if not states:
        raise KeyError(segment)
    expected = market_hours(Instrument("NIFTY", AssetClass.EQUITY, VENUE), now)
    return replace(expected, is_open=OPEN in states)


def _position(rows: list[Row], ticker: str, tickers: Tickers) -> Position:
    # One figure for all products, as gates and exits read it: `netQty` is signed, `qty` is not.
    net = sum((Decimal(row["netQty"]) for row in rows), ZERO)
    # What one product holds the other way around says nothing about the price of the rest.
    same = [row for row in rows if row["netQty"] * net > 0]
    size = sum((Decimal(row["netQty"]) for row in same), ZERO)
    value = sum((Decimal(row["netQty"]) * _decimal(row["avgPrice"]) for row in same), ZERO)
    instrument = tickers.instrument(ticker)
    return Position(
        symbol=instrument.symbol,
        quantity=net,
        average_price=value / size if size else ZERO,
        market_price=price(rows[0].get("ltp")),
        unrealized_pnl=sum((_decimal(row["unrealized_profit"]) for row in rows), ZERO),
        instrument=instrument,
    )


def _quote(values: Row, now: datetime) -> Quote | None:
    last = price(values.get("lp"))
    if last is None:
        return None
    bid, ask = price(values.get("bid")), price(values.get("ask"))
    seconds = str(values.get("tt") or "")
    at = datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() else now
    # A crossed quote is a figure from before or after the market, not a price.
    crossed = bid is None or ask is None or bid > ask
    return Quote(last, at, *((None, None) if crossed else (bid, ask)))


def _amount(amounts: dict[tuple[int, str], Decimal], wanted: tuple[int, str]) -> Decimal:
    number, title = wanted
    by_title = next((amount for (_, name), amount in amounts.items() if name == title), None)
    return by_title if by_title is not None else next(a for (i, _), a in amounts.items() if i == number)


def _symbol(row: Row) -> str:
    ticker: str = row["symbol"]
    return ticker


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))
