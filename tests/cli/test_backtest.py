import json
from pathlib import Path

import pytest

from examples.make import HERE, files

pytestmark = pytest.mark.integration

EXAMPLE = ("--alerts", str(HERE / "alerts.csv"), "--bars", f"AAPL={HERE / 'bars.csv'}")
LIST = ("--symbol", "NASDAQ:AAPL", "--timezone", "America/New_York")


def backtest(runner, *arguments):
    return runner.invoke(args=["backtest", *arguments])


@pytest.fixture
def runner(app):
    return app.test_cli_runner()


def test_examples_when_made_again_then_are_those_of_the_repository():
    assert {name: (HERE / name).read_text(encoding="utf-8") for name in files()} == files()


def test_backtest_when_the_example_is_played_then_reports_are_written_and_nothing_is_stored(
    runner, app, tmp_path
):
    result = backtest(
        runner, *EXAMPLE, "--set", "use_strategy_contracts=true", "--out", str(tmp_path / "out")
    )

    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert report["metrics"]["trades"] == 32
    assert f"final_equity    {report['final_equity']} USD" in result.output
    assert "total_return    0.0432 %" in result.output
    assert "initial_equity  100000 USD" in result.output
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "<script src" not in page
    assert "Plotly.newPlot" in page
    assert (tmp_path / "out/trades.csv").read_text(encoding="utf-8").count("\n") == 34
    assert not list(app.extensions["gatehouse"].store.list("tickets/"))


def test_list_of_trades_when_played_then_every_trade_is_the_one_of_the_list(runner):
    arguments = ("--alerts", str(HERE / "trades.csv"), *EXAMPLE[2:], *LIST, "--json")

    report = json.loads(backtest(runner, *arguments).output)

    assert len(report["comparison"]) == 32
    assert {each["difference"] for each in report["comparison"]} == {"0"}


def test_reports_when_compared_then_only_what_differs_is_shown(runner, tmp_path):
    for name, fee in (("a", "0"), ("b", "1")):
        backtest(runner, *EXAMPLE, "--set", f"paper_fee_per_order={fee}", "--out", str(tmp_path / name))

    result = backtest(runner, "--compare", str(tmp_path / "a"), str(tmp_path / "b" / "report.json"))

    assert "paper_fee_per_order" in result.output
    assert "net_profit" in result.output
    assert "initial_equity" not in result.output


def test_days_when_named_then_only_they_are_played(runner):
    days = ("--from", "2026-06-02", "--to", "2026-06-03")

    report = json.loads(backtest(runner, *EXAMPLE, *days, "--json").output)

    assert report["bars"] == {"AAPL": 156}
    assert (report["from"][:10], report["to"][:10]) == ("2026-06-02", "2026-06-03")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--alerts", "no-such-file.csv"), "no-such-file.csv cannot be read"),
        ((), "--alerts FILE"),
        ((*EXAMPLE, "--set", "colour=red"), "colour"),
        ((*EXAMPLE, "--set", "broker=alpaca"), "broker"),
        ((*EXAMPLE, "--bot", "nobody"), "nobody"),
        ((*EXAMPLE, "--timezone", "Mars/Crater"), "Mars/Crater is no time zone"),
        ((*EXAMPLE, "--from", "June"), "June is not a day"),
        ((*EXAMPLE, "--from", "2031-01-01"), "nothing to play"),
        (("--alerts", str(HERE / "bars.csv")), "holds no alerts"),
        (("--alerts", str(HERE / "alerts.csv"), "--bars", str(HERE / "alerts.csv")), "has no columns"),
        (("--compare", str(Path(__file__)), str(HERE)), "is no report"),
    ],
)
def test_backtest_when_something_is_wrong_then_one_sentence_says_what(runner, arguments, said):
    result = backtest(runner, *arguments)

    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
