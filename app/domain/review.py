"""What an entry needs of an analyst and of a person before it is decided on, and what they said."""

from decimal import Decimal

from app.dataclass import dataclass
from app.domain.bots import AnalystUse, Approval, BotConfiguration
from app.domain.money import ZERO
from app.domain.opinions import Decision, Opinion
from app.domain.planning import may_enter
from app.domain.reasons import Reason
from app.domain.signals import Signal
from app.domain.structures.directions import may_enter_structure


@dataclass(frozen=True, slots=True)
class Advice:
    """An opinion and an approval, where there are any.

    `assumed`: nobody was asked, and it is judged as if everybody had said yes. `approved_value` and
    `approved_quantity` are what a person has seen: an entry may be larger than one of them, not than both.
    """

    opinion: Opinion | None = None
    approved: bool = False
    assumed: bool = False
    approved_value: Decimal | None = None
    approved_quantity: Decimal | None = None

    @property
    def reason(self) -> Reason | None:
        """Why the opinion is not in favour; None when it is, or when there is none."""
        return None if self.opinion is None else self.opinion.reason

    @property
    def decision(self) -> Decision | None:
        """What the analyst decided, if anything."""
        return None if self.opinion is None else self.opinion.decision

    def most(self, unit_value: Decimal) -> Decimal | None:
        """Return what an entry may be worth by a person's word; None is no limit."""
        if self.approved_value is None:
            return None
        return max(self.approved_value, (self.approved_quantity or ZERO) * unit_value)


def is_reviewed(signal: Signal, bot: BotConfiguration) -> bool:
    """Tell whether an analyst or a person has a word in an alert; exits never wait for one."""
    if signal.idea is not None:
        return True
    if bot.analyst is AnalystUse.OFF and bot.approval is Approval.OFF:
        return False
    if bot.structure is not None:
        return may_enter_structure(signal, bot.structure, cover_only=bot.cover_only)
    return may_enter(signal, cover_only=bot.cover_only)


def takes_time(signal: Signal, bot: BotConfiguration) -> bool:
    """Tell whether an alert is answered before it is carried out: an analyst takes longer than HTTP may.

    A person takes longer still, but is asked at once: the answer says that the order waits.
    """
    asks_analyst = signal.idea is not None or bot.analyst is not AnalystUse.OFF
    return asks_analyst and is_reviewed(signal, bot)


NO_ADVICE = Advice()
ASSUMED = Advice(assumed=True)


@dataclass(frozen=True, slots=True)
class Review:
    """What was said, and what has to be.

    `is_required`: there must be an opinion in favour, of at least `min_confidence`; another is advisory and
    refuses nothing. `notional_cap` is the largest value that sizing aimed at. `approval` says when a person
    must approve: above `approval_above` (account currency), where that is set.
    """

    advice: Advice = NO_ADVICE
    is_required: bool = False
    min_confidence: Decimal = ZERO
    notional_cap: Decimal | None = None
    approval: Approval = Approval.OFF
    approval_above: Decimal | None = None

    @property
    def is_wanted(self) -> bool:
        """True where an analyst or a person has a word in it, or a cap says what it may be worth."""
        is_asked = self.is_required or self.approval is not Approval.OFF
        return is_asked or self.advice.opinion is not None or self.notional_cap is not None

    @property
    def lacks_opinion(self) -> bool:
        """True where an opinion in favour is required and there is none."""
        if not self.is_required or self.advice.assumed:
            return False
        return self.advice.opinion is None or self.advice.reason is not None

    @property
    def lacks_approval(self) -> bool:
        """True where the bot wants a person's approval and there is none."""
        return self.approval is not Approval.OFF and not (self.advice.approved or self.advice.assumed)
