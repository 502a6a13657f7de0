from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from app.domain.accounts import Account
from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.limits import Limits
from app.domain.order_check import Proposal, Usage
from app.domain.orders import OrderRole, OrderStatus, OrderType, Receipt, Side
from app.domain.signals import Dialect, Intent, Signal, Target

NOW = datetime(2026, 6, 2, 14, 30, tzinfo=UTC)
TICKET = UUID("01899a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b")

APPLE = Instrument("AAPL", AssetClass.EQUITY)
BITCOIN = Instrument("BTC-USD", AssetClass.CRYPTO)
CALL = Instrument(
    symbol="AAPL260620C00100000",
    asset_class=AssetClass.OPTION,
    option=OptionContract("AAPL", date(2026, 6, 20), Decimal(100), "call"),
)

EVERYTHING_SHORT = Capabilities("paper", short=frozenset(AssetClass))
RICH = Account(equity=Decimal(100_000), cash=Decimal(100_000), buying_power=Decimal(100_000))


def decimals(values):
    """Let a test write 10 or "0.5" where money is meant."""
    return {name: Decimal(value) if type(value) in {int, str} else value for name, value in values.items()}


def proposal(*, limits=None, usage=None, role=OrderRole.ENTRY, side=Side.BUY, **changes):
    """An entry that every gate lets pass: ten shares at 100."""
    passing = Proposal(
        now=NOW,
        role=role,
        side=side,
        broker=EVERYTHING_SHORT,
        limits=Limits(**(limits or {})),
        sent_at=NOW,
        instrument=APPLE,
        quantity=Decimal(10),
        price=Decimal(100),
        quote=Decimal(100),
        reference_price=Decimal(100),
        held=Decimal(0),
        account=RICH,
        market_open=True,
        usage=Usage(**(usage or {})),
    )
    return replace(passing, **changes)


def signal(intent=Intent.ENTER_LONG, side=Side.BUY, **changes):
    return Signal(dialect=Dialect.STRATEGY, symbol="AAPL", intent=intent, side=side, **decimals(changes))


def target(now, before=None, now_size=None, before_size=None):
    sizes = (None if size is None else Decimal(size) for size in (now_size, before_size))
    return Target(now, before, *sizes)


def targeting(side, *sizes, contracts=None):
    """A signal that carries TradingView's position: now, before, size now, size before."""
    return signal(Intent.TARGET, side, quantity=contracts, target=target(*sizes))


def receipt(filled, price="100", *, side=Side.BUY, name="bot-1", **changes):
    terms = {
        "client_order_id": name,
        "broker_order_id": "7",
        "broker": "paper",
        "symbol": "AAPL",
        "side": side,
        "type": OrderType.MARKET,
        "status": OrderStatus.FILLED,
        "created_at": NOW,
        "filled_quantity": Decimal(filled),
        "average_fill_price": None if price is None else Decimal(price),
    }
    return Receipt(**terms | changes)
