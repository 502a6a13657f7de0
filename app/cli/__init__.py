"""The command line: what the operator does, without a network between."""

import os
import sys

from flask import Flask

from app.cli.account import account
from app.cli.alerts import send_alert
from app.cli.audit import audit
from app.cli.backtest import backtest
from app.cli.backup import backup
from app.cli.bots import bots
from app.cli.chat import chat
from app.cli.circuit_breaker import circuit_breaker
from app.cli.cleanup import cleanup
from app.cli.dashboard import dashboard
from app.cli.database import database
from app.cli.ideas import ideas
from app.cli.login import login
from app.cli.migrate_store import migrate_store
from app.cli.opinions import opinions
from app.cli.options import options
from app.cli.orders import orders
from app.cli.paper import paper
from app.cli.positions import positions
from app.cli.preview import preview
from app.cli.refusals import refusals
from app.cli.replay import replay
from app.cli.restore import restore
from app.cli.status import status
from app.cli.switches import trading_state
from app.cli.symbols import symbols
from app.cli.tickets import tickets
from app.cli.trades import trades
from app.cli.verify import verify

COMMANDS = (
    *(status, tickets, opinions, ideas, orders, positions, account, trades, options, bots, trading_state),
    *(refusals, symbols, preview, send_alert, paper, login, verify, backup, backtest, replay),
    *(audit, circuit_breaker, cleanup, dashboard, migrate_store, restore, database, chat),
)
BARE_COMMANDS = (migrate_store, restore, database)


def register_commands(app: Flask) -> None:
    """Give an application its commands."""
    for command in COMMANDS:
        app.cli.add_command(command)


def is_bare_command() -> bool:
    """True inside `flask …` for a command that must find its stores as they are."""
    named = (word for word in sys.argv[1:] if word in {command.name for command in COMMANDS})
    return next(named, None) in {command.name for command in BARE_COMMANDS}


def is_running_a_command() -> bool:
    """True inside `flask …`, unless that serves: a command must not start the clock."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" not in sys.argv[1:]
