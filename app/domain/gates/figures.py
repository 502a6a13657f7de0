"""Whether an order's price, size, cost and timing keep to the limits."""

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter

from app.domain.accounts import AssetTerms
from app.domain.exit_levels import Levels
from app.domain.gates.gate import NO_LIMIT, NOT_LIMITED, GateGroup, Outcome, entry_gate, gate
from app.domain.money import ZERO
from app.domain.order_check import OrderCheck
from app.domain.reasons import Reason
from app.domain.refusals import count, money, percent, units

Show = Callable[[Decimal], str]

NO_RISK = "the size does not depend on a risk"
ANY_SIZE = "the alert names no size, or one that may be rounded"
NO_CAP = "no cap"
NO_EXITS = "the alert brings none"
NO_FREEZE = "no limit is known"
NOT_DENIED = "the broker did not say that it lists none of this name"
UNTOLD = AssetTerms()


@entry_gate(Reason.SYMBOL_UNKNOWN, of="asset", otherwise=NOT_DENIED)
def asset_listed(check: OrderCheck, asset: AssetTerms) -> Outcome:
    """Refuse a name that the broker, asked for it, does not list: its price is not missing, it is none."""
    instrument = check.instrument
    if instrument is None or asset.is_listed:
        return None, NOT_DENIED
    told = f"{check.capabilities.name} lists no {instrument.symbol}"
    if instrument.option is not None and instrument.option.expiry < check.now.date():
        told += f", which expired on {instrument.option.expiry}"
    return Reason.SYMBOL_UNKNOWN, told


@entry_gate(Reason.PRICE_UNKNOWN)
def price_known(check: OrderCheck) -> Outcome:
    """Refuse what cannot be valued."""
    price = check.order.price
    if price is None or price <= ZERO:
        if not check.capabilities.simulated:
            # A real market is believed, and nothing else: sending one with the alert would be no way out.
            return Reason.PRICE_UNKNOWN, "the broker gave none, and one in the alert does not count there"
        own = check.signal.dialect.price_field
        ways = "set a price with flask paper prices"
        ways = ways if own is None else f"send {own} with the alert or {ways}"
        return Reason.PRICE_UNKNOWN, f"neither the broker nor the alert gave one; {ways}"
    return None, money(price, check.currency)


@entry_gate(Reason.PRICE_DEVIATION, Reason.PRICE_UNKNOWN, of="limits.max_price_deviation_pct")
def price_deviation(check: OrderCheck, limit: Decimal) -> Outcome:
    """Refuse an alert whose price is too far from the market's."""
    quote, price = check.quote, check.signal.reference_price or check.signal.limit_price
    if price is None:
        return None, "the alert carries no price"
    if quote is None or quote <= ZERO:
        return Reason.PRICE_UNKNOWN, "no quote to compare with"
    deviation = abs(price - quote) / quote
    prices = f"alert {money(price, check.currency)}, market {money(quote, check.currency)}"
    detail = f"{prices}, {percent(deviation)} apart, limit {percent(limit)}"
    return (Reason.PRICE_DEVIATION if deviation > limit else None), detail


@entry_gate(Reason.EXIT_MISPLACED, of="own_exits", otherwise=NO_EXITS)
def exits_placed(check: OrderCheck, levels: Levels) -> Outcome:
    """Refuse an alert's own stop-loss or take-profit on the wrong side of the price."""
    (stop, target), price = levels, check.order.price
    if price is None:
        return None, NO_EXITS
    sign = check.order.side.sign
    is_wrong = (stop is not None and (price - stop) * sign <= ZERO) or (
        target is not None and (target - price) * sign <= ZERO
    )
    # A distance that is larger than the price leads to none.
    is_wrong = is_wrong or any(level is not None and level <= ZERO for level in (stop, target))
    prices = {"price": price, "stop": stop, "target": target}
    shown = ", ".join(f"{name} {money(value, check.currency)}" for name, value in prices.items() if value)
    return (Reason.EXIT_MISPLACED if is_wrong else None), shown


@entry_gate(
    Reason.QUANTITY_UNUSED,
    of="signal.size_field",
    otherwise="the alert names no size but TradingView's own",
)
def size_used(check: OrderCheck, name: str) -> Outcome:
    """Refuse an entry whose alert names a size that the bot would not use.

    TradingView puts its own number of contracts into every alert; another name is somebody's wish.
    """
    if check.bot.configuration.use_strategy_contracts or check.signal.terms.sizes:
        return None, f"{name} is used"
    return Reason.QUANTITY_UNUSED, f"set use_strategy_contracts at the bot, or leave {name} out"


