"""`make demo-options`: an iron condor on paper, with a market and a clock to move, until Ctrl-C."""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from tests.simulators.demo_server import free_port, port_parser, serving

ACCOUNT_SECRET, OPERATOR_TOKEN = "0f5e6c1a-9d1b-4c55-8f0e-5a1d2c3b4e6f", "demo-operator-token"
START_SECONDS = 60
CONDOR = {
    "id": "condor",
    "name": "Condor",
    "underlying": "SPY",
    "structure": "iron_condor",
    "days_to_expiry": 30,
    "strike_by": "delta",
    "strike_value": "0.2",
    "wing_width": "10",
    "contracts": 1,
    "ladder": "fast",
    "ladder_give_pct": "1",
    "profit_target_pct": "0.5",
    "stop_loss_pct": "1",
}


def main() -> None:
    """Start the service, give SPY a price and make a bot, then say what to try."""
    port = free_port(port_parser(__doc__).parse_args().port)
    with tempfile.TemporaryDirectory() as folder, serving(_settings(port, Path(folder))) as server:
        here = f"http://127.0.0.1:{port}"
        sys.stdout.write(_hints(here, _prepare(here)))
        sys.stdout.flush()
        server.wait()


def _settings(port: int, folder: Path) -> dict[str, str]:
    return {
        "PORT": str(port),
        "DATABASE_PATH": str(folder / "demo.sqlite3"),
        "WEBHOOK_SECRET": "demo-webhook-secret",
        "OPERATOR_TOKEN": OPERATOR_TOKEN,
        "ACCOUNT_SECRET": ACCOUNT_SECRET,
        "DEFAULT_BROKER": "paper",
    }


def _prepare(here: str) -> int:
    """Set the scene; return the number by which commands call the bot."""
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    _wait(here)
    requests.put(
        f"{here}/api/paper/prices", json={"SPY": 600}, headers=headers, timeout=10
    ).raise_for_status()
    requests.post(f"{here}/api/bots", json=CONDOR, headers=headers, timeout=10).raise_for_status()
    bots: dict[str, Any] = requests.get(f"{here}/webhook/{ACCOUNT_SECRET}/bots", timeout=10).json()
    return next(int(bot["id"]) for bot in bots["data"] if bot["name"] == CONDOR["name"])


def _wait(here: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            requests.get(f"{here}/health", timeout=1)
        except requests.RequestException:
            if time.monotonic() > end:
                raise SystemExit("The service has not started.") from None
            time.sleep(0.2)
        else:
            return


def _hints(here: str, bot: int) -> str:
    bearer = f"-H 'Authorization: Bearer {OPERATOR_TOKEN}'"
    now = datetime.now(UTC).replace(microsecond=0)
    weeks, months = ({"now": (now + timedelta(days=days)).isoformat()} for days in (24, 75))
    clock = f"curl -s {here}/api/paper/clock {bearer} -d"
    price = f"curl -s -X PUT {here}/api/paper/prices {bearer} -d"
    patch = f"curl -s -X PATCH {here}/api/bots/condor {bearer} -H 'If-Match: *' -d"
    return f"""
Gatehouse answers at {here}; SPY costs 600, and the bot `condor` sells iron condors on it, with a profit
target of 50 % of the credit and a stop at a loss of 100 % of it. A ladder takes some seconds: look again
until the trade is `open`, or `closed`. `flask` looks into data/, so it knows nothing of this demonstration.

  What is listed:    curl -s '{here}/api/options/chain?underlying=SPY' {bearer}
  Open a condor:     curl -s -X POST {here}/webhook/{ACCOUNT_SECRET}/enter/{bot}
  Look at it:        curl -s {here}/api/trades {bearer}
  As its owner:      curl -s {here}/webhook/{ACCOUNT_SECRET}/trades
  Target, by time:   {clock} '{json.dumps(weeks)}'
  Open another one:  curl -s -X POST {here}/webhook/{ACCOUNT_SECRET}/enter/{bot}
  Stop, by price:    {price} '{{"SPY": 665}}'
  Twice: one bad quote is not enough. The same line again, then look at the trades.
  Come back:         {price} '{{"SPY": 600}}'
  Let one expire:    {patch} '{{"let_expire": true, "profit_target_pct": null}}'
  Open a third one:  curl -s -X POST {here}/webhook/{ACCOUNT_SECRET}/enter/{bot}
  Expiry:            {clock} '{json.dumps(months)}'
  Close one by hand: curl -s -X POST {here}/api/trades/NUMBER/close {bearer}
  Real time again:   {clock} '{{"now": null}}'

"""


if __name__ == "__main__":
    main()
