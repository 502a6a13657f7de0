"""`flask backtest`: alerts of the past, played again through the very pipeline."""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.backtest_sources import bar_shelf
from app.cli.backtest_tape import TapeFiles
from app.cli.commands import Command, show_fields, show_table
from app.cli.progress import progress_bar
from app.domain.backtest.comparison import SAME
from app.domain.backtest.tape import Stretch
from app.domain.backtest.whole_tape import Tape
from app.domain.bars import TIMEFRAMES, Adjustment
from app.domain.money import plain
from app.domain.refusals import percent
from app.errors import InvalidRequest
from app.schemas.backtest.tape_reader import TapeReader, day_named, zone_named
from app.services.backtest.html import FRACTIONS
from app.services.backtest.reports import read_report, side_by_side, write_report
from app.wiring.backtest import play
from app.wiring.backtest_settings import read_differences
from app.wiring.backtest_setup import setup_of
from app.wiring.container import operations, services

SHOWN = (
    "net_profit",
    "total_return",
    "buy_and_hold",
    "max_drawdown",
    "sharpe",
    "sortino",
    "cagr",
    "exposure",
    "trades",
    "win_rate",
    "profit_factor",
    "expectancy",
    "fees",
    "slippage",
)
AMOUNTS = frozenset({"initial_equity", "final_equity", "net_profit", "expectancy", "fees", "slippage"})
DAY = timedelta(days=1)


@click.command("backtest", cls=Command)
@click.option("--alerts", metavar="FILE|DATE", help="The alerts: a file, or a day of this service's own.")
@click.option(
    "--bars",
    multiple=True,
    metavar="[SYMBOL=]FILE|BROKER...",
    help="Prices: files, or a broker that keeps some, like alpaca.",
)
@click.argument("more", metavar="", nargs=-1)
@click.option("--bot", help="The bot that all alerts are for; else the one that each names.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A bot's key or a PAPER_ setting.")
@click.option("--from", "since", metavar="DATE", help="The first day (UTC) that is played.")
@click.option("--to", "until", metavar="DATE", help="The last day (UTC) that is played.")
@click.option("--timezone", default="UTC", show_default=True, help="Of times that name none.")
@click.option("--symbol", help="What a list of trades trades, where its name does not tell.")
@click.option(
    "--timeframe",
    type=click.Choice(list(TIMEFRAMES)),
    default="5m",
    show_default=True,
    help="How long a broker's bars are.",
)
@click.option(
    "--adjust",
    type=click.Choice([each.value for each in Adjustment]),
    help="What a broker's bars of shares are adjusted for.  [default: split]",
)
@click.option("--extended", is_flag=True, help="A broker's bars before and after regular hours too.")
@click.option("--out", metavar="FOLDER", type=click.Path(path_type=Path), help="Where the report goes.")
@click.option(
    "--compare", nargs=2, metavar="A B", type=click.Path(path_type=Path), help="Two reports side by side."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_appcontext
def backtest(  # noqa: PLR0913  # what can be said on one line
    *,
    alerts: str | None,
    bars: tuple[str, ...],
    more: tuple[str, ...],
    bot: str | None,
    pairs: tuple[str, ...],
    since: str | None,
    until: str | None,
    timezone: str,
    symbol: str | None,
    out: Path | None,
    compare: tuple[Path, Path] | None,
    as_json: bool,
    **of_brokers: Any,
) -> None:
    """Play alerts of the past through today's bots, on paper, at the prices of bars.

    Alerts: TradingView's alert log, the Strategy Tester's list of trades, logs.jsonl, tickets as JSON, or a
    day like 2026-06-02 of this service's own. Bars: a chart's export or any CSV with time, open, high, low
    and close, or those of a broker that is set up, which are downloaded once and kept. Nothing else is
    stored, and no broker gets an order.
    """
    if compare is not None:
        _show_comparison(*compare)
        return
    if alerts is None:
        raise InvalidRequest("Say which alerts to play: --alerts FILE, or --alerts 2026-06-02.")
    stretch = Stretch(day_named(since), day_named(until, DAY))
    files = TapeFiles(TapeReader(zone_named(timezone), stretch, symbol), bar_shelf(**of_brokers))
    tape = files.read(alerts, (*bars, *more))
    report = _played(tape, bot, pairs)
    written = write_report(report, out) if out is not None else []
    if as_json:
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _show(report, written)


def _played(tape: Tape, bot: str | None, pairs: Sequence[str]) -> dict[str, Any]:
    setup = setup_of(services().settings, operations().bots, read_differences(pairs), only=bot)
    # Each of its hundredths is drawn once.
    step = max(tape.length // 100, 1)
    with progress_bar(tape.length, "Playing") as drawn:
        return play(setup, tape, lambda done: None if done % step else drawn(step))


def _show(report: dict[str, Any], files: Sequence[Path]) -> None:
    click.echo(f"{report['alerts']} alerts from {report['from']} to {report['to']}")
    for note in report["notes"]:
        click.echo(note)
    shown = {name: report[name] for name in ("initial_equity", "final_equity")}
    figures = {name: report["metrics"][name] for name in SHOWN if report["metrics"][name] is not None}
    currency = report["currency"]
    show_fields({name: _figure(name, value, currency) for name, value in (shown | figures).items()})
    if report["refusals"]:
        click.echo()
        show_table(("REFUSED", "ALERTS"), list(report["refusals"].items()))
    _show_differences(report["comparison"])
    for file in files:
        click.echo(f"Written: {file}")


def _figure(name: str, value: Any, currency: str) -> str:
    if name in FRACTIONS:
        return percent(Decimal(value))
    return f"{plain(Decimal(value)):f} {currency}" if name in AMOUNTS else str(value)


def _show_differences(compared: Sequence[dict[str, Any]]) -> None:
    """Say which trades differ from those of a list; of many the same there is nothing to say but that."""
    if not compared:
        return
    rows = [
        (each["trade"], each["difference"], each["why"])
        for each in compared
        if not each["why"].startswith(SAME)
    ]
    click.echo(f"\n{len(compared) - len(rows)} of {len(compared)} trades are the same as in the list.")
    if rows:
        show_table(("TRADE", "DIFFERENCE", "WHY"), rows)


def _show_comparison(one: Path, other: Path) -> None:
    rows = side_by_side(read_report(one), read_report(other))
    show_table(("", str(one), str(other)), rows, none="The two are the same.")