@entry_gate(
    Reason.RISK_STOP_MISSING,
    Reason.RISK_STOP_MISPLACED,
    Reason.RISK_EXCEEDED,
    of="order.risk",
    otherwise=NO_RISK,
)
def risk_at_stop(check: OrderCheck, risk: Decimal) -> Outcome:
    """Refuse an order that loses more at its stop than the bot risks, or whose loss is not known."""
    price, stop = check.order.price, check.order.stop
    if price is None:
        return None, NO_RISK
    if stop is None:
        return Reason.RISK_STOP_MISSING, f"risk {money(risk, check.currency)}"
    if (price - stop) * check.order.side.sign <= ZERO:
        levels = f"price {money(price, check.currency)}, stop {money(stop, check.currency)}"
        return Reason.RISK_STOP_MISPLACED, levels
    return _at_most(check.loss_at_stop, risk, Reason.RISK_EXCEEDED, _money(check), "risk")


@gate(Reason.QUANTITY_NOT_LOT, of="order.asked", otherwise=ANY_SIZE)
def lot_multiple(check: OrderCheck, asked: Decimal) -> Outcome:
    """Refuse a named size that is not whole lots, rather than trade less than was asked for."""
    instrument = check.instrument
    if instrument is None:
        return None, ANY_SIZE
    lot = instrument.quantity_increment
    detail = f"{units(asked, instrument)}, lot {units(lot, instrument)}"
    return (Reason.QUANTITY_NOT_LOT if asked % lot else None), detail


@entry_gate(Reason.QUANTITY_ZERO, Reason.QUANTITY_EXCEEDS_LIMIT, Reason.ACCOUNT_UNKNOWN, Reason.PRICE_UNKNOWN)
def quantity_limit(check: OrderCheck) -> Outcome:
    """Refuse an order of nothing, or of more units than the limit."""
    quantity, limit = check.order.quantity, check.limits.max_order_quantity
    if quantity is None:
        return (Reason.ACCOUNT_UNKNOWN if check.order.price is not None else Reason.PRICE_UNKNOWN), "no size"
    if quantity <= ZERO:
        return Reason.QUANTITY_ZERO, _why_nothing(check)
    if limit is None:
        return None, NO_LIMIT
    return _at_most(quantity, limit, Reason.QUANTITY_EXCEEDS_LIMIT, _units(check))


def _why_nothing(check: OrderCheck) -> str:
    smallest = check.capabilities.increment(check.instrument) if check.instrument is not None else ZERO
    asset = check.asset or UNTOLD
    shown = [f"smallest step {units(max(smallest, asset.quantity_increment or ZERO), check.instrument)}"]
    if asset.minimum_quantity is not None:
        shown.append(f"smallest order {units(asset.minimum_quantity, check.instrument)}")
    amounts = {
        "least value": asset.minimum_value,
        "price": check.order.price,
        "budget": check.order.budget,
        "risk": check.order.risk,
    }
    known = {name: value for name, value in amounts.items() if value is not None}
    shown += [f"{name} {money(value, check.currency)}" for name, value in known.items()]
    return ", ".join(shown)


@gate(Reason.QUANTITY_EXCEEDS_FREEZE, of="freeze_quantity", otherwise=NO_FREEZE)
def freeze_quantity(check: OrderCheck, limit: Decimal) -> Outcome:
    """Refuse more units than the exchange takes in one order."""
    if check.order.quantity is None:
        return None, NO_FREEZE
    return _at_most(check.order.quantity, limit, Reason.QUANTITY_EXCEEDS_FREEZE, _units(check))


@entry_gate(Reason.NOTIONAL_EXCEEDS_LIMIT, Reason.PRICE_UNKNOWN, of="is_reviewed", otherwise=NO_CAP)
def notional_cap(check: OrderCheck, _: object) -> Outcome:
    """Refuse an order worth more than the opinion and the cap allow; sizing has brought it down to them."""
    limits = {"cap": check.review.notional_cap}
    decision = check.review.advice.decision if check.review.is_required else None
    if decision is not None:
        limits["opinion"] = decision.notional_usd
    known = {name: limit for name, limit in limits.items() if limit is not None}
    if not known:
        return None, NO_CAP
    shown = ", ".join(f"{name} {money(limit, check.currency)}" for name, limit in known.items())
    if check.notional is None:
        return Reason.PRICE_UNKNOWN, shown
    is_over = check.notional > min(known.values())
    detail = f"{money(check.notional, check.currency)}, {shown}"
    return (Reason.NOTIONAL_EXCEEDS_LIMIT if is_over else None), detail


