from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass
from app.domain.opinions import Action, Direction
from app.services.opinion_scores.past_opinions import outcome_of, read_past
from tests.past_opinions import NOON, idea_alert, past_ticket, refused, said

pytestmark = pytest.mark.unit


def test_read_when_ticket_is_an_idea_then_its_own_levels_are_the_thesis():
    found = read_past(past_ticket(alert=idea_alert(direction="bearish", stop_price=105.5)))
    thesis = found.opinion.thesis

    assert (thesis.direction, thesis.entry, thesis.stop) == (Direction.BEARISH, 100, Decimal("105.5"))
    assert (found.opinion.at, found.instrument.asset_class) == (NOON, AssetClass.EQUITY)


def test_read_when_ticket_is_another_alert_then_order_and_exits_are_the_thesis():
    signal = {"symbol": "BTCUSD", "side": "sell", "limit_price": "90"}
    exits = {"stop_loss": "95", "take_profit": "80"}
    found = read_past(past_ticket(dialect="strategy", signal=signal, exits=exits))
    thesis = found.opinion.thesis

    assert (thesis.direction, thesis.entry, thesis.target, thesis.stop) == (Direction.BEARISH, 90, 80, 95)
    assert found.opinion.symbol == "BTC-USD"


def test_read_when_the_model_failed_then_there_is_no_action():
    opinion = read_past(past_ticket(opinion=said(None))).opinion

    assert (opinion.action, opinion.confidence, opinion.analyst) == (None, None, "openai")


def test_read_when_the_model_decided_then_it_is_told():
    opinion = read_past(past_ticket(opinion=said("skip", "0.3"))).opinion

    assert (opinion.action, opinion.confidence, opinion.notional) == (Action.SKIP, Decimal("0.3"), 200)


def test_read_when_the_symbol_names_nothing_then_there_is_no_instrument():
    found = read_past(past_ticket(signal={"symbol": "!!", "side": "buy"}))

    assert (found.instrument, found.opinion.symbol) == (None, "!!")


def test_read_when_an_option_was_not_ordered_then_nobody_knows_which_it_was():
    assert read_past(refused("denied", "MARKET_CLOSED", dialect="option")).instrument is None


def test_read_when_an_option_was_ordered_then_its_contract_counts():
    entry = {"symbol": "NIFTY26JUN24000CE", "notional": "1"}
    instrument = read_past(past_ticket(dialect="option", entry=entry)).instrument

    assert (instrument.symbol, instrument.venue) == ("NIFTY26JUN24000CE", "nse")


def test_read_when_a_structure_was_ordered_then_its_underlying_is_not_taken_for_what_was_bought():
    counted = {"symbol": "AAPL", "notional": "1"}
    signal = {"symbol": "AAPL", "side": "buy", "structure": {"kind": "iron_condor"}}
    ticket = past_ticket(dialect="option", entry=counted, signal=signal, orders=[])

    assert read_past(ticket).instrument is None


@pytest.mark.parametrize(
    "changes",
    [
        {"opinion": {}},
        {"opinion": said(confidence="much")},
        {"signal": None},
        {"alert": idea_alert(direction="***")},
        {"alert": idea_alert(entry_price="***")},
        {"created_at": "yesterday"},
    ],
)
def test_read_when_ticket_is_not_as_written_then_refused(changes):
    with pytest.raises(ValueError, match="is not as tickets are written"):
        read_past(past_ticket(**changes))


EXIT = {"role": "exit", "status": "filled"}


@pytest.mark.parametrize(
    ("ticket", "outcome"),
    [
        (past_ticket(), "ordered"),
        (past_ticket(status="rejected", reason="BROKER_REJECTED"), "ordered"),
        (past_ticket(orders=[{"role": "entry", "status": "dry_run"}]), "dry_run"),
        (refused("denied", "MARKET_CLOSED"), "denied MARKET_CLOSED"),
        (refused("skipped", "OPINION_SKIP"), "skipped OPINION_SKIP"),
        (refused("awaiting_approval", None), "awaiting_approval"),
        (past_ticket(orders=[EXIT], reason="SHORT_DISABLED"), "denied SHORT_DISABLED"),
    ],
)
def test_outcome_when_read_then_says_why_no_entry_was_ordered(ticket, outcome):
    assert outcome_of(ticket) == outcome
