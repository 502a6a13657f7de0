"""Alpaca's accounts, positions, prices and hours in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from app.brokers.alpaca.normalisation import LEAST_VALUES, Asset
from app.brokers.alpaca.receipts import Row, decimal, moment
from app.brokers.alpaca.symbols import instrument_of
from app.domain.accounts import Account, AssetTerms, MarketHours, Position, Quote
from app.domain.bars import Bar
from app.domain.instruments import AssetClass
from app.domain.money import ONE, ZERO
from app.errors import BrokerUnavailable, OutcomeUnknown

# A wider market tells less about the price than its last trade; options are always wide.
WIDEST_SPREAD = Decimal("0.01")
_BUYING_POWER = {
    AssetClass.CRYPTO: "non_marginable_buying_power",
    AssetClass.OPTION: "options_buying_power",
}
_BLOCKS = ("trading_blocked", "account_blocked", "trade_suspended_by_user")


@contextmanager
def understood(failure: type[BrokerUnavailable | OutcomeUnknown]) -> Iterator[None]:
    """Turn an answer that is not what the documentation promises into `failure`."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise failure("Alpaca's answer is not what its documentation promises.") from error


def account_of(row: Row, asset_class: AssetClass = AssetClass.EQUITY) -> Account:
    """Read an account; its buying power is that for the class of instrument."""
    # Coins take no margin, and options have a power of their own: the general figure would allow too much.
    own_power = row.get(_BUYING_POWER.get(asset_class, "buying_power"))
    return Account(
        equity=Decimal(row["equity"]),
        cash=Decimal(row["cash"]),
        buying_power=Decimal(own_power if own_power is not None else row["buying_power"]),
        currency=row.get("currency") or "USD",
        can_trade=row["status"] == "ACTIVE" and not any(row.get(block) for block in _BLOCKS),
        options_buying_power=decimal(row.get(_BUYING_POWER[AssetClass.OPTION])),
    )


def position_of(row: Row) -> Position:
    """Read a position; a short one is negative, whatever sign Alpaca gives it."""
    instrument = instrument_of(row["symbol"], row["asset_class"])
    return Position(
        symbol=instrument.symbol,
        quantity=signed_quantity(row),
        average_price=Decimal(row["avg_entry_price"]),
        market_price=decimal(row.get("current_price")),
        unrealized_pnl=decimal(row.get("unrealized_pl")),
        instrument=instrument,
    )


def signed_quantity(row: Row) -> Decimal:
    """Return the units of a position, negative for a short one."""
    # Whether a short quantity carries a sign is not documented for certain; `side` is.
    quantity = abs(Decimal(row["qty"]))
    return -quantity if row["side"] == "short" else quantity


def two_sided(row: Row | None) -> Quote | None:
    """Read a quote whose price is the middle; None when a side is missing or the sides are crossed."""
    if row is None:
        return None
    # A side on which nobody offers comes as 0, which is no price.
    bid, ask = decimal(row.get("bp")), decimal(row.get("ap"))
    if not bid or not ask or not ZERO < bid <= ask:
        return None
    return Quote((bid + ask) / 2, moment(row["t"]), bid, ask)


def is_tight(quote: Quote) -> bool:
    """True when the middle of a quote says what the instrument is worth."""
    if quote.bid is None or quote.ask is None:
        return False
    return quote.ask - quote.bid <= quote.price * WIDEST_SPREAD


def with_trade(quote: Quote | None, trade: Row | None) -> Quote | None:
    """Return the last trade's price beside the sides of the quote; without a trade, the quote."""
    price = None if trade is None else decimal(trade.get("p"))
    if trade is None or not price or price <= ZERO:
        return quote
    bid, ask = (None, None) if quote is None else (quote.bid, quote.ask)
    return Quote(price, moment(trade["t"]), bid, ask)


def hours_of(row: Row) -> MarketHours:
    """Read Alpaca's clock."""
    if not isinstance(row["is_open"], bool):
        raise TypeError("is_open is not a truth value.")
    return MarketHours(row["is_open"], moment(row["next_open"]), moment(row["next_close"]))


def asset_of(row: Row, symbol: str) -> Asset:
    """Read what Alpaca says about an instrument."""
    return Asset(
        symbol=symbol,
        tradable=row["tradable"] is True and row.get("status", "active") == "active",
        fractionable=row.get("fractionable") is True,
        shortable=row.get("shortable") is True,
        active=row.get("status", "active") == "active",
        minimum_quantity=decimal(row.get("min_order_size")),
        quantity_increment=_step(row.get("min_trade_increment")),
        price_increment=_step(row.get("price_increment")),
    )


def terms_of(asset: Asset, asset_class: AssetClass) -> AssetTerms:
    """Say in our words what an entry into an instrument must keep to."""
    is_whole = asset_class is AssetClass.EQUITY and not asset.fractionable
    return AssetTerms(
        is_listed=asset.active,
        quantity_increment=ONE if is_whole else asset.quantity_increment,
        minimum_quantity=asset.minimum_quantity,
        minimum_value=LEAST_VALUES.get(asset_class),
    )


def bar_of(row: Row) -> Bar:
    """Read a bar; one that contradicts itself is no answer."""
    first, high, low, last = (Decimal(str(row[name])) for name in ("o", "h", "l", "c"))
    bar = Bar(moment(row["t"]), first, high, low, last, decimal(row.get("v")))
    if not bar.is_sound:
        raise ValueError("A bar whose prices do not fit each other.")
    return bar


def _step(value: Any) -> Decimal | None:
    step = decimal(value)
    return step if step is not None and step > ZERO else None