@entry_gate(Reason.NOTIONAL_EXCEEDS_LIMIT, Reason.PRICE_UNKNOWN, of="limits.max_order_notional")
def notional_limit(check: OrderCheck, limit: Decimal) -> Outcome:
    """Refuse an order worth more than the limit."""
    return _at_most(check.notional, limit, Reason.NOTIONAL_EXCEEDS_LIMIT, _money(check))


@entry_gate(Reason.BUYING_POWER_INSUFFICIENT, Reason.ACCOUNT_UNKNOWN, Reason.PRICE_UNKNOWN)
def buying_power(check: OrderCheck) -> Outcome:
    """Refuse what the account cannot pay."""
    account = check.account
    if account is None:
        return Reason.ACCOUNT_UNKNOWN, "no account"
    if not account.can_trade:
        return Reason.ACCOUNT_UNKNOWN, "the broker has blocked the account"
    code = Reason.BUYING_POWER_INSUFFICIENT
    return _at_most(check.notional, account.buying_power, code, _money(check), "buying power")


@entry_gate(Reason.DAILY_ORDER_CAP, of="limits.daily_order_cap")
def daily_orders(check: OrderCheck, limit: int) -> Outcome:
    """Refuse more entries a day than the cap."""
    made = check.usage.orders_today
    detail = f"{count(made, 'entry', 'entries')} made today, limit {count(limit, 'entry', 'entries')}"
    return (Reason.DAILY_ORDER_CAP if made >= limit else None), detail


@entry_gate(Reason.DAILY_NOTIONAL_CAP, Reason.PRICE_UNKNOWN, of="limits.daily_notional_cap")
def daily_notional(check: OrderCheck, limit: Decimal) -> Outcome:
    """Refuse entries worth more a day than the cap."""
    total = None if check.notional is None else check.usage.notional_today + check.notional
    return _at_most(total, limit, Reason.DAILY_NOTIONAL_CAP, _money(check))


@entry_gate(Reason.SYMBOL_EXPOSURE_CAP, Reason.PRICE_UNKNOWN, of="limits.per_symbol_cap")
def symbol_exposure(check: OrderCheck, limit: Decimal) -> Outcome:
    """Refuse a resulting position worth more than the cap."""
    return _at_most(check.position_value, limit, Reason.SYMBOL_EXPOSURE_CAP, _money(check))


@entry_gate(Reason.OPEN_POSITIONS_CAP, of="limits.max_open_positions")
def open_positions(check: OrderCheck, limit: int) -> Outcome:
    """Refuse to open one position more than the bot may hold."""
    usage = check.usage
    held = usage.open_positions
    detail = f"{count(held, 'position', 'positions')} open, limit {count(limit, 'position', 'positions')}"
    is_over = held + (0 if usage.holds_symbol else 1) > limit
    return (Reason.OPEN_POSITIONS_CAP if is_over else None), detail


def _at_most(
    value: Decimal | None, limit: Decimal | int, code: Reason, show: Show, word: str = "limit"
) -> Outcome:
    most = f"{word} {show(Decimal(limit))}"
    if value is None:
        return Reason.PRICE_UNKNOWN, most
    return (code if value > limit else None), f"{show(value)}, {most}"


def _money(check: OrderCheck) -> Show:
    return lambda value: money(value, check.currency)


def _units(check: OrderCheck) -> Show:
    return lambda value: units(value, check.instrument)


FIGURES = GateGroup(
    "figures",
    (
        asset_listed,
        price_known,
        price_deviation,
        exits_placed,
        size_used,
        risk_at_stop,
        lot_multiple,
        quantity_limit,
        freeze_quantity,
        notional_cap,
        notional_limit,
        buying_power,
    ),
)
# Most bots set none of these: then nobody is asked.
CAPS = GateGroup(
    "caps",
    (daily_orders, daily_notional, symbol_exposure, open_positions),
    attrgetter("limits.caps_entries"),
    NOT_LIMITED,
)
