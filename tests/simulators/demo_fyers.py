"""`make demo-fyers`: the service against the simulated Fyers, on this machine, until Ctrl-C."""

import json
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.mailbox import Mailbox
from tests.reliability.server import Lost, ask
from tests.simulators.demo_server import free_port, port_parser, serving
from tests.simulators.fyers import FakeFyers
from tests.simulators.fyers.driving import option

SECRET, OPERATOR_TOKEN = "demo-webhook-secret", "demo-operator-token"
BEARER = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
# The default bot may use the money of the simulator, and places its exits.
BOT = {"live": True, "attach_sl_tp": True}
START_SECONDS = 30


def main() -> None:
    """Start the simulator with an open market, then the service with its orders switched on."""
    port = free_port(port_parser(__doc__).parse_args().port)
    with FakeFyers() as fyers, Mailbox(_show) as mailbox, tempfile.TemporaryDirectory() as folder:
        settings = _settings(fyers, port, Path(folder)) | {"NOTIFICATION_URL": mailbox.url}
        with serving(settings) as server:
            _prepare(fyers, port)
            _write(_hints(fyers, port))
            server.wait()


def _settings(fyers: FakeFyers, port: int, folder: Path) -> dict[str, str]:
    return {
        "PORT": str(port),
        "DATABASE_PATH": str(folder / "demo.sqlite3"),
        "WEBHOOK_SECRET": SECRET,
        "OPERATOR_TOKEN": OPERATOR_TOKEN,
        "DEFAULT_BROKER": "fyers",
        "DRY_RUN": "false",
        "ALLOW_LIVE_TRADING": "true",
        "FYERS_APP_ID": fyers.app_id,
        "FYERS_SECRET_ID": fyers.secret,
        "FYERS_REDIRECT_URI": f"http://127.0.0.1:{port}/auth-callback",
        "FYERS_API_URL": fyers.api_url,
        "FYERS_DATA_URL": fyers.data_url,
        "FYERS_SYMBOL_MASTER_URL": fyers.master_url,
    }


def _prepare(fyers: FakeFyers, port: int) -> None:
    """Wait until the service answers and has its list of contracts; allow the bot to trade."""
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(fyers, port):
        if time.monotonic() > deadline:
            raise SystemExit("Gatehouse did not start; its words are above.")
        time.sleep(0.5)
    ask(port, "PATCH", "/api/bots/default", json.dumps(BOT).encode(), headers=BEARER | {"If-Match": "*"})


def _is_ready(fyers: FakeFyers, port: int) -> bool:
    with suppress(Lost):
        answer = ask(port, "POST", "/api/preview", json.dumps(_alert(fyers)).encode(), headers=BEARER)
        return answer.body["reason"] != "SYMBOL_MASTER_MISSING"
    return False


def _alert(fyers: FakeFyers, **changes: str) -> dict[str, Any]:
    contract = option(fyers)
    alert = {
        "token": SECRET,
        "symbol": "NIFTY",
        "strikeprice": str(int(contract.strike)),
        "optionType": "CE",
        "expiry": f"{contract.expiry:%d-%b-%Y}",
        "action": "SELL",
        "qty": contract.lot,
    }
    return alert | changes


def _hints(fyers: FakeFyers, port: int) -> str:
    contract, here = option(fyers), f"http://127.0.0.1:{port}"
    fields = _alert(fyers, idempotency_key="'$(date +%s%N)'")
    sell, buy = json.dumps(fields), json.dumps(fields | {"action": "BUY"})
    dear = json.dumps({contract.symbol: str(int(fyers.exchange.last(contract) * 2))})
    bearer = f"-H 'Authorization: Bearer {OPERATOR_TOKEN}'"
    return f"""
The simulated Fyers answers at {fyers.url}, Gatehouse at {here}.
Notifications are shown here. The contract is {contract.symbol}; what fills is seen within five seconds.

  Log in:            curl -sL '{here}/auth-url?redirect=1' {bearer}
  Sell to open:      curl -s {here}/webhook -d '{sell}'
  Look:              curl -s {here}/api/positions {bearer}
  See every order:   curl -s {here}/api/orders {bearer}
  Cover:             curl -s {here}/webhook -d '{buy}'
  Hit the stop:      curl -s {fyers.url}/_simulator/prices -d '{dear}'
  Kill the token:    curl -s -X DELETE {fyers.url}/_simulator/tokens
  How the login is:  curl -s {here}/api/logins {bearer}
"""


def _show(title: str, text: str) -> None:
    lines = "\n".join(f"  | {line}" for line in text.splitlines())
    _write(f"\n  NOTIFICATION: {title}\n{lines}\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
