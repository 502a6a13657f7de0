"""What Alpaca's refusals of orders in contracts mean, by the words that its pages and accounts have shown."""

from app.domain.reasons import Reason
from app.errors import BrokerCredentialsRefused, BrokerRejected

# The first words that a refusal contains decide; status and code are the same for most of them.
# https://docs.alpaca.markets/docs/options-trading-overview
WORDS: tuple[tuple[str, Reason], ...] = (
    ("insufficient options buying power", Reason.BUYING_POWER_INSUFFICIENT),
    ("insufficient buying power", Reason.BUYING_POWER_INSUFFICIENT),
    ("insufficient underlying qty", Reason.POSITION_NONE),
    ("insufficient qty available", Reason.POSITION_CLOSING),
    ("not authorized to trade options", Reason.OPTIONS_LEVEL_INSUFFICIENT),
    ("account not eligible", Reason.OPTIONS_LEVEL_INSUFFICIENT),
    ("active assignment lock", Reason.LEG_ASSIGNED),
    ("mleg order is disabled", Reason.STRUCTURE_UNSUPPORTED),
    ("contracts expiring today", Reason.EXPIRY_CUTOFF),
    ("expires soon", Reason.EXPIRY_CUTOFF),
    ("cut-off", Reason.EXPIRY_CUTOFF),
    ("european", Reason.STRUCTURE_UNSUPPORTED),
    ("index option", Reason.STRUCTURE_UNSUPPORTED),
    ("is expired", Reason.CONTRACT_NOT_TRADABLE),
    ("is not active", Reason.CONTRACT_NOT_TRADABLE),
    ("is not tradable", Reason.CONTRACT_NOT_TRADABLE),
    ("not found", Reason.CONTRACT_NOT_TRADABLE),
    ("options order qty must be", Reason.QUANTITY_EXCEEDS_LIMIT),
    ("options order notional", Reason.NOTIONAL_EXCEEDS_LIMIT),
    ("market hours", Reason.MARKET_CLOSED),
    ("position intent mismatch", Reason.LEG_HELD),
    ("underlying asset mismatch", Reason.STRUCTURE_MALFORMED),
    ("rolling contracts ambiguity", Reason.STRUCTURE_MALFORMED),
    ("relatively prime", Reason.STRUCTURE_MALFORMED),
    ("leg symbols", Reason.STRUCTURE_MALFORMED),
    ("to 4 legs", Reason.STRUCTURE_MALFORMED),
)


def reason_of(message: str) -> Reason | None:
    """Return what a refusal means; None: its words are not known."""
    told = message.lower()
    return next((reason for words, reason in WORDS if words in told), None)


def named(error: BrokerRejected) -> BrokerRejected:
    """Return the refusal with the code of what it means."""
    reason = reason_of(error.message)
    if reason is None or isinstance(error, BrokerCredentialsRefused):
        return error
    return BrokerRejected(error.message, reason=reason.value, is_passing=error.is_passing)
