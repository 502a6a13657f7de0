"""The keys of a bot that trades structures of options: what, when, at which prices, and when it leaves."""

from decimal import Decimal
from typing import NewType

from app.dataclass import dataclass
from app.domain.bot_keys import Unit, key
from app.domain.idea_structures import IdeaStructureText
from app.domain.structures.kinds import StructureKind
from app.domain.structures.ladder import Pace
from app.domain.structures.strike_choice import StrikeBy, StrikeRule

# A time of the day at the exchange as its owner writes it: `15:00`; it is stored and shown like that.
TimeText = NewType("TimeText", str)


# Without slots: of two classes that a third inherits from only one can have them.
@dataclass(frozen=True)
class StructureKeys:
    """Keys that count for bots with a `structure`; null is off."""

    idea_structures: tuple[IdeaStructureText, ...] | None = key(
        None,
        "Bots with a `structure` that carry out this one's trade ideas by label, like `buy_call=calls`; "
        "ideas of other labels trade shares.",
    )
    underlying: str | None = key(None, "What a bot with a structure writes its options on, like SPY.")
    structure: StructureKind | None = key(
        None, "The structure of options that it trades; null: shares, coins and single options."
    )
    days_to_expiry: int | None = key(None, "Days to expiry that it looks for; the nearest listed.", least=0)
    days_to_expiry_min: int | None = key(None, "Fewest days to expiry.", least=0)
    days_to_expiry_max: int | None = key(None, "Most days to expiry.", least=0)
    strike_by: StrikeBy = key(
        StrikeBy.DELTA,
        "What `strike_value` is: a delta, a fraction or a number of strikes out of the money, or a mid.",
    )
    strike_value: Decimal | None = key(
        None, "Where the sold leg stands (or the only one, or the bought one nearest the money).", least=0
    )
    strike_rule: StrikeRule = key(
        StrikeRule.CLOSEST, "`exact`: without a listed strike that fits there is no entry."
    )
    wing_width: Decimal | None = key(
        None, "Distance of the protecting legs from the sold ones, per unit of the underlying.", above=0
    )
    contracts: int | None = key(None, "Units of an entry; without it `risk_pct`, else one.", least=1)
    max_loss: Decimal | None = key(None, "Largest loss of one entry at expiry.", unit=Unit.MONEY)
    max_open_trades: int | None = key(None, "Structures that it may hold or open at one time.", least=0)
    max_bid_ask_pct: Decimal | None = key(
        None, "Widest net spread as a fraction of the mid.", unit=Unit.FRACTION
    )
    min_open_interest: int | None = key(None, "Fewest open contracts of every leg.", least=0)
    min_volume: int | None = key(None, "Fewest contracts of every leg traded today.", least=0)
    min_credit_pct: Decimal | None = key(
        None, "Smallest credit as a fraction of the width.", unit=Unit.FRACTION
    )
    max_debit: Decimal | None = key(None, "Largest debit per unit of the underlying.", above=0)
    ladder: Pace = key(Pace.NORMAL, "How long an entry rests at each of its prices: 20, 10 or 4 seconds.")
    ladder_give_pct: Decimal = key(
        Decimal("0.5"),
        "Share of the half spread that an entry may give up beyond the mid.",
        unit=Unit.FRACTION,
        least=0,
        most=1,
    )
    nearest_expiry_days: int = key(
        7, "How far the listed expiry may be from the one a command names, in days.", least=0
    )
    nearest_strike_pct: Decimal = key(
        Decimal("0.05"),
        "How far the listed strike may be from the one a command names.",
        unit=Unit.FRACTION,
        least=0,
        most=1,
    )
    profit_target_pct: Decimal | None = key(
        None, "Gain at which a structure is left, of the credit or debit.", unit=Unit.FRACTION, above=0
    )
    stop_loss_pct: Decimal | None = key(
        None, "Loss at which a structure is left, of the credit or debit.", unit=Unit.FRACTION, above=0
    )
    stop_on_underlying: Decimal | None = key(
        None,
        "A structure is left when the underlying comes so near to a sold strike; 0: reaches it.",
        unit=Unit.FRACTION,
        least=0,
        below=1,
    )
    exit_days_before_expiry: int | None = key(
        None, "Days before expiry on which a structure is left.", least=0
    )
    expiry_exit_time: TimeText = key(
        TimeText("15:00"), "When structures are left on their last day, at the exchange."
    )
    let_expire: bool = key(False, "Structures are held through their expiry.")
    managed: bool = key(True, "false: it only holds structures, no rule of its own leaves them.")
