"""What every options desk must do: subclass it with the fixtures below, and it runs against yours.

The underlying and its contracts are those of `terms`; a contract's market is a few cents wide, and there is
money enough for a dozen units of everything. The fixtures:

- `terms`: what is traded there, see `DeskTerms`; `refused`: orders that the broker would not take, in turn;
- `options`: a `DeskUnderTest`; `partial_options`: the same, but orders fill in part at first;
- `lose_order`, `lose_answer`, `cut_line`: as in the suite of brokers.

`UniqueIdConformance` is for desks that know an order again by our id.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

import pytest

from app.brokers.base import Broker
from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import OrderStatus
from app.domain.structures.legs import Structure
from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import net_quote
from app.domain.structures.parts import hedged_pairs
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from tests.brokers.paper.structures.builders import enter, leave

SHAPES = ("condor", "spread", "single", "butterfly")
READS: dict[str, Callable] = {
    "level": lambda desk, _terms: desk.level(),
    "expiries": lambda desk, terms: desk.expiries(terms.underlying),
    "chain": lambda desk, terms: desk.chain(terms.underlying, [terms.expiry]),
    "quotes": lambda desk, terms: desk.quotes([terms.shape("single").legs[0].instrument]),
    "find": lambda desk, _terms: desk.find("bot-x"),
}


@dataclass(frozen=True, kw_only=True)
class DeskTerms:
    """What is traded at a desk: an underlying at a price, contracts of a day, and structures of them.

    `purse` is the figure of an account that a net price is paid from.
    `build` makes structures of texts like `+P95`; `shapes` are the texts by name: a condor, a spread of two
    contracts, a `neighbour` that shares its first, a single contract, a butterfly, and what `rests` where
    nobody takes it. `shares`: what is written on can be bought. `offline` reads need no line. `better` is by
    how much less than its natural price a single contract costs.
    """

    underlying: str
    price: Decimal
    expiry: date
    currency: str
    build: Callable[..., Structure]
    shapes: dict[str, tuple[str, ...]]
    shares: bool = True
    offline: frozenset[str] = frozenset()
    better: Decimal = Decimal(0)
    purse: str = "cash"

    def shape(self, name: str) -> Structure:
        """Return a structure by its name."""
        return self.build(*self.shapes[name])


class DeskUnderTest(Protocol):
    """A broker with an options desk, the market behind it, and a count of the tries to change something."""

    broker: Broker

    def move(self, price: Decimal) -> None:
        """Set the price of what is traded, which was 100; contracts are quoted accordingly."""

    def writes(self) -> int:
        """Count the submits and cancels that were tried, those that were lost included."""


def held_of(wanted: Structure, units: int = 1) -> dict[str, Decimal]:
    """Return what is held of so many units."""
    return {leg.instrument.symbol: leg.quantity * units for leg in wanted.legs}


class StructureConformance:
    """Needs the fixtures of the module's docstring."""

    @pytest.fixture
    def desk(self, options):
        return options.broker.structures

    @pytest.fixture
    def shape(self, terms):
        return terms.shape

    @pytest.fixture
    def orders(self, desk):
        """Return what is sent for a structure: itself, or two hedged pairs where it has too many legs."""

        def parts(wanted):
            few = len(wanted.legs) <= desk.capabilities.most_legs
            return [wanted] if few else [*hedged_pairs(wanted)]

        return parts

    @pytest.fixture
    def done(self, desk):
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
    def entered(self, done, natural, orders):
        """Enter a structure as the desk takes it; return the receipts."""

        def go(wanted, units=1):
            return [done(enter(part, natural(part), units=units)) for part in orders(wanted)]

        return go

    @pytest.fixture
    def left(self, done, natural, orders):
        def go(wanted, units=1):
            return [done(leave(part, natural(part.opposite()), units=units)) for part in orders(wanted)]

        return go

    @pytest.fixture
    def holds(self, options):
        return lambda: {held.symbol: held.quantity for held in options.broker.positions()}

    @pytest.fixture
    def resting(self, desk, natural, shape):
        """Let an order wait for a price that nobody gives."""
        return desk.submit(enter(shape("rests"), natural(shape("rests")) - 1, units=2))

    def test_level_when_asked_then_spreads_may_be_traded(self, desk):
        assert desk.level() >= OptionsLevel.SPREADS

    def test_expiries_when_listed_then_rising_and_the_day_is_among_them(self, desk, terms):
        days = desk.expiries(terms.underlying)

        assert terms.expiry in days
        assert days == sorted(set(days))

    def test_chain_when_read_then_both_kinds_with_quotes_and_a_delta_of_their_sign(self, desk, terms, shape):
        chain = desk.chain(terms.underlying, [terms.expiry])
        calls, puts = chain.of("call", terms.expiry), chain.of("put", terms.expiry)
        quoted = [one for one in chain.contracts if one.quote.is_two_sided]
        wanted = {leg.instrument.symbol for leg in shape("condor").legs}

        assert (chain.underlying, chain.price) == (terms.underlying, terms.price)
        assert len(calls) == len(puts) > 0
        assert all(one.is_tradable and one.is_standard for one in chain.contracts)
        assert all(0 <= one.delta <= 1 for one in quoted if one.terms.kind == "call")
        assert all(-1 <= one.delta <= 0 for one in quoted if one.terms.kind == "put")
        assert wanted <= {one.instrument.symbol for one in quoted}

    def test_chain_when_the_underlying_is_unknown_then_nothing_is_listed(self, desk, terms):
        assert desk.expiries("ZZZZ") == []
        assert desk.underlying("ZZZZ") is None

    def test_quotes_when_asked_then_by_our_names(self, desk, terms, shape):
        wanted = [leg.instrument for leg in shape("condor").legs]
        shares = [Instrument(terms.underlying, AssetClass.EQUITY)] if terms.shares else []
        found = desk.quotes([*wanted, *shares])

        assert set(found) == {one.symbol for one in (*wanted, *shares)}
        assert all(quote.is_two_sided and quote.at is not None for quote in found.values())

    def test_money_when_asked_then_in_the_currency_of_the_contracts(self, options, terms, shape):
        assert options.broker.account().currency == shape("single").currency == terms.currency

    @pytest.mark.parametrize("name", SHAPES)
    def test_order_when_at_the_natural_price_then_filled_whole_and_every_leg_is_held(
        self, entered, natural, holds, shape, orders, terms, name
    ):
        wanted = shape(name)
        prices = [natural(part) for part in orders(wanted)]
        receipts = entered(wanted, 3)
        better = terms.better if name == "single" else 0
        lot = wanted.legs[0].lot
        fills = [fill for receipt in receipts for fill in receipt.legs]

        assert {(one.status, one.units, one.filled_units) for one in receipts} == {(OrderStatus.FILLED, 3, 3)}
        assert [one.average_net for one in receipts] == [price - better for price in prices]
        assert {fill.symbol: fill.quantity for fill in fills} == holds() == held_of(wanted, 3)
        paid = sum(fill.quantity * fill.price for fill in fills)
        assert paid == sum(one.average_net for one in receipts) * 3 * lot

    def test_order_when_filled_then_the_cash_is_the_net_price(self, options, entered, shape, terms):
        wanted, before = shape("condor"), getattr(options.broker.account(), terms.purse)
        net = sum(receipt.average_net for receipt in entered(wanted, 2))

        assert getattr(options.broker.account(), terms.purse) - before == -net * wanted.multiplier * 2

    def test_exit_when_it_closes_then_nothing_is_held_and_its_net_is_paid(self, entered, left, holds, shape):
        wanted = shape("condor")
        entered(wanted, 2)
        trimmed, rest = left(wanted), holds()
        receipts = left(wanted)

        assert {one.filled_units for one in (*trimmed, *receipts)} == {1}
        assert rest == held_of(wanted)
        assert all(one.average_net > 0 for one in receipts)
        assert holds() == {}

    def test_exit_when_more_than_is_held_then_rejected(self, desk, entered, natural, holds, shape):
        wanted = shape("spread")
        entered(wanted)
        with pytest.raises(BrokerRejected):
            desk.submit(leave(wanted, natural(wanted.opposite()), units=2))

        assert holds() == held_of(wanted)

    def test_exit_when_nothing_is_held_then_rejected(self, desk, natural, holds, shape):
        wanted = shape("spread")
        with pytest.raises(BrokerRejected):
            desk.submit(leave(wanted, natural(wanted.opposite())))

        assert holds() == {}

    def test_exit_when_one_leg_is_left_then_closed_alone(self, entered, left, holds, shape, terms):
        texts = terms.shapes["spread"]
        entered(shape("spread"))
        bought, sold = (terms.build(text) for text in texts)
        assert [one.filled_units for one in left(sold)] == [1]
        (receipt,) = left(bought)

        assert receipt.average_net < 0
        assert holds() == {}

    def test_structures_when_they_share_a_contract_then_it_is_netted(self, entered, holds, shape):
        names, sums = ("spread", "neighbour"), {}
        for wanted in map(shape, names):
            entered(wanted)
            for symbol, quantity in held_of(wanted).items():
                sums[symbol] = sums.get(symbol, 0) + quantity

        assert holds() == sums
        assert len(sums) == 3

    def test_order_when_nobody_takes_it_then_it_rests_with_its_limit(self, desk, resting):
        found = desk.find(resting.client_order_id)

        assert not found.status.is_final
        assert (found.units, found.filled_units, found.average_net) == (2, 0, None)
        assert found.limit == resting.limit

    def test_order_when_the_market_comes_to_it_then_filled(self, options, desk, natural, shape, terms):
        wanted = shape("falls")
        order = enter(wanted, natural(wanted) - 1)
        desk.submit(order)
        assert not desk.find(order.client_order_id).status.is_final
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

    def test_order_when_it_cannot_be_had_then_rejected_and_nothing_is_held(self, desk, holds, refused):
        with pytest.raises(BrokerRejected) as caught:
            desk.submit(refused)

        assert caught.value.message
        assert desk.find(refused.client_order_id) is None
        assert holds() == {}

    def test_order_when_it_fills_in_part_then_whole_units_and_the_rest_goes_on(
        self, partial_options, shape, natural
    ):
        desk, wanted = partial_options.broker.structures, shape("rests")
        order = enter(wanted, natural(wanted), units=7)
        receipt = desk.submit(order)
        receipt = receipt if receipt.filled_units else desk.find(order.client_order_id)
        held = {one.symbol: one.quantity for one in partial_options.broker.positions()}

        assert receipt.status is OrderStatus.PARTIALLY_FILLED
        assert 0 < receipt.filled_units < 7
        assert held == held_of(wanted, receipt.filled_units)
        assert {fill.symbol: fill.quantity for fill in receipt.legs} == held
        desk.cancel(receipt)
        ended = desk.find(order.client_order_id)
        assert (ended.status, ended.filled_units) == (OrderStatus.CANCELED, receipt.filled_units)

    def test_submit_when_lost_on_the_way_then_unknown_after_one_try(
        self, options, desk, natural, lose_order, shape
    ):
        order, before = enter(shape("spread"), natural(shape("spread"))), options.writes()
        with lose_order(), pytest.raises(OutcomeUnknown):
            desk.submit(order)

        assert options.writes() == before + 1
        assert desk.find(order.client_order_id) is None

    def test_submit_when_the_answer_is_lost_then_unknown_and_found_once(
        self, options, desk, natural, lose_answer, holds, shape
    ):
        wanted = shape("spread")
        order, before = enter(wanted, natural(wanted)), options.writes()
        with lose_answer(), pytest.raises(OutcomeUnknown):
            desk.submit(order)

        assert options.writes() == before + 1
        assert desk.find(order.client_order_id).filled_units == 1
        assert holds() == held_of(wanted)

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
    def test_read_when_the_line_is_cut_then_unavailable_or_known_without_it(
        self, options, desk, cut_line, terms, name
    ):
        before, writes = READS[name](desk, terms) if name in terms.offline else None, options.writes()
        with cut_line():
            if name in terms.offline:
                assert READS[name](desk, terms) == before
            else:
                with pytest.raises(BrokerUnavailable):
                    READS[name](desk, terms)

        assert options.writes() == writes

    def test_limit_when_at_the_tick_then_taken(self, desk, natural, shape):
        wanted = shape("rests")
        order = enter(wanted, natural(wanted) - wanted.tick)

        assert desk.submit(order).limit == order.limit


class UniqueIdConformance:
    """For desks that refuse an id that they know: what is sent again is found, never placed twice."""

    def test_order_when_sent_twice_then_it_is_one_and_other_terms_are_rejected(
        self, desk, done, natural, holds, shape
    ):
        wanted = shape("condor")
        order = enter(wanted, natural(wanted))
        first = done(order)

        assert desk.submit(order) == first
        assert holds() == held_of(wanted)
        for other in (replace(order, units=2), replace(order, structure=shape("spread"), limit=Decimal(9))):
            with pytest.raises(BrokerRejected):
                desk.submit(other)

    def test_order_when_its_answer_was_lost_then_sent_again_it_is_the_same(
        self, desk, natural, lose_answer, holds, shape
    ):
        wanted = shape("condor")
        order = enter(wanted, natural(wanted))
        with lose_answer(), pytest.raises(OutcomeUnknown):
            desk.submit(order)

        assert desk.submit(order).filled_units == 1
        assert holds() == held_of(wanted)
