from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from app.domain.accounts import Account, MarketHours, MarketSnapshot, Quote
from app.domain.bots import Bot, BotConfiguration, BotSecrets
from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.limits import Limits
from app.domain.order_check import OrderCheck, Permissions, ProposedOrder, Usage
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


# Where the parts of an order check keep what a test may change by its own name.
PARTS = {
    "order": ("role", "side", "quantity", "price", "asked", "own_exits", "stop", "risk", "budget"),
    "permissions": (
        "global_state",
        "bot_state",
        "broker_configured",
        "broker_needs",
        "allow_live",
        "equity_unknown",
        "opposed_by",
    ),
    "market": ("account", "position", "quote", "hours", "asset"),
    "review": ("advice", "is_required", "min_confidence", "notional_cap", "approval", "approval_above"),
    "signal": ("idea", "reference_price", "size_field"),
}


def order_check(*, limits=None, usage=None, bot=None, may_sell_options=False, **changes):
    """An entry that every gate lets pass: ten shares at 100; a change is written where its part keeps it."""
    passing = OrderCheck(
        now=NOW,
        bot=Bot("trend", BotSecrets("", NOW), NOW, BotConfiguration(**(bot or {}))),
        signal=signal(reference_price=100),
        order=ProposedOrder(OrderRole.ENTRY, Side.BUY, Decimal(10), Decimal(100)),
        limits=Limits(**(limits or {})),
        capabilities=EVERYTHING_SHORT,
        instrument=APPLE,
        sent_at=NOW,
        permissions=Permissions(may_sell_options=may_sell_options),
        market=MarketSnapshot(RICH, Decimal(0), Quote(Decimal(100), NOW), hours=MarketHours(is_open=True)),
        usage=Usage(**(usage or {})),
    )
    for part, names in PARTS.items():
        given = {name: changes.pop(name) for name in names if name in changes}
        passing = replace(passing, **{part: replace(getattr(passing, part), **given)})
    return replace(passing, **changes)


def signal(intent=Intent.ENTER_LONG, side=Side.BUY, **changes):
    plain = Signal(dialect=Dialect.STRATEGY, symbol="AAPL", intent=intent, side=side)
    size_field = changes.pop("size_field", None)
    return replace(plain, size_field=size_field, **decimals(changes))


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
