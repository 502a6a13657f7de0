"""Secrets for an owner who has set none: made once, kept beside the database, readable by the owner only."""

import json
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.config import Settings
from app.errors import SettingsError

SECRET_BYTES = 24
ACCOUNT = "account_secret"
NAMES = ("webhook_secret", "operator_token", ACCOUNT)


def with_secrets(settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Return settings whose secrets are all set, and the names of those that were made just now.

    Only beside a file: of processes that share a state each would make its own.
    """
    missing = [name for name in NAMES if getattr(settings, name) is None]
    if not missing or not settings.state_home.is_local:
        return settings, ()
    path = secrets_file(settings)
    made = _make(path, missing)
    stored = _read(path)
    known: dict[str, Any] = {name: stored[name] for name in missing}
    return replace(settings, **known), made


def secrets_file(settings: Settings) -> Path:
    """Return where generated secrets are kept."""
    return settings.database_path.with_suffix(".secrets.json")


def _make(path: Path, missing: list[str]) -> tuple[str, ...]:
    """Add what is missing to the file; of several processes starting at once, one makes each secret."""
    is_first = not path.exists()
    known = {} if is_first else _read(path)
    new = {name: _new(name) for name in missing if name not in known}
    if not new:
        return ()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(path, known | new)
        if not is_first:
            draft.replace(path)
            return tuple(new)
        return tuple(new) if _publish(draft, path) else ()
    except OSError as error:
        raise SettingsError(f"DATABASE_PATH: {path.parent} cannot be written: {error.strerror}") from error


def _new(name: str) -> str:
    # The document of bot commands promises the account's secret as a UUID.
    return str(uuid4()) if name == ACCOUNT else secrets.token_urlsafe(SECRET_BYTES)


def _draft(path: Path, content: dict[str, str]) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return draft


def _publish(draft: Path, path: Path) -> bool:
    """Give the draft its name; False where another process has been faster, and its secrets count."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _read(path: Path) -> dict[str, str]:
    refusal = SettingsError(f"DATABASE_PATH: the secrets in {path.name} cannot be read")
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refusal from error
    if not isinstance(stored, dict) or not all(isinstance(value, str) for value in stored.values()):
        raise refusal
    return stored


def address_of(settings: Settings) -> str:
    """Return where people find the service."""
    return settings.public_url or f"http://127.0.0.1:{settings.port}"


def invitation(link: str) -> str:
    """Return what stands above everything else: the way into the dashboard."""
    return f"""
  Open the dashboard (this link signs you in once, within 15 minutes; flask dashboard link prints another):
    {link}
"""


FIRST_ALERT = {
    "symbol": "BTCUSD",
    "strategy_order_id": "long",
    "strategy_order_action": "buy",
    "strategy_order_contracts": 0.05,
    "strategy_order_price": 64340.15,
    "strategy_order_comment": "My first paper order",
}


def greeting(settings: Settings) -> str:
    """Return where the service is found, for every start but the first."""
    address = address_of(settings)
    return (
        f"Gatehouse listens on port {settings.port}: alerts to {address}/webhook, health at {address}/readyz"
    )


def welcome(settings: Settings, secrets: Path, made: tuple[str, ...]) -> str:
    """Return the addresses with their secrets, and a command that places the first paper order."""
    address = address_of(settings)
    commands = f"""  See your bots by the address of bot commands (it holds the account's secret):
    curl -s {address}/webhook/{settings.account_secret}/bots
"""
    if made == (ACCOUNT,):
        # A house that is set up already: its other secrets are not printed again.
        return f"{greeting(settings)}\n\n{commands}\nIt is kept in {secrets} and not printed again."
    url = f"{address}/webhook?secret={settings.webhook_secret}"
    return f"""
Gatehouse is set up: alerts go to the paper broker, state to {settings.database_path}.

  Webhook URL for TradingView (it holds your secret):
    {url}

  Place your first paper order from another terminal:
    curl -s '{url}' -d '{json.dumps(FIRST_ALERT)}'

  See what became of it:
    curl -s {address}/api/tickets -H 'Authorization: Bearer {settings.operator_token}'

{commands}
The secrets are kept in {secrets}, readable by you only, and are not printed again.
"""
