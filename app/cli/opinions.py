"""`flask opinions`: what opinions were worth."""

import csv
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app.cli.commands import Group, show_table
from app.domain.bars import BarTable
from app.domain.opinion_scores import GROUPINGS, Tally, grouped, missing, tally
from app.domain.price_outcomes import Horizon
from app.errors import InvalidRequest
from app.schemas.bar_rows import read_bar_rows
from app.schemas.operator import load
from app.schemas.opinions import OpinionQuerySchema
from app.services.opinion_scores.price_sources import BrokerPrices, Prices, TablePrices
from app.services.opinion_scores.report import Range, Report, Reporter
from app.wiring.container import brokers, services

# Whoever sits before it can break off.
PATIENCE_SECONDS = 600.0
QUERY = OpinionQuerySchema()
HEADINGS = ("OPINIONS", "PRICED", "RIGHT", "AVERAGE GAIN", "TARGET", "STOP", "NEITHER", "BOTH")
REASONS = {
    "not_over": "not over yet",
    "no_source": "no broker keeps bars of it, or the file has none",
    "no_bars": "no bars of that time",
    "unreachable": "the broker did not answer",
    "not_asked": "not asked for, since it took too long",
}

opinions = Group("opinions", help="See what opinions on trades were worth.")


@opinions.command("report")
@click.option(
    "--from", "since", metavar="DATE", help="The first UTC day, like 2026-06-02; else 30 days back."
)
@click.option("--to", "until", metavar="DATE", help="The last UTC day; else today.")
@click.option("--bot", help="Only this bot's.")
@click.option("--horizon", help="How far to follow prices, by the clock.  [default: 1h,1d,5d]")
@click.option("--limit", type=int, help="How many, the newest first.  [default: 500]")
@click.option(
    "--csv", "file", metavar="FILE", type=click.Path(path_type=Path), help="Bars instead of a broker's."
)
@click.option("--json", "as_json", is_flag=True, help="Print what GET /api/opinions/report answers.")
def show_report(*, file: Path | None, as_json: bool, **given: Any) -> None:
    """Compare what was said with what the price did after.

    A file has rows of symbol,time,open,high,low,close and perhaps volume; bars are known by their
    beginning in UTC.
    Gains are in the direction that the alert named, skipped and denied ones included.
    """
    query = read_query(given)
    house = services()
    wanted = Range.of(house.clock().date(), query["since"], query["until"], query["bot"], query["limit"])
    reporter = Reporter(house.operations.ledger, prices_from(file), house.clock, PATIENCE_SECONDS)
    report = reporter.report(wanted, query["horizon"])
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
    else:
        _show(report)


def read_query(given: dict[str, Any]) -> dict[str, Any]:
    """Read the options that say which tickets are meant; raise InvalidRequest."""
    names = {"since": "from", "until": "to"}
    said = {names.get(name, name): value for name, value in given.items() if value is not None}
    query: dict[str, Any] = load(QUERY, said)
    return query


def prices_from(file: Path | None) -> Prices:
    """Return the prices of a file, else those of the configured brokers; raise InvalidRequest."""
    return BrokerPrices(brokers().registry.all()) if file is None else TablePrices(_table(file))


def _table(file: Path) -> BarTable:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return read_bar_rows(lines)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidRequest(f"{file} cannot be read as text.") from error


def percent(fraction: Decimal | None) -> str:
    """Write a fraction the way people read it."""
    return "-" if fraction is None else f"{fraction * 100:+.2f} %"


def _show(report: Report) -> None:
    if not report.found:
        click.echo("No opinions in this time.")
    for horizon in report.horizons if report.found else ():
        _show_horizon(report, horizon)
    if report.unreadable:
        click.echo(f"\n{report.unreadable} tickets could not be read.")
    if report.more:
        click.echo(f"\nOnly the newest {report.range.limit} were looked at; --limit takes more.")


def _show_horizon(report: Report, horizon: Horizon) -> None:
    judged = report.at(horizon)
    click.echo(f"\nAfter {horizon.name}:")
    rows = [("all", *_cells(tally(judged)))]
    for name in GROUPINGS:
        rows += [(f"{name} {key}", *_cells(each)) for key, each in grouped(judged, name).items()]
    show_table(("", *HEADINGS), rows)
    _show_missing(missing(judged))
    if tally(judged).ambiguous:
        click.echo("BOTH: one bar reached target and stop; the stop is taken to have come first.")


def _show_missing(counts: dict[str, int]) -> None:
    told: Sequence[str] = [f"{count} {REASONS[name]}" for name, count in counts.items()]
    if told:
        click.echo(f"Without a price: {'; '.join(told)}.")


def _cells(counted: Tally) -> tuple[Any, ...]:
    right = "-" if counted.hit_rate is None else f"{counted.hit_rate * 100:.0f} %"
    levels = (counted.targets, counted.stops, counted.neither, counted.ambiguous)
    return counted.opinions, counted.priced, right, percent(counted.average_gain), *levels
