"""What Fyers' refusals mean: a reason of ours, and what to do about it."""

from app.dataclass import dataclass
from app.domain.reasons import Reason

LONGEST_MESSAGE = 300
FORBIDDEN, TOO_MANY = 403, 429
NO_PERMISSION, INVALID_SYMBOL, LIMIT_REACHED, OLD_LIMIT_REACHED = -373, -300, -429, -353


@dataclass(frozen=True, slots=True)
class Meaning:
    """A refusal is known by its HTTP status, its code, or words in its message, in small letters."""

    reason: Reason
    advice: str
    words: tuple[str, ...] = ()
    codes: frozenset[int] = frozenset()
    statuses: frozenset[int] = frozenset()

    def fits(self, status: int, code: int | None, message: str) -> bool:
        """True when this is what a refusal means."""
        if status in self.statuses or code in self.codes:
            return True
        return any(word in message for word in self.words)


# The first that fits counts: words tell more than codes, and codes more than statuses.
MEANINGS = (
    Meaning(
        Reason.BROKER_ADDRESS_REFUSED,
        "Fyers takes orders only from the static IP address that is registered with the app: send all traffic"
        " through one address and register it at myapi.fyers.in.",
        # The exact words are not documented; these are parts that such a message can hardly lack.
        words=("ip address", "static ip", "whitelist"),
    ),
    Meaning(
        Reason.BUYING_POWER_INSUFFICIENT,
        "Add funds, or trade a smaller size.",
        words=("margin shortfall", "insufficient fund", "insufficient margin", "margin exceeds"),
    ),
    Meaning(
        Reason.QUANTITY_EXCEEDS_FREEZE,
        "Send it in parts.",
        words=("freeze q", "freeze limit", "quantity freeze"),
    ),
    Meaning(
        Reason.QUANTITY_NOT_LOT,
        "Trade whole lots; the lot is in the symbol master.",
        words=("quantity should be in multiple", "lot size"),
    ),
    Meaning(
        Reason.PRICE_BEYOND_CIRCUIT,
        "Choose a price between the day's circuit limits.",
        words=("circuit", "execution range", "price band", "price range"),
    ),
    Meaning(
        Reason.MARKET_CLOSED,
        "Send it again while the market is open.",
        words=("market is closed", "market closed", "market is not open", "amo order"),
    ),
    Meaning(
        Reason.SYMBOL_UNKNOWN,
        "The symbol master may be old: refresh it.",
        codes=frozenset({INVALID_SYMBOL}),
    ),
    Meaning(
        Reason.RATE_LIMIT_REACHED,
        "Fyers takes 10 requests a second and 200 a minute.",
        codes=frozenset({LIMIT_REACHED, OLD_LIMIT_REACHED}),
        statuses=frozenset({TOO_MANY}),
    ),
    Meaning(
        Reason.BROKER_CREDENTIALS_REFUSED,
        "Give the app the permission that this needs, at myapi.fyers.in.",
        codes=frozenset({NO_PERMISSION}),
        statuses=frozenset({FORBIDDEN}),
    ),
)


def explained(status: int, code: int | None, message: str) -> tuple[str, str | None]:
    """Return a refusal as sentences, with our reason where it is a known one."""
    told = f"Fyers: {message[:LONGEST_MESSAGE]}"
    meaning = meaning_of(status, code, message)
    if meaning is None:
        return told, None
    return f"{told.rstrip('.')}. {meaning.advice}", meaning.reason.value


def meaning_of(status: int, code: int | None, message: str) -> Meaning | None:
    """Return what a refusal means, if that is known."""
    text = message.lower()
    return next((meaning for meaning in MEANINGS if meaning.fits(status, code, text)), None)
