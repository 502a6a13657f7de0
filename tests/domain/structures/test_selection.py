from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.reasons import Reason
from app.domain.structures.chain import Chain
from app.domain.structures.expiry_choice import ExpiryTerms
from app.domain.structures.kinds import PATTERNS, StructureKind, recognise
from app.domain.structures.legs import StructureRefused
from app.domain.structures.selection import SelectionTerms, expiries_of, select
from app.domain.structures.strike_choice import StrikeBy, StrikeRule, StrikeTerms
from tests.domain.structures.builders import FAR, NEAR
from tests.domain.structures.chains import NOW, chain

pytestmark = pytest.mark.unit
TODAY = NOW.date()
CHAIN = chain()


def terms(kind, by="delta", value="0.30", *, rule="closest", wing="5"):
    strike = StrikeTerms(StrikeBy(by), Decimal(value), StrikeRule(rule))
    width = None if wing is None else Decimal(wing)
    return SelectionTerms(StructureKind(kind), ExpiryTerms(30), strike, width)


def strikes(kind, *args, listed=CHAIN, **kwargs):
    wanted = terms(kind, *args, **kwargs)
    selection = select(wanted, listed, expiries_of(wanted, [NEAR, FAR], TODAY))
    return [
        f"{leg.ratio:+d}{leg.option.kind[0].upper()}{leg.option.strike}"
        for leg in selection.structure.legs
        if leg.option
    ]


@pytest.mark.parametrize(
    ("kind", "value", "legs"),
    [
        ("long_call", "0.30", ["+1C104"]),
        ("long_put", "0.30", ["+1P97"]),
        ("covered_call", "0.30", ["-1C104"]),
        ("cash_secured_put", "0.30", ["-1P97"]),
        ("bull_call_spread", "0.30", ["+1C99", "-1C104"]),
        ("bear_put_spread", "0.30", ["-1P97", "+1P102"]),
        ("bull_put_spread", "0.30", ["+1P92", "-1P97"]),
        ("bear_call_spread", "0.30", ["-1C104", "+1C109"]),
        ("long_straddle", "0.55", ["+1P100", "+1C100"]),
        ("short_straddle", "0.55", ["-1P100", "-1C100"]),
        ("long_strangle", "0.30", ["+1P97", "+1C104"]),
        ("short_strangle", "0.30", ["-1P97", "-1C104"]),
        ("iron_condor", "0.30", ["+1P92", "-1P97", "-1C104", "+1C109"]),
        ("iron_butterfly", "0.55", ["+1P95", "-1P100", "-1C100", "+1C105"]),
        ("long_iron_condor", "0.05", ["-1P91", "+1P96", "+1C106", "-1C111"]),
        ("call_butterfly", "0.55", ["+1C95", "-2C100", "+1C105"]),
        ("put_butterfly", "0.45", ["+1P95", "-2P100", "+1P105"]),
        ("call_calendar", "0.55", ["-1C100", "+1C100"]),
        ("put_calendar", "0.45", ["-1P100", "+1P100"]),
        ("jade_lizard", "0.30", ["-1P97", "-1C104", "+1C109"]),
        ("collar", "0.30", ["+1P97", "-1C104"]),
    ],
)
def test_structure_when_chosen_by_delta_then_its_legs_stand_there(kind, value, legs):
    assert strikes(kind, "delta", value) == legs


def test_every_named_structure_when_chosen_then_it_has_its_name():
    for kind in PATTERNS:
        value = "0.05" if kind is StructureKind.LONG_IRON_CONDOR else "0.30"
        value = "0.55" if "straddle" in kind or "fly" in kind else value
        wanted = terms(kind, "delta", value)
        found = select(wanted, CHAIN, expiries_of(wanted, [NEAR, FAR], TODAY))
        assert recognise(found.structure) is kind


@pytest.mark.parametrize(
    ("by", "value", "legs"),
    [
        ("percent", "0.05", ["+1P90", "-1P95", "-1C105", "+1C110"]),
        ("offset", "3", ["+1P92", "-1P97", "-1C103", "+1C108"]),
        ("price", "1.00", ["+1P92", "-1P97", "-1C104", "+1C109"]),
    ],
)
def test_condor_when_chosen_by_another_figure_then_each_short_leg_by_it(by, value, legs):
    assert strikes("iron_condor", by, value) == legs


