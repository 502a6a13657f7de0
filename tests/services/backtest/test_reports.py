"""A report in part, as a page shows it, and as files."""

import pytest

from app.services.backtest.reports import (
    HTML_NAME,
    MOST_POINTS,
    MOST_ROWS,
    SCRIPT_PLACE,
    excerpt,
    files_of,
    report_of,
    thinned,
    whole,
)
from tests.services.backtest.tapes import alert, played, series

pytestmark = pytest.mark.unit


def curve(count: int) -> list[list[str]]:
    return [[f"{number}", str(100 + number % 7)] for number in range(count)]


@pytest.fixture(scope="module")
def report():
    bars = {"AAPL": series((100, 101, 99, 100), (100, 101, 99, 101), (101, 102, 100, 102))}
    return report_of(played(bars, [alert(0, "buy", 100), alert(2, "sell", 101)]))


def test_curve_when_short_then_it_stays_as_it_is():
    assert thinned(curve(MOST_POINTS), MOST_POINTS) == curve(MOST_POINTS)


@pytest.mark.parametrize("count", [101, 150, 1000, 99_999])
def test_curve_when_long_then_its_ends_and_its_extremes_stay_in_their_order(count):
    points = curve(count)
    points[count // 3][1], points[count // 2][1] = "5", "900"
    kept = thinned(points, 100)

    assert len(kept) <= 100
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert {"5", "900"} <= {worth for _, worth in kept}
    assert [int(at) for at, _ in kept] == sorted({int(at) for at, _ in kept})


def test_report_when_shown_in_part_then_figures_are_of_all_of_it(report):
    many = dict(report) | {"trades": report["trades"] * (MOST_ROWS + 5), "equity_curve": curve(5000)}
    shown = excerpt(many)

    assert (len(shown["trades"]), len(many["trades"])) == (MOST_ROWS, MOST_ROWS + 5)
    assert len(shown["equity_curve"]) <= MOST_POINTS
    assert shown["metrics"] == report["metrics"]


def test_page_when_kept_then_it_is_small_and_its_script_comes_with_the_download(report):
    page = files_of(report)[HTML_NAME]

    assert len(page) < 100_000
    assert page.count(SCRIPT_PLACE) == 1
    assert SCRIPT_PLACE not in whole(HTML_NAME, page)
    assert len(whole(HTML_NAME, page)) > 1_000_000
    assert whole("trades.csv", "symbol\n") == "symbol\n"
