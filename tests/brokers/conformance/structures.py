"""What every options desk must do: subclass it with the fixtures below, and it runs against yours.

AAPL trades at 100 on Monday, 3 March 2025, when a test starts; contracts expire on Friday, 21 March, with
strikes at every five dollars at least, quoted on both sides; the account has 100,000 dollars. The fixtures:

- `options`: a `DeskUnderTest`; `partial_options`: the same, but orders fill in part at first;
- `lose_order`, `lose_answer`, `cut_line`: as in the suite of brokers.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Protocol

import pytest

from app.brokers.base import Broker
from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import OrderStatus
from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import CENT, net_quote
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from tests.brokers.paper.structures.builders import FRIDAY, contract, enter, leave, structure

CONDOR = structure("+P90", "-P95", "-C105", "+C110")
SPREAD = structure("+C100", "-C105")
SINGLE = structure("+P95")
BUTTERFLY = structure("+C95", "-2C100", "+C105")
READS = {
    "level": lambda desk: desk.level(),
    "expiries": lambda desk: desk.expiries("AAPL"),
    "chain": lambda desk: desk.chain("AAPL", [FRIDAY]),
    "quotes": lambda desk: desk.quotes([contract("C100")]),
    "find": lambda desk: desk.find("bot-x"),
}


class DeskUnderTest(Protocol):
    """A broker with an options desk, the market behind it, and a count of the tries to change something."""

    broker: Broker

    def move(self, price: Decimal) -> None:
        """Set the price of AAPL; its contracts are quoted accordingly."""

    def writes(self) -> int:
        """Count the submits and cancels that were tried, those that were lost included."""


class StructureConformance:
    """Needs the fixtures of the module's docstring."""

    @pytest.fixture
    def desk(self, options):
        return options.broker.structures

    @pytest.fixture
    def done(self, options, desk):
        """Submit an order and see what becomes of it: brokers answer before the first fill."""

        def submit(order):
            desk.submit(order)
            return desk.find(order.client_order_id)

        return submit

    @pytest.fixture
    def natural(self, desk):
        """Return the net price that fills at once."""

        def price(wanted):
            return net_quote(wanted, desk.quotes([leg.instrument for leg in wanted.legs])).natural

        return price

    @pytest.fixture
    def holds(self, options):
        return lambda: {held.symbol: held.quantity for held in options.broker.positions()}

    @pytest.fixture
    def resting(self, desk, natural):
        """Let a condor wait for a credit that nobody pays."""
        return desk.submit(enter(CONDOR, natural(CONDOR) - 1, units=2))

    def test_level_when_asked_then_spreads_may_be_traded(self, desk):
        assert desk.level() >= OptionsLevel.SPREADS

    def test_expiries_when_listed_then_rising_and_the_friday_is_among_them(self, desk):
        days = desk.expiries("AAPL")

        assert FRIDAY in days
        assert days == sorted(set(days))

    def test_chain_when_read_then_both_kinds_with_quotes_and_a_delta_of_their_sign(self, desk):
        chain = desk.chain("AAPL", [FRIDAY])
        calls, puts = chain.of("call", FRIDAY), chain.of("put", FRIDAY)

        assert (chain.underlying, chain.price, len(calls)) == ("AAPL", 100, len(puts))
        assert all(one.quote.is_two_sided and one.is_tradable and one.is_standard for one in chain.contracts)
        assert all(0 <= one.delta <= 1 for one in calls)
        assert all(-1 <= one.delta <= 0 for one in puts)
        assert contract("C105") in {one.instrument for one in chain.contracts}

    def test_chain_when_the_underlying_is_unknown_then_nothing_is_listed(self, desk):
        assert desk.expiries("ZZZZ") == []
        assert desk.chain("ZZZZ", [FRIDAY]) is None

    def test_quotes_when_of_contracts_and_shares_then_by_our_names(self, desk):
        shares = Instrument("AAPL", AssetClass.EQUITY)
        found = desk.quotes([shares, contract("C100"), contract("P95")])

        assert set(found) == {"AAPL", contract("C100").symbol, contract("P95").symbol}
        assert all(quote.is_two_sided and quote.at is not None for quote in found.values())

    @pytest.mark.parametrize("wanted", [CONDOR, SPREAD, SINGLE, BUTTERFLY], ids=["4", "2", "1", "ratio 2"])
    def test_order_when_at_the_natural_price_then_filled_whole_and_every_leg_is_held(
        self, done, natural, holds, wanted
    ):
        receipt = done(enter(wanted, natural(wanted), units=3))

        assert (receipt.status, receipt.units, receipt.filled_units) == (OrderStatus.FILLED, 3, 3)
        assert receipt.average_net == natural(wanted)
        assert {fill.symbol: fill.quantity for fill in receipt.legs} == holds()
        assert holds() == {leg.instrument.symbol: leg.ratio * 3 for leg in wanted.legs}
        assert sum(fill.quantity * fill.price for fill in receipt.legs) == receipt.average_net * 3

    def test_order_when_filled_then_the_cash_is_the_net_price(self, options, done, natural):
        before = options.broker.account().cash
        receipt = done(enter(CONDOR, natural(CONDOR), units=2))

        assert options.broker.account().cash - before == -receipt.average_net * 200

    def test_exit_when_it_closes_then_nothing_is_held_and_its_net_is_paid(self, done, natural, holds):
        done(enter(CONDOR, natural(CONDOR), units=2))
        back = CONDOR.opposite()
        trimmed = done(leave(CONDOR, natural(back), units=1))
        left = holds()
        receipt = done(leave(CONDOR, natural(back), units=1))

        assert (trimmed.filled_units, receipt.filled_units) == (1, 1)
        assert left == {leg.instrument.symbol: leg.ratio for leg in CONDOR.legs}
        assert receipt.average_net > 0
        assert holds() == {}

    def test_exit_when_more_than_is_held_then_rejected(self, desk, done, natural, holds):
        done(enter(SPREAD, natural(SPREAD)))
        with pytest.raises(BrokerRejected):
            desk.submit(leave(SPREAD, natural(SPREAD.opposite()), units=2))

        assert holds() == {leg.instrument.symbol: leg.ratio for leg in SPREAD.legs}

    def test_exit_when_nothing_is_held_then_rejected(self, desk, natural, holds):
        with pytest.raises(BrokerRejected):
            desk.submit(leave(SPREAD, natural(SPREAD.opposite())))

        assert holds() == {}

    def test_exit_when_one_leg_is_left_then_closed_alone(self, desk, done, natural, holds):
        done(enter(SPREAD, natural(SPREAD)))
        sold = structure("-C105")
        assert done(leave(sold, natural(sold.opposite()))).filled_units == 1
        bought = structure("+C100")
        receipt = done(leave(bought, natural(bought.opposite())))

        assert receipt.average_net < 0
        assert holds() == {}

    def test_structures_when_they_share_a_contract_then_it_is_netted(self, done, natural, holds):
        for wanted in (SPREAD, structure("+C100", "-C110")):
            done(enter(wanted, natural(wanted)))

        assert holds() == {
            contract("C100").symbol: 2,
            contract("C105").symbol: -1,
            contract("C110").symbol: -1,
        }

    def test_order_when_nobody_takes_it_then_it_rests_with_its_limit(self, desk, resting):
        found = desk.find(resting.client_order_id)

        assert not found.status.is_final
        assert (found.units, found.filled_units, found.average_net) == (2, 0, None)
        assert found.limit == resting.limit
        assert found.limit < 0

    def test_order_when_the_market_comes_to_it_then_filled(self, options, desk, natural):
        order = enter(SPREAD, natural(SPREAD) - 1)
        assert not desk.submit(order).status.is_final
        options.move(Decimal(95))
        found = desk.find(order.client_order_id)

        assert (found.status, found.filled_units) == (OrderStatus.FILLED, 1)
        assert found.average_net <= order.limit

    def test_order_when_canceled_then_final_and_again_is_rejected(self, desk, resting, holds):
        desk.cancel(resting)

        assert desk.find(resting.client_order_id).status is OrderStatus.CANCELED
        with pytest.raises(BrokerRejected):
            desk.cancel(resting)
        assert holds() == {}

    def test_order_when_unknown_then_none(self, desk):
        assert desk.find("bot-nobody") is None

    def test_order_when_sent_twice_then_it_is_one_and_other_terms_are_rejected(
        self, desk, done, natural, holds
    ):
        order = enter(CONDOR, natural(CONDOR))
        first = done(order)

        assert desk.submit(order) == first
        assert holds() == {leg.instrument.symbol: leg.ratio for leg in CONDOR.legs}
        for other in (replace(order, units=2), replace(order, structure=SPREAD, limit=Decimal(9))):
            with pytest.raises(BrokerRejected):
                desk.submit(other)

    @pytest.mark.parametrize(
        "order",
        [
            enter(structure("-C105"), "-1"),
            enter(structure("-P95", "-C105"), "-2"),
            enter(structure("-P95", "-C105", "+C110"), "-2", units=100),
            enter(structure("+C100", "-C105"), "2.005"),
            enter(structure("+C100", expiry=date(2025, 2, 21)), "1"),
            enter(CONDOR, "-1", units=0),
            enter(structure("+C100"), "500", units=10),
            enter(structure("+P90", "-P95"), "-0.50", units=1000),
        ],
        ids=["naked", "strangle", "lizard", "decimals", "expired", "no units", "too dear", "too large"],
    )
    def test_order_when_it_cannot_be_had_then_rejected_and_nothing_is_held(self, desk, holds, order):
        with pytest.raises(BrokerRejected) as caught:
            desk.submit(order)

        assert caught.value.message
        assert desk.find(order.client_order_id) is None
        assert holds() == {}

    def test_order_when_it_fills_in_part_then_whole_units_and_the_rest_goes_on(self, partial_options):
        desk = partial_options.broker.structures
        quote = net_quote(CONDOR, desk.quotes([leg.instrument for leg in CONDOR.legs]))
        order = enter(CONDOR, quote.natural, units=7)
        receipt = desk.submit(order)
        receipt = receipt if receipt.filled_units else desk.find(order.client_order_id)
        held = {one.symbol: one.quantity for one in partial_options.broker.positions()}

        assert receipt.status is OrderStatus.PARTIALLY_FILLED
        assert 0 < receipt.filled_units < 7
        assert held == {leg.instrument.symbol: leg.ratio * receipt.filled_units for leg in CONDOR.legs}
        assert {fill.symbol: fill.quantity for fill in receipt.legs} == held
        desk.cancel(receipt)
        ended = desk.find(order.client_order_id)
        assert (ended.status, ended.filled_units) == (OrderStatus.CANCELED, receipt.filled_units)

    def test_submit_when_lost_on_the_way_then_unknown_after_one_try(self, options, desk, natural, lose_order):
        order, before = enter(CONDOR, natural(CONDOR)), options.writes()
        with lose_order(), pytest.raises(OutcomeUnknown):
            desk.submit(order)

        assert options.writes() == before + 1
        assert desk.find(order.client_order_id) is None

    def test_submit_when_the_answer_is_lost_then_unknown_and_found_once(
        self, options, desk, natural, lose_answer, holds
    ):
        order, before = enter(CONDOR, natural(CONDOR)), options.writes()
        with lose_answer(), pytest.raises(OutcomeUnknown):
            desk.submit(order)

        assert options.writes() == before + 1
        assert desk.find(order.client_order_id).filled_units == 1
        assert desk.submit(order).filled_units == 1
        assert holds() == {leg.instrument.symbol: leg.ratio for leg in CONDOR.legs}

    def test_cancel_when_lost_on_the_way_then_unknown_and_the_order_stands(
        self, options, desk, resting, lose_order
    ):
        before = options.writes()
        with lose_order(), pytest.raises(OutcomeUnknown):
            desk.cancel(resting)

        assert options.writes() == before + 1
        assert not desk.find(resting.client_order_id).status.is_final

    def test_cancel_when_the_answer_is_lost_then_unknown_and_the_order_is_gone(
        self, desk, resting, lose_answer
    ):
        with lose_answer(), pytest.raises(OutcomeUnknown):
            desk.cancel(resting)

        assert desk.find(resting.client_order_id).status is OrderStatus.CANCELED

    @pytest.mark.parametrize("name", READS)
    def test_read_when_the_line_is_cut_then_unavailable(self, options, desk, cut_line, name):
        before = options.writes()
        if name == "level" and options.broker.capabilities.simulated:
            pytest.skip("its level is a setting")
        with cut_line(), pytest.raises(BrokerUnavailable):
            READS[name](desk)

        assert options.writes() == before

    def test_limit_when_at_the_cent_then_taken(self, desk, natural):
        order = enter(CONDOR, natural(CONDOR) - CENT)

        assert desk.submit(order).limit == natural(CONDOR) - CENT