def test_candidates_when_weighed_then_all_are_told_and_one_is_chosen():
    wanted = terms("iron_condor")
    found = select(wanted, CHAIN, expiries_of(wanted, [NEAR, FAR], TODAY))
    assert set(found.candidates) == {"call", "put"}
    for weighed in found.candidates.values():
        assert len(weighed) == 61
        assert [one.contract.terms.expiry for one in weighed] == [NEAR] * 61
        assert sum(one.is_chosen for one in weighed) == 1


def test_calendar_when_chosen_then_the_bought_leg_expires_later():
    wanted = terms("call_calendar", "offset", "0")
    found = select(wanted, CHAIN, expiries_of(wanted, [NEAR, FAR], TODAY))
    assert [leg.option.expiry for leg in found.structure.legs] == [NEAR, FAR]


def test_wing_when_its_strike_is_not_listed_then_refused_or_the_nearest_beside_the_short_leg():
    wide = chain(strikes=range(14, 27), step="5")
    assert strikes("bull_put_spread", "percent", "0.05", wing="7", listed=wide) == ["+1P90", "-1P95"]
    assert strikes("bull_put_spread", "percent", "0.05", wing="1", listed=wide) == ["+1P90", "-1P95"]
    with pytest.raises(StructureRefused) as refused:
        strikes("bull_put_spread", "percent", "0.05", wing="7", listed=wide, rule="exact")
    assert refused.value.reason is Reason.STRIKE_TOO_FAR


@pytest.mark.parametrize(
    ("by", "value", "is_found"),
    [("percent", "0.05", True), ("percent", "0.055", False), ("offset", "2", True), ("offset", "2.5", False)],
)
def test_strike_when_exactly_one_is_wanted_then_no_other_will_do(by, value, is_found):
    if is_found:
        assert strikes("long_call", by, value, rule="exact")
        return
    with pytest.raises(StructureRefused) as refused:
        strikes("long_call", by, value, rule="exact")
    assert refused.value.reason is Reason.STRIKE_TOO_FAR


@pytest.mark.parametrize(
    ("kind", "by", "value", "wing", "listed", "reason"),
    [
        ("short_strangle", "offset", "0", "5", CHAIN, Reason.STRUCTURE_MALFORMED),
        ("iron_condor", "delta", "0.7", "5", CHAIN, Reason.STRUCTURE_MALFORMED),
        ("iron_condor", "delta", "0.3", None, CHAIN, Reason.STRUCTURE_MALFORMED),
        (
            "long_call",
            "delta",
            "0.3",
            None,
            replace(CHAIN, contracts=tuple(replace(one, delta=None) for one in CHAIN.contracts)),
            Reason.GREEKS_UNKNOWN,
        ),
        ("long_call", "delta", "0.3", None, Chain("SPY", Decimal(100), (), NOW), Reason.CHAIN_UNAVAILABLE),
    ],
)
def test_structure_when_it_cannot_be_had_then_refused_with_why(kind, by, value, wing, listed, reason):
    with pytest.raises(StructureRefused) as refused:
        strikes(kind, by, value, wing=wing, listed=listed)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("wanted", "least", "most", "days"),
    [
        (30, None, None, 30),
        (40, None, None, 30),
        (50, None, None, 58),
        (0, None, None, 30),
        (30, 31, None, 58),
        (58, None, 57, 30),
    ],
)
def test_expiry_when_days_are_wanted_then_the_nearest_within_the_bounds(wanted, least, most, days):
    chosen = expiries_of(
        replace(terms("long_call"), expiry=ExpiryTerms(wanted, least, most)), [FAR, NEAR], TODAY
    )
    assert chosen == [TODAY + timedelta(days=days)]


def test_expiry_when_none_is_within_the_bounds_then_the_days_listed_are_told():
    with pytest.raises(StructureRefused, match="30, 58") as refused:
        expiries_of(replace(terms("long_call"), expiry=ExpiryTerms(7, None, 14)), [NEAR, FAR], TODAY)
    assert refused.value.reason is Reason.DTE_OUT_OF_RANGE


def test_expiry_when_two_are_alike_far_then_the_earlier():
    assert expiries_of(replace(terms("long_call"), expiry=ExpiryTerms(44)), [NEAR, FAR], TODAY) == [NEAR]
