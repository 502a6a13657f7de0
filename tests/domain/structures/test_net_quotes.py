from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.reasons import Reason
from app.domain.structures.kinds import Sign
from app.domain.structures.legs import StructureRefused
from app.domain.structures.net_quotes import (
    LegQuote,
    check_fresh,
    check_price,
    net_quote,
    sign_of,
    towards_us,
)
from tests.domain.structures.builders import legs

pytestmark = pytest.mark.unit
NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
SPREAD = legs("+P95", "-P100")
CONDOR = legs("+P90", "-P95", "-C105", "+C110")


def quotes(structure, *sides, at=NOW):
    pairs = zip(structure.legs, sides, strict=True)
    return {
        leg.instrument.symbol: LegQuote(
            None if bid is None else Decimal(bid), None if ask is None else Decimal(ask), at
        )
        for leg, (bid, ask) in pairs
    }


def test_credit_spread_when_quoted_then_natural_receives_least_and_far_most():
    quote = net_quote(SPREAD, quotes(SPREAD, ("1.00", "1.20"), ("2.10", "2.30")))
    assert (quote.natural, quote.mid, quote.far) == (Decimal("-0.90"), Decimal("-1.10"), Decimal("-1.30"))
    assert quote.spread == Decimal("0.40")


def test_covered_call_when_quoted_then_its_shares_count_once():
    structure = legs("+100S", "-C105")
    quote = net_quote(structure, quotes(structure, ("99.98", "100.02"), ("1.00", "1.10")))
    assert quote.natural == Decimal("99.02")


def test_butterfly_when_quoted_then_its_middle_counts_twice():
    structure = legs("+C95", "-2C100", "+C105")
    quote = net_quote(structure, quotes(structure, ("6.0", "6.2"), ("3.0", "3.1"), ("1.0", "1.1")))
    assert (quote.natural, quote.far) == (Decimal("1.3"), Decimal("0.8"))


@pytest.mark.parametrize("side", [(None, "1.2"), ("1.0", None), ("1.3", "1.2"), ("0", "0")])
def test_leg_when_a_side_is_missing_or_they_cross_then_refused_by_name(side):
    with pytest.raises(StructureRefused, match="SPY261218P00095000") as refused:
        net_quote(SPREAD, quotes(SPREAD, side, ("2.1", "2.3")))
    assert refused.value.reason is Reason.QUOTE_ONE_SIDED


@pytest.mark.parametrize(("age", "is_taken"), [(5, True), (6, False), (None, False)])
def test_quote_when_older_than_allowed_then_stale(age, is_taken):
    at = None if age is None else NOW - timedelta(seconds=age)
    given = quotes(SPREAD, ("1.0", "1.2"), ("2.1", "2.3"), at=at)
    if is_taken:
        check_fresh(SPREAD, given, now=NOW, longest=timedelta(seconds=5))
        return
    with pytest.raises(StructureRefused) as refused:
        check_fresh(SPREAD, given, now=NOW, longest=timedelta(seconds=5))
    assert refused.value.reason is Reason.QUOTE_STALE


@pytest.mark.parametrize(
    ("structure", "sign"),
    [
        (["+C100", "-C105"], Sign.DEBIT),
        (["+P95", "-P100"], Sign.CREDIT),
        (["-2C105", "+C100"], Sign.EITHER),
        (["-C105", "-P95", "-P90"], Sign.CREDIT),
        (["+C105", "+P95", "+P90"], Sign.DEBIT),
    ],
)
def test_sign_when_asked_then_by_name_or_by_what_it_can_be_worth(structure, sign):
    assert sign_of(legs(*structure)) is sign


@pytest.mark.parametrize(
    ("structure", "net", "reason"),
    [
        (CONDOR, "-1.5", None),
        (CONDOR, "-5", None),
        (CONDOR, "0", None),
        (CONDOR, "0.01", Reason.STRUCTURE_PRICE_SIGN),
        (CONDOR, "-5.01", Reason.PRICE_IMPOSSIBLE),
        (CONDOR.opposite(), "-0.01", Reason.STRUCTURE_PRICE_SIGN),
        (CONDOR.opposite(), "5.01", Reason.PRICE_IMPOSSIBLE),
        (legs("-C100", "+C100/far"), "-0.01", Reason.STRUCTURE_PRICE_SIGN),
        (legs("-C100", "+C100/far"), "300", None),
    ],
)
def test_price_when_no_sane_order_has_it_then_refused(structure, net, reason):
    if reason is None:
        check_price(structure, Decimal(net))
        return
    with pytest.raises(StructureRefused) as refused:
        check_price(structure, Decimal(net))
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("net", "rounded"), [("1.239", "1.23"), ("-1.231", "-1.24"), ("-1.2", "-1.20"), ("0", "0")]
)
def test_price_when_off_the_tick_then_rounded_so_that_we_give_no_more(net, rounded):
    assert towards_us(Decimal(net)) == Decimal(rounded)
