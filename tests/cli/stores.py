"""Stores of every kind for commands that move them: made, filled by real alerts, and compared."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from click.testing import Result

from app import bare_application, create_app, open_store
from app.config import Settings
from app.storage.base import Store
from tests.builders import WEBHOOK_SECRET, client_of, services_of, strategy_alert


@dataclass(frozen=True)
class Place:
    """A store that a start with these settings would serve, and its address."""

    settings: Settings
    address: str

    def open(self) -> Store:
        return open_store(self.settings, whole=False)

    def run(self, *words: str, clock, **options) -> Result:
        """Run a command that needs no house, with the settings of this store."""
        return bare_application(self.settings, clock=clock).test_cli_runner().invoke(args=words, **options)

    def serve(self, clock, use: Callable, **changes):
        """Start the application on it, let it be used, and stop it; return what came of the use."""
        app = create_app(replace(self.settings, **changes), clock=clock, wait=clock.wait)
        try:
            return use(app)
        finally:
            wired = services_of(app)
            wired.supervisor.stop()
            wired.intake.pool.stop(5)
            wired.observability.journal.close()
            wired.intake.recovery.locks.close()
            wired.store.close()


def in_file(settings: Settings, path: Path) -> Place:
    return Place(replace(settings, database_path=path), f"sqlite:///{path}")


def in_bucket(settings: Settings, name: str, folder: Path) -> Place:
    elsewhere = replace(settings, gcs_bucket_name=name, database_path=folder / "unused.sqlite3")
    return Place(elsewhere, f"gs://{name}")


def in_database(settings: Settings, url: str, folder: Path) -> Place:
    elsewhere = replace(settings, database_url=url, database_path=folder / "unused.sqlite3")
    return Place(elsewhere, url)


def contents(store: Store) -> dict[str, dict]:
    """Return every document but those of processes that run."""
    held = {each.key: each.value for each in store.list("") if not each.key.startswith("leases/")}
    store.close()
    return held


def trade(app, count: int = 6) -> list:
    """Let alerts of several kinds through, some of which are refused."""
    client = client_of(app, x_bot_secret=WEBHOOK_SECRET)
    answers = []
    for number in range(count):
        side = {"strategy_order_action": "buy"} if number % 3 else {"strategy_order_contracts": "1000000"}
        symbol = ("AAPL", "MSFT", "BTCUSD")[number % 3]
        answers.append(client.post("/webhook", json=strategy_alert(symbol=symbol, **side)))
    return [answer.json for answer in answers]
