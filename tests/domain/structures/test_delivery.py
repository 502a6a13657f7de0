from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.reasons import Reason
from app.domain.structures.delivery import last_day
from app.domain.structures.exit_rules import ExitRules, Look, exit_times, watch
from app.domain.structures.gates import expiry_cutoff
from app.domain.structures.legs import Leg, compose
from app.domain.structures.trades import ExitCause
from tests.domain.structures.builders import legs
from tests.domain.structures.test_gates import check
from tests.domain.structures.test_settlement import holding

pytestmark = pytest.mark.unit
INDIA = ZoneInfo("Asia/Kolkata")
EXPIRY = date(2026, 7, 28)
FIVE_BEFORE = date(2026, 7, 21)


def spread(underlying, expiry=EXPIRY):
    """Return a put spread of the NSE, a lot of each leg."""

    def contract(strike):
        terms = OptionContract(underlying, expiry, Decimal(strike), "put", multiplier=Decimal(1))
        name = f"{underlying}{expiry:%y%m%d}P{strike}"
        lot = Decimal(500)
        return Instrument(name, AssetClass.OPTION, "nse", quantity_increment=lot, option=terms)

    return compose([Leg(contract(1300), -1), Leg(contract(1280), 1)])[0]


@pytest.mark.parametrize(
    ("structure", "day"),
    [
        (spread("RELIANCE"), FIVE_BEFORE),
        (spread("NIFTY"), EXPIRY),
        # The weekend and Republic Day, the 26th, are no trading days.
        (spread("RELIANCE", date(2026, 1, 27)), date(2026, 1, 19)),
        (legs("-P95", "+P90"), date(2026, 12, 18)),
    ],
)
def test_guard_when_contracts_are_delivered_then_it_leaves_trading_days_before(structure, day):
    assert last_day(structure) == day


@pytest.mark.parametrize(
    ("underlying", "at", "cause"),
    [
        ("RELIANCE", datetime(2026, 7, 21, 14, 59, tzinfo=INDIA), None),
        ("RELIANCE", datetime(2026, 7, 21, 15, tzinfo=INDIA), ExitCause.EXPIRY),
        ("RELIANCE", datetime(2026, 7, 24, 10, tzinfo=INDIA), ExitCause.EXPIRY),
        ("NIFTY", datetime(2026, 7, 28, 14, 59, tzinfo=INDIA), None),
        ("NIFTY", datetime(2026, 7, 28, 15, tzinfo=INDIA), ExitCause.EXPIRY),
    ],
)
def test_trade_when_its_shares_would_be_delivered_then_it_is_left_in_time(underlying, at, cause):
    trade, seen = holding(spread(underlying), "-5"), Look(at=at, local=at, net=None)

    assert watch(trade, seen, ExitRules())[1] is cause
    assert watch(trade, seen, ExitRules(let_expire=True))[1] is None


def test_times_when_shares_would_be_delivered_then_the_clock_stops_there():
    (at,) = exit_times(spread("RELIANCE"), ExitRules(), INDIA)
    assert at == datetime(2026, 7, 21, 15, tzinfo=INDIA)


@pytest.mark.parametrize(("day", "hour", "is_late"), [(21, 14, False), (21, 15, True), (22, 10, True)])
def test_entry_when_it_would_be_left_at_once_for_delivery_then_refused(day, hour, is_late):
    seen = replace(check(), structure=spread("RELIANCE"), local=datetime(2026, 7, day, hour, tzinfo=INDIA))
    assert expiry_cutoff(seen)[0] is (Reason.EXPIRY_CUTOFF if is_late else None)
