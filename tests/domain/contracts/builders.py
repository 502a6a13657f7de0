"""Symbol masters: the rows of the reference, and a small market around a Monday."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache

from app.domain.contracts import IST, read_master

MONDAY = datetime(2026, 7, 20, 5, 0, tzinfo=UTC)
# Future, weekly and monthly option, as the exchange writes them.
SAMPLE = """
101126082558072,NIFTY 25 Aug 26 FUT,11,65,0.1,,{hours},2026-07-31,1787652000,{future}
101126072135426,NIFTY 21 Jul 26 29450 CE,14,65,0.05,,{hours},2026-07-20,1784628000,{weekly}
1011260728138926,SBIN 28 Jul 26 600 CE,15,750,0.05,,{hours},2026-07-20,1785232800,{monthly}
""".lstrip().format(
    hours="0915-1530|1815-1915:",
    future="NSE:NIFTY26AUGFUT,10,11,58072,NIFTY,26000,-1.0,XX,101000000026000,None,0,0.0",
    weekly="NSE:NIFTY2672129450CE,10,11,35426,NIFTY,26000,29450.0,CE,101000000026000,None,0,0.0",
    monthly="NSE:SBIN26JUL600CE,10,11,138926,SBIN,3045,600.0,CE,10100000003045,None,0,0.0",
)
WEEKS = [date(2026, 7, 21), date(2026, 7, 28), date(2026, 8, 4), date(2026, 8, 25), date(2026, 9, 29)]
MONTHS = [date(2026, 7, 28), date(2026, 8, 25)]


def row(underlying, day, strike, kind, *, lot=65, columns=21, at=time(15, 30)):
    """One line; its ticker is no guide to its terms."""
    epoch = int(datetime.combine(day, at, IST).timestamp())
    ending = f"{day:%y%b}FUT".upper() if kind == "XX" else f"{day:%y%m%d}{strike}{kind}"
    ticker = f"NSE:{underlying}{ending}"
    cells = [*("1", "a name", "14", lot, "0.05", "", "0915-1530", "2026-07-20", epoch, ticker, "10", "11")]
    cells += [*("1", underlying, "26000", strike if kind != "XX" else "-1.0", kind, "1", "None", "0", "0.0")]
    return ",".join(map(str, cells[:columns]))


def market_rows():
    for day in WEEKS:
        for strike in (*range(24800, 25250, 50), 25237.5):
            yield from (row("NIFTY", day, strike, kind) for kind in ("CE", "PE"))
    for name in ("M&M", "BAJAJ-AUTO", "360ONE", "NIFTYNXT50", "BANKNIFTY", "FINNIFTY"):
        for day in MONTHS:
            yield row(name, day, 0, "XX", lot=30)
            yield from (row(name, day, strike, "CE", lot=30) for strike in (90, 100, 110))


@cache
def market():
    return index_of(market_rows())


def index_of(rows, **options):
    return read_master("\n".join([*rows, ""]).encode(), fewest_rows=1, **options)


def at(text):
    """A price of every underlying."""
    return lambda _: Decimal(text)
