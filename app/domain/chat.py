"""Chat: what is said there, what it means, and what is answered."""

from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.dataclass import dataclass

# A platform's own clock and ours may differ by so much; what is older was recorded and sent again.
LONGEST_AGE = timedelta(minutes=5)
# So long a button that orders something may be pressed.
BUTTON_LIFE = timedelta(minutes=5)


class ChatPlatform(StrEnum):
    """Where it was said."""

    SLACK = "slack"
    DISCORD = "discord"


class ChatVerb(StrEnum):
    """What can be said."""

    HELP = "help"
    STATUS = "status"
    POSITIONS = "positions"
    TICKETS = "tickets"
    WHY = "why"
    APPROVE = "approve"
    REJECT = "reject"
    HALT = "halt"
    REDUCE = "reduce"
    RESUME = "resume"
    CLOSE = "close"
    PREVIEW = "preview"
    BUY = "buy"
    SELL = "sell"


class ChatAction(StrEnum):
    """What a button does."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    APPROVE = "approve"
    REJECT = "reject"


# They change what is held, or let more be done: they want a button.
CONFIRMED = frozenset({ChatVerb.RESUME, ChatVerb.CLOSE, ChatVerb.BUY, ChatVerb.SELL})
HELP = (
    "status · positions · tickets · why ID · approve ID · reject ID · halt [BOT] [REASON] · "
    "reduce [BOT] [REASON] · resume [BOT] · close SYMBOL or all · preview TEXT · buy or sell TEXT, like "
    "`buy AAPL 10 limit 190 sl 185 tp 200`"
)


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """A verb and what stands behind it; None: nothing that is known."""

    verb: ChatVerb | None
    rest: str = ""

    @property
    def line(self) -> str:
        """Return it as it was said."""
        return f"{self.verb.value if self.verb else ''} {self.rest}".strip()


def read_command(text: str) -> ChatCommand:
    """Read what was said; an empty line asks for help."""
    word, _, rest = " ".join(text.split()).partition(" ")
    if not word:
        return ChatCommand(ChatVerb.HELP)
    try:
        return ChatCommand(ChatVerb(word.lower()), rest)
    except ValueError:
        return ChatCommand(None, text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """Somebody said something, or pressed a button.

    `delivery` tells one delivery from another, `answer_at` is where what takes longer is answered.
    """

    platform: ChatPlatform
    user: str
    delivery: str
    at: datetime
    text: str = ""
    action: ChatAction | None = None
    value: str = ""
    answer_at: str | None = None

    @property
    def speaker(self) -> str:
        """Return who it is, as settings and the audit name him."""
        return f"{self.platform.value}:{self.user}"


@dataclass(frozen=True, slots=True)
class ChatButton:
    """A button below an answer."""

    label: str
    action: ChatAction
    value: str
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """What is answered, to the speaker alone; `replaces` takes the place of the message with the button."""

    text: str
    buttons: tuple[ChatButton, ...] = field(default=())
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class ProposedClose:
    """A position that would be closed; `quantity` is signed."""

    broker: str
    symbol: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatProposal:
    """What a button would do; `state` is what it was made for, in words that must still be true.

    It is begun before anything is done, and done once the answer is known.
    """

    speaker: str
    line: str
    created_at: datetime
    state: str
    closes: tuple[ProposedClose, ...] = ()
    begun: bool = False
    done: bool = False

    def is_over(self, now: datetime) -> bool:
        """Tell whether its time is over."""
        return now - self.created_at > BUTTON_LIFE
