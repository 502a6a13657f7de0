"""`flask circuit-breaker`: the thresholds of an account's equity."""

import click

from app.cli.commands import Group, show_fields
from app.domain.audit import Actor
from app.domain.circuit_breaker import CircuitBreaker
from app.schemas.bot_pairs import split_pair
from app.schemas.operator import CircuitBreakerSchema, load
from app.services.portfolio.breaker_view import breaker_view
from app.wiring.container import portfolio

CHANGES = CircuitBreakerSchema()
KEYS = f"Keys: {', '.join(CHANGES.fields)}. What each means stands in docs/trading.md."
# Lists that the API shows whole; here they would hide what counts.
LISTS = {"thresholds", "breakers"}
at_broker = click.option("--broker", help="Whose account; default the one that is watched.")

circuit_breaker = Group("circuit-breaker", help="See, change and arm again the circuit breaker.")


@circuit_breaker.command("show")
@at_broker
def show_breaker(broker: str | None) -> None:
    """Show whose thresholds count, and what the breaker did last."""
    _show(portfolio().breaker.read(broker))


@circuit_breaker.command("set", epilog=KEYS)
@click.argument("settings", metavar="KEY=VALUE...", nargs=-1, required=True)
def set_breaker(settings: tuple[str, ...]) -> None:
    """Change what is named and leave the rest; that arms it anew and resumes what it paused.

    Without base_equity the account's equity of now is the base; `null` turns a threshold off.
    """
    given = {name: None if text == "null" else text for name, text in map(split_pair, settings)}
    _show(portfolio().breaker.edit(load(CHANGES, given), by=Actor.COMMAND_LINE))


@circuit_breaker.command("reset")
@at_broker
def reset_breaker(broker: str | None) -> None:
    """Arm it anew after a breach, from the account's equity of now, and resume what it paused."""
    wanted = {} if broker is None else {"broker": broker}
    _show(portfolio().breaker.edit(load(CHANGES, wanted), by=Actor.COMMAND_LINE))


def _show(breaker: CircuitBreaker) -> None:
    view = breaker_view(breaker, portfolio().breaker.all())
    show_fields({name: value for name, value in view.items() if name not in LISTS})
    for one in view["thresholds"]:
        loss, gain = one["stop_loss_equity"] or "off", one["take_profit_equity"] or "off"
        click.echo(f"watched for {one['source']}: stop-loss at {loss}, take-profit at {gain}")
