"""`make demo-ideas`: the service against a simulated OpenAI and Optionomics here, until Ctrl-C."""

import json
import sys
import tempfile
from pathlib import Path

from tests.mailbox import Mailbox
from tests.simulators.demo_server import free_port, port_parser, serving
from tests.simulators.openai import FakeOpenAI
from tests.simulators.optionomics import FakeOptionomics

SECRET, OPERATOR_TOKEN = "demo-webhook-secret", "demo-operator-token"


def main() -> None:
    """Start both simulators, then the service with a model that has tools."""
    parser = port_parser(__doc__)
    parser.add_argument("--mode", choices=["local", "hosted"], default="local", help="who calls the tools")
    arguments = parser.parse_args()
    port = free_port(arguments.port)
    with (
        FakeOpenAI() as openai,
        FakeOptionomics() as optionomics,
        Mailbox(_show) as mailbox,
        tempfile.TemporaryDirectory() as folder,
    ):
        openai.model.phases = True
        _write(_hints(openai, optionomics, port))
        settings = _settings(openai, optionomics, port, Path(folder))
        settings |= {"OPTIONOMICS_MCP_MODE": arguments.mode, "NOTIFICATION_URL": mailbox.url}
        with serving(settings) as server:
            server.wait()


def _show(title: str, text: str) -> None:
    _write(f"\n  You are told: {title}. {text}\n\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _settings(openai: FakeOpenAI, optionomics: FakeOptionomics, port: int, folder: Path) -> dict[str, str]:
    return {
        "PORT": str(port),
        "DATABASE_PATH": str(folder / "demo.sqlite3"),
        "WEBHOOK_SECRET": SECRET,
        "OPERATOR_TOKEN": OPERATOR_TOKEN,
        "DEFAULT_BROKER": "paper",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "OPENAI_API_KEY": openai.key,
        "OPENAI_BASE_URL": openai.base_url,
        "OPTIONOMICS_EMAIL": optionomics.email,
        "OPTIONOMICS_TOKEN": optionomics.token,
        "OPTIONOMICS_MCP_URL": optionomics.url,
    }


def _hints(openai: FakeOpenAI, optionomics: FakeOptionomics, port: int) -> str:
    here, bearer = f"http://127.0.0.1:{port}", f"-H 'Authorization: Bearer {OPERATOR_TOKEN}'"
    post = f"curl -s '{here}/webhooks/optionomics/trade-ideas?secret={SECRET}' -d"
    asks = f"curl -s -X PATCH {here}/api/bots/default {bearer} -H 'If-Match: *' -d"
    refusal = json.dumps({"kind": "refusal"})
    return f"""
The simulated OpenAI answers at {openai.url}, Optionomics at {optionomics.url}, Gatehouse at {here}.
`flask` looks into data/, so it knows nothing of this demonstration. A repeated idea is a duplicate.
Where a person is asked, the message with the link is printed here too.

  An idea:           {post} '{_idea("NVDA")}'
  Its ticket:        curl -s {here}/api/tickets/TICKET {bearer}
  What is held:      curl -s {here}/status {bearer}
  Want to be asked:  {asks} '{{"approval": "always"}}'
  Another idea:      {post} '{_idea("AAPL")}'
  Who waits:         curl -s '{here}/api/tickets?status=awaiting_approval' {bearer}
  Approve it:        curl -s -X POST {here}/api/tickets/TICKET/approve {bearer}
  Or reject it:      curl -s -X POST {here}/api/tickets/TICKET/reject {bearer}
  The model refuses: curl -s {openai.url}/_simulator/behaviours -d '{refusal}'
  A third idea:      {post} '{_idea("MSFT")}'
  What it was worth: curl -s {here}/api/opinions/report {bearer}

"""


def _idea(symbol: str) -> str:
    return json.dumps(
        {
            "alert_name": "High confidence bullish ideas",
            "source": "trade_idea",
            "symbol": symbol,
            "direction": "bullish",
            "strategy": "buy_call",
            "model": "swing",
            "entry_price": 142.5,
            "target_price": 148.0,
            "stop_price": 139.0,
            "triggered_at": "2026-06-02T14:22:00Z",
            "matched_criteria": {"direction": "bullish", "confidence_min": 0.75},
        }
    )


if __name__ == "__main__":
    main()
