"""`make demo-alpaca`: the service against the simulated Alpaca, on this machine, until Ctrl-C."""

import json
import sys
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.simulators.alpaca import FakeAlpaca
from tests.simulators.alpaca.chains import list_chain
from tests.simulators.demo_server import free_port, port_parser, serving

SECRET, OPERATOR_TOKEN = "demo-webhook-secret", "demo-operator-token"
KEY, SECRET_KEY = "simulated-key", "simulated-secret"


def main() -> None:
    """Start the simulator with an open market, then the service with its orders switched on."""
    port = free_port(port_parser(__doc__).parse_args().port)
    with FakeAlpaca(key=KEY, secret=SECRET_KEY) as alpaca, tempfile.TemporaryDirectory() as folder:
        alpaca.clock.open()
        list_chain(alpaca, "AAPL", Decimal(100), _fridays())
        sys.stdout.write(_hints(alpaca.url, port))
        sys.stdout.flush()
        settings = _settings(alpaca.url, port, Path(folder))
        with serving(settings) as server:
            server.wait()


def _fridays() -> list[date]:
    """Return eight days of expiry, the first one a week from now at least."""
    first = date.today() + timedelta(days=7)  # noqa: DTZ011  # a demonstration lives in its user's day
    first += timedelta(days=(4 - first.weekday()) % 7)
    return [first + timedelta(days=7 * week) for week in range(8)]


def _settings(url: str, port: int, folder: Path) -> dict[str, str]:
    return {
        "PORT": str(port),
        "DATABASE_PATH": str(folder / "demo.sqlite3"),
        "WEBHOOK_SECRET": SECRET,
        "OPERATOR_TOKEN": OPERATOR_TOKEN,
        "DEFAULT_BROKER": "alpaca",
        "DRY_RUN": "false",
        "ALPACA_API_KEY": KEY,
        "ALPACA_SECRET_KEY": SECRET_KEY,
        "ALPACA_TRADING_URL": url,
        "ALPACA_DATA_URL": url,
    }


def _hints(url: str, port: int) -> str:
    fields = {"symbol": "AAPL", "strategy_order_id": "long", "strategy_order_action": "buy"}
    alert = json.dumps(fields | {"strategy_order_price": 100, "idempotency_key": "'$(date +%s%N)'"})
    exits = json.dumps({"attach_sl_tp": True, "sl_pct": 0.02, "tp_pct": 0.04})
    condor = json.dumps(
        {
            "underlying": "AAPL",
            "structure": "iron_condor",
            "strike_by": "percent",
            "strike_value": "0.05",
            "wing_width": "5",
            "ladder": "fast",
            "ladder_give_pct": "1",
        }
    )
    here = f"http://127.0.0.1:{port}"
    bearer = f"-H 'Authorization: Bearer {OPERATOR_TOKEN}'"
    return f"""
The simulated Alpaca answers at {url}, Gatehouse at {here}.
What fills is seen within five seconds. `flask` looks into data/, so it knows nothing of this demonstration.

  Want exits:        curl -s -X PATCH {here}/api/bots/default {bearer} -H 'If-Match: *' -d '{exits}'
  Buy:               curl -s '{here}/webhook?secret={SECRET}' -d '{alert}'
  Look:              curl -s {here}/status {bearer}
  Hit the stop:      curl -s {url}/_simulator/prices -d '{{"AAPL": "97"}}'
  Hit the target:    curl -s {url}/_simulator/prices -d '{{"AAPL": "105"}}'
  Close a position:  curl -s -X DELETE {here}/api/positions/alpaca/AAPL {bearer}
  Trade a condor:    curl -s -X PATCH {here}/api/bots/default {bearer} -H 'If-Match: *' -d '{condor}'
  (then Buy; see it: curl -s {here}/api/trades {bearer})
  Close the market:  curl -s {url}/_simulator/clock -d '{{"session": "closed"}}'
  Open it again:     curl -s {url}/_simulator/clock -d '{{"session": "open"}}'

"""


if __name__ == "__main__":
    main()
