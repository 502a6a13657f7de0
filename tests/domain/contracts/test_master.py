from datetime import date
from decimal import Decimal

import pytest

from app.domain.contracts import MasterRefused, read_master
from tests.domain.contracts.builders import index_of, market_rows, row

DAY = date(2026, 7, 21)
pytestmark = pytest.mark.unit


def rows(count, **options):
    return [row("NIFTY", DAY, strike, "CE", **options) for strike in range(1, count + 1)]


def test_master_when_18_columns_then_read():
    assert len(index_of(rows(5, columns=18))) == 5


def test_master_when_full_size_then_every_row_is_read(full_master):
    assert len(read_master(full_master)) == full_master.count(b"\n")


def test_master_when_out_of_order_then_sorted():
    assert list(index_of([*market_rows()][::-1])) == list(index_of(market_rows()))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<html><body>Sorry</body></html>", "web page"),
        (b'{"s": "error"}\n', "1 columns, not 18 or 21"),
        ("\n".join(rows(3, columns=20)).encode(), "20 columns"),
        ("\n".join(rows(3)).encode(), "3 rows; at least 10000"),
        (b"\xff\xfe\x00,\n", "not CSV in UTF-8"),
    ],
)
def test_master_when_something_else_then_refused_with_the_reason(content, reason):
    with pytest.raises(MasterRefused, match=reason):
        read_master(content)


def test_master_when_cut_off_then_refused():
    content = "\n".join(rows(30)).encode()[:-30]

    with pytest.raises(MasterRefused, match="ends within row 30"):
        read_master(content, fewest_rows=1)


def test_master_when_one_row_in_a_hundred_is_odd_then_read_without_it():
    odd = row("NIFTY", DAY, "many", "CE")

    assert len(index_of([odd, *rows(100)])) == 100


@pytest.mark.parametrize(
    "odd",
    [
        row("NIFTY", DAY, "many", "CE"),
        row("NIFTY", DAY, "NaN", "CE"),
        row("NIFTY", DAY, "1e30", "CE"),
        row("NIFTY", DAY, -1, "PE"),
        row("NIFTY", DAY, 100, "XE"),
        row("NIFTY", DAY, 100, "CE", lot=0),
        row("NIFTY", DAY, 100, "CE", lot="x"),
        row("", DAY, 100, "CE"),
        row("NIFTY", DAY, 100, "CE", columns=19),
    ],
)
def test_master_when_many_rows_are_odd_then_refused_naming_the_first(odd):
    with pytest.raises(MasterRefused, match="2 rows cannot be read; the first is row 2: "):
        index_of([*rows(1), odd, odd, *rows(2)])


def test_freezes_when_known_for_some_then_the_others_have_none():
    ticker = row("NIFTY", DAY, 1, "CE").split(",")[9]
    index = index_of(rows(2), freezes={ticker: Decimal(1800)})

    assert [contract.freeze_quantity for contract in index] == [Decimal(1800), None]
