"""`flask ideas`: stored trade ideas, once more."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import click

from app.cli.commands import Group, show_table
from app.cli.opinions import percent, prices_from, read_query
from app.domain.price_outcomes import Horizon
from app.domain.replay_comparison import Comparison, ReplaySide, Take, difference
from app.errors import InvalidRequest
from app.parsing import Parser, decimal, fraction
from app.schemas.alerts import read_stored_signal
from app.services.analyst.base import Analyst
from app.services.analyst.prompting import read_prompt
from app.services.analyst.rule_analyst import RulesAnalyst
from app.services.jobs.replay import changed_rules, cost_of, is_idea, replay_told
from app.services.opinion_scores.replay import Another, Replayer, gains
from app.services.opinion_scores.report import Range, past_tickets
from app.services.trading.context import TradingRules
from app.wiring.container import intake, operations, services

DEFAULT_LIMIT = 20

ideas = Group("ideas", help="Run stored trade ideas again.")


@ideas.command("replay")
@click.option(
    "--from", "since", metavar="DATE", help="The first UTC day, like 2026-06-02; else 30 days back."
)
@click.option("--to", "until", metavar="DATE", help="The last UTC day; else today.")
@click.option("--bot", help="Only this bot's.")
@click.option(
    "--limit", type=int, default=DEFAULT_LIMIT, show_default=True, help="How many, the newest first."
)
@click.option("--model", help="Ask this model.")
@click.option("--prompt", metavar="FILE", type=click.Path(path_type=Path), help="Ask with this prompt.")
@click.option("--min-confidence", help="The least confidence that an order needs, from 0 to 1.")
@click.option("--max-notional", help="The largest order of an idea, in the account's currency.")
@click.option("--horizon", default="1d", show_default=True, help="How far to follow prices, by the clock.")
@click.option(
    "--csv", "file", metavar="FILE", type=click.Path(path_type=Path), help="Bars instead of a broker's."
)
@click.option("--yes", is_flag=True, help="Ask the model without asking you.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def replay(
    *, model: str | None, prompt: Path | None, file: Path | None, yes: bool, as_json: bool, **given: Any
) -> None:
    """Compare stored opinions with those of another model, prompt or limit.

    Nothing is ordered and no ticket is written. With --min-confidence or --max-notional alone the stored
    opinions stand and nobody is asked; otherwise every idea costs a call of the model, or none without
    OPENAI_API_KEY, where the rule answers. Both opinions are set before the gates as they stand now, THEN is
    what became of the idea when it arrived. A prompt's first line is its version (version: 2).
    """
    limits = {name: given.pop(name) for name in ("min_confidence", "max_notional")}
    rules = _rules(**limits)
    asks = model is not None or prompt is not None or not any(limits.values())
    other = Another(analyst=analyst_of(model, prompt) if asks else None, rules=rules)
    query, prices = read_query(given), prices_from(file)
    (horizon,) = _one(query["horizon"])
    replayer = _replayer()
    stored, left_out = replayer.read(_tickets(query))
    if asks and stored and not yes:
        confirm(other.analyst, len(stored))
    opinions = replayer.ask(stored, other)
    compared = replayer.compare(stored, opinions, rules)
    told = gains(stored, prices, services().clock, horizon)
    compared = [replace(item, gain=gain) for item, gain in zip(compared, told, strict=True)]
    cost = cost_of(opinions) if asks else {}
    if as_json:
        print_json(compared, left_out, cost)
    else:
        show_replay(compared, left_out, horizon)
        show_cost(other.analyst, cost)


def _one(horizons: Sequence[Horizon]) -> Sequence[Horizon]:
    if len(horizons) != 1:
        raise InvalidRequest("--horizon takes one stretch of time here, like 1d.")
    return horizons


def _tickets(query: dict[str, Any]) -> list[dict[str, Any]]:
    today = services().clock().date()
    wanted = Range.of(today, query["since"], query["until"], query["bot"], query["limit"])
    kept = (ticket for ticket in past_tickets(operations().ledger, wanted) if is_idea(ticket))
    return list(islice(kept, wanted.limit))


def _replayer() -> Replayer:
    house = services()
    return Replayer(
        previews=house.intake.trading.previews,
        bots=house.operations.bots,
        read_signal=read_stored_signal,
        clock=house.clock,
        workers=house.settings.analyst_workers,
    )


def _rules(min_confidence: str | None, max_notional: str | None) -> TradingRules:
    rules = intake().trading.previews.rules
    least = _figure("--min-confidence", min_confidence, fraction)
    cap = _figure("--max-notional", max_notional, decimal)
    return changed_rules(rules, least, cap)


def _figure(name: str, text: str | None, parse: Parser) -> Decimal | None:
    try:
        return None if text is None else parse(text)
    except ValueError as error:
        raise InvalidRequest(f"{name} {error}.") from error


def analyst_of(model: str | None, prompt: Path | None) -> Analyst:
    """Return who is asked, by another model or with another prompt where they are given."""
    from app.services.analyst.openai_analyst import OpenAiAnalyst

    analyst = services().research.analyst
    if not isinstance(analyst, OpenAiAnalyst):
        if model is not None or prompt is not None:
            click.echo(f"OPENAI_API_KEY is not set: {analyst.name} ({analyst.model}) answers.", err=True)
        return analyst
    try:
        told = None if prompt is None else read_prompt(prompt)
    except (OSError, ValueError) as error:
        raise InvalidRequest(f"{prompt} is not a prompt: {error}.") from error
    server = analyst.server if model is None else replace(analyst.server, model=model)
    return replace(analyst, server=server, prompt=told)


def confirm(analyst: Analyst | None, count: int) -> None:
    """Ask before a model is, since that costs; abort without a yes."""
    if analyst is not None and analyst.name != RulesAnalyst.name:
        told = (
            f"{analyst.model} is asked about {count} ideas, with several requests each where it uses tools."
        )
        click.confirm(f"{told} Nothing is ordered. Go on?", abort=True, err=True)


HEADINGS = ("ARRIVED", "SYMBOL", "THEN", "ACTION", "CONFIDENCE", "NOTIONAL", "GATES", "GAIN")


def print_json(compared: list[Comparison], left_out: int, cost: dict[str, int]) -> None:
    """Print everything as JSON."""
    click.echo(json.dumps(replay_told(compared, left_out, cost), indent=2))


def show_replay(compared: list[Comparison], left_out: int, horizon: Horizon) -> None:
    """Print a row for each idea, and what they come to together."""
    show_table(HEADINGS, [_row(item) for item in compared], none="No ideas with an opinion in this time.")
    if left_out:
        click.echo(f"\n{left_out} cannot be run again: unreadable, or of a bot that is gone.")
    if compared:
        total = difference(compared)
        others = f"{total.other_actions} with another action, {total.other_outcomes} with another outcome"
        click.echo(f"\n{total.ideas} ideas, {others}: {total.gained} more ordered, {total.lost} no longer.")
        click.echo(f"Old: {_side(total.old, horizon)}\nNew: {_side(total.new, horizon)}")


def _side(side: ReplaySide, horizon: Horizon) -> str:
    gain = f"average gain after {horizon.name} {percent(side.average_gain)} ({side.priced} priced)"
    return f"{side.ordered} ordered, worth {round(side.value, 2):f}; {gain}"


def _row(item: Comparison) -> tuple[Any, ...]:
    old, new = item.old, item.new
    cells = (
        (_word(old), _word(new)),
        (_plain(old.confidence), _plain(new.confidence)),
        (_plain(old.notional), _plain(new.notional)),
        (old.outcome, new.outcome),
    )
    changes = [before if before == after else f"{before} > {after}" for before, after in cells]
    return f"{item.at:%Y-%m-%d %H:%M}", item.symbol, item.then, *changes, percent(item.gain)


def _word(take: Take) -> str:
    if take.action is not None:
        return take.action.value
    return take.failure.value if take.failure is not None else "-"


def _plain(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:f}"


def show_cost(analyst: Analyst | None, cost: dict[str, int]) -> None:
    """Say what the other opinions cost, where any were asked for."""
    if analyst is not None:
        asked = f"{cost['requests']} requests, {cost['tokens']} tokens"
        click.echo(f"Asked: {analyst.name} ({analyst.model}), {asked}.")
