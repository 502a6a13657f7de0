"""`flask send-alert`: a sample alert to the running service."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext

from app.cli.commands import Command
from app.config import Settings
from app.errors import InvalidRequest
from app.schemas.dialects import DIALECTS
from app.schemas.entry import DialectEntry
from app.wiring.container import services

if TYPE_CHECKING:
    import requests

TIMEOUT_SECONDS = 15


@click.command("send-alert", cls=Command)
@click.argument("dialect", type=click.Choice([name for name in DIALECTS if "{" not in DIALECTS[name].path]))
@click.option("--field", "fields", metavar="KEY=VALUE", multiple=True, help="Set a field; VALUE may be JSON.")
@click.option("--url", help="Where the service answers; default PUBLIC_URL or this machine.")
@click.option("--secret", help="The bot's secret; default WEBHOOK_SECRET or the generated one.")
@with_appcontext
def send_alert(dialect: str, fields: tuple[str, ...], url: str | None, secret: str | None) -> None:
    """Send a complete sample alert, and print status and answer."""
    entry, settings = DIALECTS[dialect], services().settings
    alert = _alert(entry, dict(_field(pair) for pair in fields))
    alert["secret"] = secret or settings.webhook_secret
    answer = _post((url or _address(settings)).rstrip("/") + entry.path, alert)
    click.echo(f"{answer.status_code} {answer.reason}")
    click.echo(_readable(answer))
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise click.exceptions.Exit(1)


def _alert(entry: DialectEntry, changes: dict[str, Any]) -> dict[str, Any]:
    sample, price = dict(entry.sample), entry.sample_price
    if price is not None and changes.get("order_type") == "market":
        sample.pop(price, None)
    symbol = changes.get("symbol", sample["symbol"])
    if symbol != sample["symbol"] and price in sample and price not in changes:
        raise InvalidRequest(
            f"The sample's price is that of {sample['symbol']}; add --field {price}=PRICE for {symbol}."
        )
    # Otherwise the second sample would be a duplicate of the first.
    return sample | {entry.own_field: datetime.now(UTC).isoformat()} | changes


def _field(pair: str) -> tuple[str, Any]:
    name, equals, text = pair.partition("=")
    if not equals or not name:
        raise InvalidRequest(f"{pair} is not written as KEY=VALUE.")
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text


def _address(settings: Settings) -> str:
    return settings.public_url or f"http://127.0.0.1:{settings.port}"


def _post(url: str, alert: dict[str, Any]) -> "requests.Response":
    import requests  # a server never needs it

    try:
        return requests.post(url, data=json.dumps(alert), timeout=TIMEOUT_SECONDS)
    except requests.RequestException as error:
        raise InvalidRequest(f"{url} does not answer; is the service running there?") from error


def _readable(answer: "requests.Response") -> str:
    try:
        return json.dumps(answer.json(), indent=2, ensure_ascii=False)
    except ValueError:
        return answer.text
