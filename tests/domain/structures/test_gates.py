from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.bots import BotConfiguration
from app.domain.reasons import Reason
from app.domain.structures.gates import STRUCTURE_GATES, StructureCheck, ask_structure_gates
from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import NetQuote
from tests.domain.structures.builders import NEAR, legs
from tests.domain.structures.chains import chain

pytestmark = pytest.mark.unit
NEW_YORK = ZoneInfo("America/New_York")
CONDOR = legs("+P90", "-P95", "-C105", "+C110")
CHAIN = {one.instrument.symbol: one for one in chain().contracts}


def contracts(structure):
    return tuple(CHAIN[leg.instrument.symbol] for leg in structure.legs if leg.option)


def check(structure=CONDOR, **changes) -> StructureCheck:
    terms = {
        "structure": structure,
        "contracts": contracts(structure),
        "quote": NetQuote(natural=Decimal("-1.40"), far=Decimal("-1.60")),
        "worst": Decimal("-1.45"),
        "units": 2,
        "keys": BotConfiguration(),
        "level": OptionsLevel.SPREADS,
        "most_legs": 4,
        "share_legs": True,
        "several_expiries": True,
        "buying_power": Decimal(10_000),
        "open_trades": 0,
        "opposed": None,
        "local": datetime(2026, 12, 1, 10, tzinfo=NEW_YORK),
    }
    return StructureCheck(**terms | changes)


def keyed(**keys):
    texts = {name: Decimal(value) if isinstance(value, str) else value for name, value in keys.items()}
    return {"keys": replace(BotConfiguration(), **texts)}


def refusals(given: StructureCheck) -> dict[str, Reason]:
    return {verdict.gate: verdict.code for verdict in ask_structure_gates(given) if not verdict.passed}


def at(hour, minute=0, day=NEAR):
    return {"local": datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK)}


def changed(place, **figures):
    known = contracts(CONDOR)
    return {"contracts": (*known[:place], replace(known[place], **figures), *known[place + 1 :])}


def test_entry_when_nothing_is_wrong_then_every_gate_passes_with_its_figures():
    verdicts = ask_structure_gates(check())
    assert all(verdict.passed and verdict.detail for verdict in verdicts)
    assert len(verdicts) == len(STRUCTURE_GATES)


@pytest.mark.parametrize(
    ("gate", "passes", "refused", "reason"),
    [
        ("structure_supported", {"most_legs": 4}, {"most_legs": 3}, Reason.STRUCTURE_UNSUPPORTED),
        (
            "options_level",
            {"level": OptionsLevel.SPREADS},
            {"level": OptionsLevel.LONG},
            Reason.OPTIONS_LEVEL_INSUFFICIENT,
        ),
        ("contracts_tradable", {}, changed(2, is_tradable=False), Reason.CONTRACT_NOT_TRADABLE),
        ("contracts_tradable", {}, changed(0, is_standard=False), Reason.CONTRACT_NONSTANDARD),
        ("expiry_cutoff", at(14, 59), at(15), Reason.EXPIRY_CUTOFF),
        ("expiry_cutoff", at(15) | keyed(let_expire=True), at(15), Reason.EXPIRY_CUTOFF),
        (
            "spread_narrow",
            keyed(max_bid_ask_pct="0.134"),
            keyed(max_bid_ask_pct="0.133"),
            Reason.SPREAD_TOO_WIDE,
        ),
        (
            "open_interest",
            keyed(min_open_interest=1000),
            keyed(min_open_interest=1001),
            Reason.OPEN_INTEREST_LOW,
        ),
        (
            "open_interest",
            keyed(min_open_interest=1),
            keyed(min_open_interest=1) | changed(1, open_interest=None),
            Reason.OPEN_INTEREST_LOW,
        ),
        ("traded_volume", keyed(min_volume=100), keyed(min_volume=101), Reason.VOLUME_LOW),
        ("price_possible", {"worst": Decimal(0)}, {"worst": Decimal("0.01")}, Reason.STRUCTURE_PRICE_SIGN),
        ("price_possible", {"worst": Decimal(-5)}, {"worst": Decimal("-5.01")}, Reason.PRICE_IMPOSSIBLE),
        (
            "credit_enough",
            keyed(min_credit_pct="0.29"),
            keyed(min_credit_pct="0.2901"),
            Reason.CREDIT_TOO_SMALL,
        ),
        ("loss_bound", keyed(max_loss="710"), keyed(max_loss="709.99"), Reason.MAX_LOSS_EXCEEDED),
        (
            "loss_affordable",
            {"buying_power": Decimal(710)},
            {"buying_power": Decimal("709.99")},
            Reason.BUYING_POWER_INSUFFICIENT,
        ),
        ("loss_affordable", {}, {"buying_power": None}, Reason.ACCOUNT_UNKNOWN),
        (
            "trades_open",
            keyed(max_open_trades=3) | {"open_trades": 2},
            keyed(max_open_trades=3) | {"open_trades": 3},
            Reason.BOT_TRADES_CAP,
        ),
        ("leg_free", {}, {"opposed": "SPY261218P00095000"}, Reason.LEG_HELD),
    ],
)
def test_gate_when_at_its_bound_then_one_side_passes(gate, passes, refused, reason):
    assert gate not in refusals(check(**passes))
    assert refusals(check(**refused))[gate] is reason


def test_debit_when_beyond_its_bound_then_refused():
    spread = legs("+C100", "-C105")
    terms = {"worst": Decimal("2.00"), "quote": NetQuote(Decimal("2.1"), Decimal("1.9"))}
    assert refusals(check(spread, **terms, **keyed(max_debit="2"))) == {}
    assert refusals(check(spread, **terms, **keyed(max_debit="1.99"))) == {
        "debit_bound": Reason.DEBIT_TOO_LARGE
    }


@pytest.mark.parametrize(
    ("structure", "changes", "gate"),
    [
        (legs("+100S", "-C105"), {"share_legs": False}, "structure_supported"),
        (legs("-C100", "+C100/far"), {"several_expiries": False}, "structure_supported"),
        (legs("-P90", "-C105", "+C110"), {"needs_cover": True}, "structure_supported"),
        (legs("+C100", "-C100/far"), {"needs_cover": True}, "structure_supported"),
        (legs("+C95", "-2C100"), {"needs_cover": True}, "structure_supported"),
        (legs("-C105", "-P95"), {}, "options_level"),
        (legs("-C105"), keyed(max_loss="1000000"), "loss_bound"),
    ],
)
def test_structure_when_it_cannot_be_had_there_then_refused(structure, changes, gate):
    assert gate in refusals(check(structure, **changes))


@pytest.mark.parametrize(
    "structure",
    [legs("+P90", "-P95"), legs("-C100", "+C100/far"), legs("+C95", "-2C100", "+C105"), legs("-P95")],
)
def test_structure_when_it_covers_itself_or_is_one_leg_then_cover_is_no_question(structure):
    assert "structure_supported" not in refusals(check(structure, needs_cover=True))
