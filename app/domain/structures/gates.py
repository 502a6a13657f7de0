"""The gates of an entry into a structure: pure, in this order, each with the figures it compared.

Where data is missing that a bot's limit asks for, the entry is refused.
"""

from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from typing import TypeAlias

from app.dataclass import dataclass
from app.domain.order_check import Verdict
from app.domain.reasons import Reason
from app.domain.refusals import money, percent
from app.domain.structure_keys import StructureKeys
from app.domain.structures.chain import ChainContract
from app.domain.structures.cover import uncovered_leg
from app.domain.structures.delivery import last_day
from app.domain.structures.kinds import Sign
from app.domain.structures.legs import Structure, StructureRefused
from app.domain.structures.levels import OptionsLevel, level_needed
from app.domain.structures.net_quotes import NetQuote, check_price, sign_of
from app.domain.structures.payoff import bounds, largest_loss

Outcome: TypeAlias = tuple[Reason | None, str]
NO_LIMIT: Outcome = (None, "no limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureCheck:
    """An entry as it is about to begin.

    `worst` is the net price at the ladder's end. `level` and the four after it are the broker's;
    `buying_power` None is unknown. `opposed` is a contract that another trade holds the other way round.
    `local` is the exchange's time.
    """

    structure: Structure
    contracts: tuple[ChainContract, ...]
    quote: NetQuote
    worst: Decimal
    units: int
    keys: StructureKeys
    level: OptionsLevel
    most_legs: int
    share_legs: bool
    several_expiries: bool
    needs_cover: bool = False
    buying_power: Decimal | None
    open_trades: int
    opposed: str | None
    local: datetime

    @property
    def loss(self) -> Decimal | None:
        """The most that the entry can lose, in money, at the worst price of its ladder; None has no end."""
        loss = largest_loss(self.structure, self.worst)
        return None if loss is None else loss * self.units


StructureGate: TypeAlias = Callable[[StructureCheck], Outcome]


def structure_supported(check: StructureCheck) -> Outcome:
    """Refuse what the broker takes no single order for."""
    options, has_shares = (
        len(check.structure.options),
        len(check.structure.options) < len(check.structure.legs),
    )
    if options > check.most_legs:
        return Reason.STRUCTURE_UNSUPPORTED, f"{options} contracts, the broker takes {check.most_legs}"
    if has_shares and not check.share_legs:
        return Reason.STRUCTURE_UNSUPPORTED, "shares cannot be a leg there"
    if len(check.structure.expiries) > 1 and not check.several_expiries:
        return Reason.STRUCTURE_UNSUPPORTED, "all legs must expire on one day there"
    bare = uncovered_leg(check.structure) if check.needs_cover else None
    if bare is not None:
        return Reason.STRUCTURE_UNSUPPORTED, f"{bare.instrument.symbol} must be covered by a bought leg there"
    return None, f"{len(check.structure.legs)} legs"


def options_level(check: StructureCheck) -> Outcome:
    """Refuse what the account may not open."""
    needed = level_needed(check.structure)
    detail = f"level {check.level.value}, needed {needed.value} ({needed.name.lower()})"
    return (Reason.OPTIONS_LEVEL_INSUFFICIENT if check.level < needed else None), detail


def contracts_tradable(check: StructureCheck) -> Outcome:
    """Refuse contracts that cannot be traded, or that stand for something unusual."""
    for contract in check.contracts:
        if not contract.is_tradable:
            return Reason.CONTRACT_NOT_TRADABLE, contract.instrument.symbol
        if not contract.is_standard:
            return Reason.CONTRACT_NONSTANDARD, contract.instrument.symbol
    return None, ", ".join(contract.instrument.symbol for contract in check.contracts)


def expiry_cutoff(check: StructureCheck) -> Outcome:
    """Refuse what would have to be left again at once."""
    expiry, cutoff = check.structure.expiries[0], time.fromisoformat(check.keys.expiry_exit_time)
    last = expiry if check.keys.let_expire else last_day(check.structure)
    today, is_left = check.local.date(), check.local.time() >= cutoff and not check.keys.let_expire
    is_late = today > last or (today == last and is_left)
    told = f"expires {expiry}, entries until {cutoff:%H:%M}" + ("" if last == expiry else f" of {last}")
    return (Reason.EXPIRY_CUTOFF if is_late else None), told


def spread_narrow(check: StructureCheck) -> Outcome:
    """Refuse quotes that are too far apart."""
    limit, spread = check.keys.max_bid_ask_pct, check.quote.relative_spread
    if limit is None:
        return NO_LIMIT
    if spread is None:
        return Reason.SPREAD_TOO_WIDE, f"the mid is zero, limit {percent(limit)}"
    return (Reason.SPREAD_TOO_WIDE if spread > limit else None), f"{percent(spread)}, limit {percent(limit)}"


def open_interest(check: StructureCheck) -> Outcome:
    """Refuse legs that few hold."""
    return _each(check, check.keys.min_open_interest, lambda one: one.open_interest, Reason.OPEN_INTEREST_LOW)


def traded_volume(check: StructureCheck) -> Outcome:
    """Refuse legs that few have traded today."""
    return _each(check, check.keys.min_volume, lambda one: one.volume, Reason.VOLUME_LOW)


def price_possible(check: StructureCheck) -> Outcome:
    """Refuse a net price on the wrong side of zero, or beyond what the structure can be worth."""
    try:
        check_price(check.structure, check.worst)
    except StructureRefused as refused:
        return refused.reason, f"net {check.worst:f}"
    return None, f"net {check.worst:f}"


def credit_enough(check: StructureCheck) -> Outcome:
    """Refuse a credit that is too small for the width."""
    limit, width = check.keys.min_credit_pct, bounds(check.structure).width
    if limit is None or sign_of(check.structure) is Sign.DEBIT:
        return NO_LIMIT
    if not width:
        return Reason.CREDIT_TOO_SMALL, "its width has no end, so no share of it is enough"
    share = -check.worst / width
    return (Reason.CREDIT_TOO_SMALL if share < limit else None), f"{percent(share)}, limit {percent(limit)}"


def debit_bound(check: StructureCheck) -> Outcome:
    """Refuse a debit that is too large."""
    limit = check.keys.max_debit
    if limit is None:
        return NO_LIMIT
    return (Reason.DEBIT_TOO_LARGE if check.worst > limit else None), f"net {check.worst:f}, limit {limit:f}"


def loss_bound(check: StructureCheck) -> Outcome:
    """Refuse an entry that can lose too much."""
    limit, currency = check.keys.max_loss, check.structure.currency
    if limit is None:
        return NO_LIMIT
    if check.loss is None:
        return Reason.MAX_LOSS_EXCEEDED, f"without end, limit {money(limit, currency)}"
    detail = f"{money(check.loss, currency)}, limit {money(limit, currency)}"
    return (Reason.MAX_LOSS_EXCEEDED if check.loss > limit else None), detail


def loss_affordable(check: StructureCheck) -> Outcome:
    """Refuse an entry whose largest loss the account cannot bear."""
    currency = check.structure.currency
    if check.buying_power is None:
        return Reason.ACCOUNT_UNKNOWN, "the buying power is unknown"
    if check.loss is None:
        # What is uncovered the broker margins by rules of its own; it refuses what is too much.
        return None, f"without end, buying power {money(check.buying_power, currency)}"
    detail = f"{money(check.loss, currency)}, buying power {money(check.buying_power, currency)}"
    return (Reason.BUYING_POWER_INSUFFICIENT if check.loss > check.buying_power else None), detail


def trades_open(check: StructureCheck) -> Outcome:
    """Refuse one trade too many."""
    limit = check.keys.max_open_trades
    if limit is None:
        return NO_LIMIT
    return (
        Reason.BOT_TRADES_CAP if check.open_trades >= limit else None
    ), f"{check.open_trades}, limit {limit}"


def leg_free(check: StructureCheck) -> Outcome:
    """Refuse a leg that would net away what another trade holds."""
    return (None, "no leg is opposed") if check.opposed is None else (Reason.LEG_HELD, check.opposed)


STRUCTURE_GATES: tuple[StructureGate, ...] = (
    structure_supported,
    options_level,
    contracts_tradable,
    expiry_cutoff,
    spread_narrow,
    open_interest,
    traded_volume,
    price_possible,
    credit_enough,
    debit_bound,
    loss_bound,
    loss_affordable,
    trades_open,
    leg_free,
)


def ask_structure_gates(check: StructureCheck) -> list[Verdict]:
    """Ask every gate; the first refusal is the entry's reason."""
    outcomes = ((gate.__name__, *gate(check)) for gate in STRUCTURE_GATES)
    return [Verdict(name, code is None, code, detail) for name, code, detail in outcomes]


def _each(
    check: StructureCheck, limit: int | None, figure: Callable[[ChainContract], int | None], reason: Reason
) -> Outcome:
    if limit is None:
        return NO_LIMIT
    for contract in check.contracts:
        found = figure(contract)
        if found is None or found < limit:
            has = "unknown" if found is None else f"{found:,}"
            return reason, f"{contract.instrument.symbol} {has}, limit {limit:,}"
    return None, f"every leg at least {limit:,}"
