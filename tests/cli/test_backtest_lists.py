"""Lists of trades as the Strategy Tester and spreadsheets write them, played and compared."""

import json
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.integration

OPENS = datetime(2026, 6, 1, 13, 30, tzinfo=UTC)
HEADINGS = (
    "Trade number,Type,Date and time,Signal,Price USD,Size (qty),Size (value),Net PnL USD,Return %,"
    "Commission USD,Favorable excursion USD,Favorable excursion %,Adverse excursion USD,"
    "Adverse excursion %,Cumulative PnL USD,Cumulative PnL %,Duration (bars)"
)
# Number, side, bars of entry and exit, size, profit: units are added to the first, the last one is open.
TRADES = (
    (1, "long", 10, 40, 10, 300),
    (2, "long", 20, 40, 20, 400),
    (3, "short", 60, 70, 10, -100),
    (4, "long", 80, None, 1, 10),
)
WHY = {"1, 2": "the same", "3": "the same", "4": "the same, and still open"}


def price(bar: int) -> int:
    return 1000 + bar


@pytest.fixture
def bars(tmp_path):
    rows = ["time,open,high,low,close"]
    for bar in range(100):
        at, first = OPENS + timedelta(minutes=5 * bar), price(bar)
        rows.append(f"{at.isoformat()},{first},{first + 1},{first},{first + 1}")
    file = tmp_path / "MSFT.csv"
    file.write_text("\n".join(rows))
    return str(file)


@pytest.fixture
def play(app, tmp_path, bars):
    """Play a list and return its report."""

    def run(text: str, *more: str) -> dict:
        file = tmp_path / "Adding_NASDAQ_MSFT_2026-06-02.csv"
        file.write_text(text, encoding="utf-8")
        shorts = ("--set", "allow_short_selling=true", "--set", "allow_short=true")
        arguments = ["backtest", "--alerts", str(file), "--bars", bars, *shorts, *more, "--json"]
        result = app.test_cli_runner().invoke(args=arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return run


def rows(money, time):
    """Yield the two rows of each trade, the exit first, the newest trade first."""
    for number, side, entry, leave, size, profit in reversed(TRADES):
        ends = [("Exit", leave, "Close"), ("Entry", entry, "Go")]
        for kind, bar, signal in ends:
            is_open = bar is None
            shown = 99 if is_open else bar
            at = time(OPENS + timedelta(minutes=5 * shown))
            worth = money(price(entry) * size)
            figures = [money(price(shown)), str(size), worth, money(profit), "1.5%", money(0)]
            rest = [money(profit), "1.5%", money(0), "0%", money(1000), "1%", "30"]
            yield [str(number), f"{kind} {side}", at, "Open" if is_open else signal, *figures, *rest]


def american(amount: float) -> str:
    return f'"{amount:,.2f}"'.replace("-", "\u2212")


def european(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def swiss(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", "\u2019")


def iso(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


STYLES = {
    "as exported": ("\ufeff", ",", american, iso),
    "newest last": ("", ",", american, iso),
    "in words": ("", ",", american, lambda at: f'"{at:%b %d, %Y, %I:%M %p}"'),
    "a spreadsheet's, in German": ("", ";", european, lambda at: f"{at:%d.%m.%Y %H:%M}"),
    "a spreadsheet's, in Swiss": ("", "\t", swiss, lambda at: f"{at:%d.%m.%Y %H:%M:%S}"),
}


def written(style: str) -> str:
    mark, delimiter, money, time = STYLES[style]
    lines = [delimiter.join(row) for row in rows(money, time)]
    if style == "newest last":
        lines.reverse()
    return mark + "\r\n".join([HEADINGS.replace(",", delimiter), *lines]) + "\r\n"


@pytest.mark.parametrize("style", STYLES)
def test_list_when_written_in_any_style_then_every_trade_is_the_same(play, style):
    report = play(written(style))

    assert {each["trade"]: each["why"] for each in report["comparison"]} == WHY
    assert [each["difference"] for each in report["comparison"]] == ["0", "0", None]
    assert report["refusals"] == {}


def test_list_when_a_trade_is_refused_here_then_the_reason_is_told(play):
    report = play(written("as exported"), "--set", "allow_short=false")

    (short,) = [each for each in report["comparison"] if each["trade"] == "3"]
    assert (short["ours"], short["why"]) == (None, "Not traded here: SHORT_DISABLED.")


def test_list_when_its_days_may_be_two_then_the_order_is_asked_for(app, tmp_path, bars):
    file = tmp_path / "Adding_NASDAQ_MSFT_2026-06-02.csv"
    lines = [",".join(row) for row in rows(american, lambda at: f"{at:%m/%d/%Y %H:%M}")]
    file.write_text("\n".join([HEADINGS, *lines]))

    result = app.test_cli_runner().invoke(args=["backtest", "--alerts", str(file), "--bars", bars])

    assert result.exit_code == 1
    assert "line 3: '06/01/2026 20:10' may be two days" in result.output


def test_list_when_it_is_not_in_english_then_one_in_english_is_asked_for(app, tmp_path):
    file = tmp_path / "Adding_NASDAQ_MSFT_2026-06-02.csv"
    file.write_text("Номер сделки,Тип,Дата и время\n1,Выход,2026-06-01 21:45\n", encoding="utf-8")

    result = app.test_cli_runner().invoke(args=["backtest", "--alerts", str(file)])

    assert result.exit_code == 1
    assert "in English" in result.output


def test_list_when_trades_follow_each_other_inside_one_bar_then_every_trade_is_the_same(play):
    # The bar at 14:20 goes from 1010 to 1011.
    ends = (
        ("1,{} long,2026-06-01 14:20", 1010.4, "14:20", 1010.7, 3),
        ("2,{} short,2026-06-01 14:20", 1010.6, "14:20", 1010.5, 1),
        ("3,{} long,2026-06-01 14:20", 1010.3, "14:25", 1011, 7),
        ("4,{} short,2026-06-01 14:25", 1011, "14:30", 1012, -10),
    )
    lines = ["Trade number,Type,Date and time,Signal,Price USD,Size (qty),Net PnL USD"]
    for start, entry, end, leave, profit in ends:
        lines.append(f"{start.format('Exit')[:-5]}{end},Close,{leave},10,{profit}")
        lines.append(f"{start.format('Entry')},Go,{entry},10,{profit}")

    report = play("\n".join(lines))

    assert [(each["trade"], each["why"]) for each in report["comparison"]] == [
        (number, "the same") for number in "1234"
    ]
