import pytest

from app.brokers.alpaca.structures.refusals import named, reason_of
from app.errors import BrokerCredentialsRefused, BrokerRejected

pytestmark = pytest.mark.unit
TOLD = {
    "account not authorized to trade options": "OPTIONS_LEVEL_INSUFFICIENT",
    "account not eligible to trade long option contracts": "OPTIONS_LEVEL_INSUFFICIENT",
    "account not eligible to trade spreads or uncovered contracts": "OPTIONS_LEVEL_INSUFFICIENT",
    "account not eligible to trade uncovered option contracts": "OPTIONS_LEVEL_INSUFFICIENT",
    "account not eligible for level2 options trading": "OPTIONS_LEVEL_INSUFFICIENT",
    "insufficient options buying power": "BUYING_POWER_INSUFFICIENT",
    "insufficient options buying power for cash-secured put (required: 1, available: 0)": (
        "BUYING_POWER_INSUFFICIENT"
    ),
    "insufficient underlying qty available for covered call (required: 100, available: 0)": "POSITION_NONE",
    "insufficient qty available for order (requested: 2, available: 1)": "POSITION_CLOSING",
    "exceeded account limit for contracts expiring today": "EXPIRY_CUTOFF",
    "active assignment lock on AAPL, cannot close all long options": "LEG_ASSIGNED",
    "submit mleg order is disabled": "STRUCTURE_UNSUPPORTED",
    "option contract X not found": "CONTRACT_NOT_TRADABLE",
    "option contract X is expired": "CONTRACT_NOT_TRADABLE",
    "option contract X is not active": "CONTRACT_NOT_TRADABLE",
    "option contract X is not tradable": "CONTRACT_NOT_TRADABLE",
    "option contract X expires soon, unable to open new positions": "EXPIRY_CUTOFF",
    "AM-settled index option X is past its cut-off": "EXPIRY_CUTOFF",
    "european style legs must have the same expiration date": "STRUCTURE_UNSUPPORTED",
    "options order qty must be <= 100": "QUANTITY_EXCEEDS_LIMIT",
    "options order notional is 900 must be <= 800": "NOTIONAL_EXCEEDS_LIMIT",
    "options market orders are only allowed during market hours": "MARKET_CLOSED",
    "position intent mismatch, inferred: buy_to_close, specified: buy_to_open": "LEG_HELD",
    "leg ratio quantities should be relatively prime: GCD[2 2] = 2": "STRUCTURE_MALFORMED",
    "underlying asset mismatch": "STRUCTURE_MALFORMED",
    "rolling contracts ambiguity": "STRUCTURE_MALFORMED",
}


@pytest.mark.parametrize(("message", "code"), TOLD.items())
def test_refusal_when_its_words_are_known_then_it_has_a_code_of_its_own(message, code):
    found = named(BrokerRejected(f"Alpaca: {message}", is_passing=True))

    assert (found.reason, found.is_passing) == (code, True)
    assert message in found.message


def test_refusal_when_its_words_are_unknown_then_it_is_what_it_was():
    error = BrokerRejected("Alpaca: something new")

    assert reason_of("Alpaca: something new") is None
    assert named(error) is error


def test_refusal_when_the_keys_are_bad_then_it_stays_that():
    error = BrokerCredentialsRefused("Alpaca: the key is not found")

    assert named(error) is error
