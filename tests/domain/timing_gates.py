"""What the gates of times let pass and refuse, on both sides of every bound."""

from datetime import UTC, datetime, timedelta

from app.domain.accounts import MarketHours
from app.domain.instruments import AssetClass, Instrument
from app.domain.reasons import Reason
from tests.domain.builders import APPLE, BITCOIN

OPEN, CLOSED = MarketHours(is_open=True), MarketHours(is_open=False)
RELIANCE = Instrument("NSE:RELIANCE", AssetClass.EQUITY, "nse")
EURO = Instrument("EUR-USD", AssetClass.FOREX)
SECOND = timedelta(seconds=1)
CLOSED_WINDOW = Reason.TRADING_WINDOW_CLOSED
NEVER_CLOSES = {"instrument": BITCOIN, "hours": OPEN}


def windows(*texts, at, instrument=APPLE):
    return {"limits": {"trading_windows": texts}, "now": utc(at), "instrument": instrument}


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def session(at, closes="2026-06-02T20:00", instrument=APPLE, **minutes):
    """A moment of a session (UTC) that the broker knows to close then."""
    hours = MarketHours(is_open=True, next_close=utc(closes))
    return {"limits": minutes, "now": utc(at), "instrument": instrument, "hours": hours}


# A Tuesday of summer: 09:45 in New York is 13:45 UTC; in winter it is 14:45. India has one time all year.
ALLOWED = [
    ("trading_windows", windows("mon-fri 09:45-15:30", at="2026-06-02T13:45:00")),
    ("trading_windows", windows("mon-fri 09:45-15:30", at="2026-06-02T19:29:59")),
    ("trading_windows", windows("mon-fri 09:45-15:30", at="2026-01-15T14:45:00")),
    ("trading_windows", windows("wed 09:45-15:30", "tue 09:45-10:00", at="2026-06-02T13:45:00")),
    ("trading_windows", windows("mon-fri 09:15-15:30", at="2026-06-02T03:45:00", instrument=RELIANCE)),
    ("trading_windows", windows("mon-fri 09:15-15:30", at="2026-06-02T09:59:59", instrument=RELIANCE)),
    ("trading_windows", windows("tue 00:00-24:00", at="2026-06-02T23:59:59", instrument=BITCOIN)),
    ("trading_windows", windows("sun 17:00-24:00", at="2026-06-07T21:00:00", instrument=EURO)),
    # over midnight: Friday's window is open until Saturday, 02:00
    ("trading_windows", windows("fri 22:00-02:00", at="2026-06-06T01:59:59", instrument=BITCOIN)),
    ("trading_windows", windows("fri 22:00-02:00", at="2026-06-05T22:00:00", instrument=BITCOIN)),
    # the hour that comes twice on 2026-11-01 is inside both times, also where it comes the second time
    ("trading_windows", windows("sun 01:00-02:00", at="2026-11-01T05:30:00")),
    ("trading_windows", windows("sun 01:00-02:00", at="2026-11-01T06:30:00")),
    # on 2026-03-08 the clock goes from 02:00 to 03:00
    ("trading_windows", windows("sun 02:30-03:30", at="2026-03-08T07:00:00")),
    ("trading_windows", {"limits": {"trading_windows": None}, "now": utc("2026-06-06T12:00")}),
    ("after_open", session("2026-06-02T13:45:00", minutes_after_open=15)),
    ("after_open", session("2026-06-02T13:30:00", minutes_after_open=0)),
    ("after_open", {"limits": {"minutes_after_open": 15}} | NEVER_CLOSES),
    ("after_open", {"hours": None}),
    ("after_open", session("2026-06-02T04:00:00", "2026-06-02T10:00", RELIANCE, minutes_after_open=15)),
    ("before_close", session("2026-06-02T19:44:59", minutes_before_close=15)),
    ("before_close", session("2026-06-02T19:59:59", minutes_before_close=0)),
    ("before_close", {"limits": {"minutes_before_close": 15}} | NEVER_CLOSES),
    # Thanksgiving's half day, as the broker tells it
    ("before_close", session("2026-11-27T17:44:59", "2026-11-27T18:00", minutes_before_close=15)),
]
REFUSED = [
    ("trading_windows", CLOSED_WINDOW, windows("mon-fri 09:45-15:30", at="2026-06-02T13:44:59")),
    ("trading_windows", CLOSED_WINDOW, windows("mon-fri 09:45-15:30", at="2026-06-02T19:30:00")),
    ("trading_windows", CLOSED_WINDOW, windows("mon-fri 09:45-15:30", at="2026-01-15T14:44:59")),
    ("trading_windows", CLOSED_WINDOW, windows("mon-fri 09:45-15:30", at="2026-06-06T14:00:00")),
    (
        "trading_windows",
        CLOSED_WINDOW,
        windows("mon-fri 09:15-15:30", at="2026-06-02T10:00:00", instrument=RELIANCE),
    ),
    ("trading_windows", CLOSED_WINDOW, windows("mon 22:00-02:00", at="2026-06-02T02:00", instrument=BITCOIN)),
    ("trading_windows", CLOSED_WINDOW, windows("tue 22:00-02:00", at="2026-06-02T01:00", instrument=BITCOIN)),
    ("trading_windows", CLOSED_WINDOW, windows("sun 02:00-02:59", at="2026-03-08T07:00:00")),
    ("trading_windows", CLOSED_WINDOW, windows(at="2026-06-02T14:00:00")),
    # left by some other hand
    ("trading_windows", CLOSED_WINDOW, windows("always", at="2026-06-02T14:00:00")),
    ("trading_windows", Reason.SYMBOL_UNKNOWN, windows("mon 01:00-02:00", at="2026-06-02", instrument=None)),
    ("after_open", Reason.MARKET_OPENING, session("2026-06-02T13:44:59", minutes_after_open=15)),
    ("after_open", Reason.MARKET_CLOSED, {"limits": {"minutes_after_open": 15}, "hours": CLOSED}),
    ("after_open", Reason.MARKET_CLOSED, {"limits": {"minutes_after_open": 15}, "hours": None}),
    # a session that only the broker knows has no opening that is known
    ("after_open", Reason.MARKET_CLOSED, session("2026-06-07T14:00:00", minutes_after_open=15)),
    ("before_close", Reason.MARKET_CLOSING, session("2026-06-02T19:45:00", minutes_before_close=15)),
    ("before_close", Reason.MARKET_CLOSED, {"limits": {"minutes_before_close": 15}, "hours": CLOSED}),
    ("before_close", Reason.MARKET_CLOSED, {"limits": {"minutes_before_close": 15}, "hours": None}),
    (
        "before_close",
        Reason.MARKET_CLOSING,
        session("2026-11-27T17:45:00", "2026-11-27T18:00", minutes_before_close=15),
    ),
]
