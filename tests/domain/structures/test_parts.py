from decimal import Decimal

import pytest

from app.domain.structures.ladder import LadderTerms, rungs
from app.domain.structures.net_quotes import LegQuote, net_quote
from app.domain.structures.parts import hedged_pairs, in_parts
from tests.brokers.paper.structures.builders import structure

pytestmark = pytest.mark.unit
CONDOR = structure("+P90", "-P95", "-C105", "+C110")


def texts(made):
    return [[(leg.ratio, leg.option.kind, leg.option.strike) for leg in pair.legs] for pair in made]


def quotes(wanted, *sides):
    both = zip(wanted.legs, sides, strict=True)
    return {leg.instrument.symbol: LegQuote(Decimal(bid), Decimal(ask)) for leg, (bid, ask) in both}


def test_pairs_when_a_condor_then_its_put_side_and_its_call_side():
    assert texts(hedged_pairs(CONDOR)) == [
        [(1, "put", 90), (-1, "put", 95)],
        [(-1, "call", 105), (1, "call", 110)],
    ]
    assert texts(hedged_pairs(CONDOR.opposite()))[0] == [(-1, "put", 90), (1, "put", 95)]


@pytest.mark.parametrize(
    "legs",
    [
        ("+P90", "-P95"),
        ("-P95", "-C105", "+C110"),
        ("-P90", "-P95", "+C105", "+C110"),
        ("+C90", "-C95", "-C105", "+C110"),
        ("+P90", "-2P95", "-C105", "+2C110"),
        ("+2P90", "-2P95", "-C105", "+C110"),
    ],
    ids=" ".join,
)
def test_pairs_when_a_side_is_not_hedged_then_none(legs):
    assert hedged_pairs(structure(*legs)) == ()


def test_parts_when_pairs_then_their_ends_never_cost_more_than_the_whole():
    market = quotes(CONDOR, ("0.48", "0.55"), ("1.03", "1.12"), ("0.97", "1.08"), ("0.41", "0.50"))
    terms = LadderTerms(give=Decimal("0.7"))
    parts = in_parts(CONDOR, market, terms, most_legs=3)
    whole = rungs(net_quote(CONDOR, market), terms)

    assert [part.structure for part in parts] == list(hedged_pairs(CONDOR))
    assert whole[-1].price - Decimal("0.02") < sum(part.rungs[-1].price for part in parts) <= whole[-1].price


def test_parts_when_the_whole_has_a_limit_then_it_is_shared():
    market = quotes(CONDOR, ("0.4", "0.6"), ("1.0", "1.2"), ("0.9", "1.3"), ("0.4", "0.6"))
    terms = LadderTerms(give=Decimal(1), limit=Decimal(-1))
    parts = in_parts(CONDOR, market, terms, most_legs=3)

    assert sum(part.rungs[-1].price for part in parts) <= terms.limit


def test_parts_when_one_order_takes_it_then_one():
    market = quotes(CONDOR, *[("1", "1.1")] * 4)

    assert [part.structure for part in in_parts(CONDOR, market, LadderTerms(), most_legs=4)] == [CONDOR]
