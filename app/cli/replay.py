"""`flask replay`: a day's alerts through today's settings, prompt or model."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.commands import Command, show_table
from app.cli.ideas import analyst_of, confirm
from app.cli.progress import progress_bar
from app.domain.backtest.day_replay import ReplayedTicket, ReplayOutcome
from app.errors import InvalidRequest
from app.schemas.backtest.tape_reader import day_named
from app.services.backtest.day_replay import RecordedAnalyst, replay_report
from app.wiring.backtest_settings import read_differences
from app.wiring.backtest_setup import ReplaySetup, todays_bots
from app.wiring.container import operations, services
from app.wiring.day_replay import replay_of
from app.wiring.past_records import held_before


@click.command("replay", cls=Command)
@click.option("--date", "text", required=True, metavar="DATE", help="The UTC day, like 2026-06-02.")
@click.option("--bot", help="Only this bot's tickets.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A bot's key or a PAPER_ setting.")
@click.option("--model", help="Ask this model anew; else what was said then is taken.")
@click.option("--prompt", metavar="FILE", type=click.Path(path_type=Path), help="Ask anew with this prompt.")
@click.option("--yes", is_flag=True, help="Ask the model without asking you.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def replay(  # what can be said on one line
    *,
    text: str,
    bot: str | None,
    pairs: tuple[str, ...],
    model: str | None,
    prompt: Path | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Run a day's tickets through the bots and settings of now, and show what would differ.

    Nothing is ordered and nothing is stored: they are played on paper, with what was held when the day began,
    at the prices that were paid. An opinion of then is repeated unless --model or --prompt ask anew.
    """
    day = day_named(text)
    if day is None:
        raise InvalidRequest("Say which day: --date 2026-06-02.")
    tickets = [
        ticket
        for ticket in operations().ledger.filed_on(day.date(), after="")
        if bot is None or ticket["bot"] == bot
    ]
    if model is not None or prompt is not None:
        asked = sum(ticket.get("opinion") is not None for ticket in tickets)
        if asked and not yes:
            confirm(analyst_of(model, prompt), asked)
    found = _play(tickets, day, pairs, RecordedAnalyst(analyst_of(model, prompt), bool(model or prompt)))
    if as_json:
        click.echo(json.dumps(replay_report(day.date(), *found), indent=2, ensure_ascii=False))
    else:
        _show(*found)


def _play(
    tickets: list[dict[str, Any]], day: Any, pairs: tuple[str, ...], analyst: RecordedAnalyst
) -> tuple[list[ReplayedTicket], list[str]]:
    differences = read_differences(pairs)
    house = services()
    setup = ReplaySetup(
        environment=house.settings,
        bots=todays_bots(operations().bots),
        settings=differences.settings,
        keys=differences.keys,
        analyst=analyst,
    )
    played = replay_of(setup, day.date(), held_before(house.store, day.date(), house.clock()), tickets)
    with progress_bar(len(tickets), "Playing") as drawn:
        return played.run(tickets, lambda _: drawn(1)), played.notes


def _show(played: list[ReplayedTicket], notes: list[str]) -> None:
    differing = [each for each in played if each.differs]
    click.echo(f"{len(played)} tickets; {len(differing)} would come to something else.")
    for note in notes:
        click.echo(note)
    if differing:
        rows = [
            (f"{each.at:%H:%M:%S}", each.bot, each.symbol, _words(each.then), _words(each.now), each.ticket)
            for each in differing
        ]
        show_table(("AT", "BOT", "SYMBOL", "THEN", "NOW", "TICKET"), rows)


def _words(outcome: ReplayOutcome | None) -> str:
    if outcome is None:
        return "-"
    return ", ".join(outcome.orders) or " ".join(filter(None, (outcome.status, outcome.reason)))
