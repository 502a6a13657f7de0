"""/api/jobs: backtests, and days once more, in a process of their own."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from jsonschema_rs import Draft202012Validator

from app.services.jobs.apart import ROOT
from examples.make import HERE
from tests.builders import OPERATOR_TOKEN, client_of, services_of, strategy_alert
from tests.past_opinions import NOON as THEN
from tests.past_opinions import past_ticket, said, write

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("warm_jobs")]

ALERTS = {"name": "alerts.csv", "text": (HERE / "alerts.csv").read_text(encoding="utf-8")}
BARS = {"name": "bars.csv", "symbol": "AAPL", "text": (HERE / "bars.csv").read_text(encoding="utf-8")}
LIST = {"name": "trades.csv", "text": (HERE / "trades.csv").read_text(encoding="utf-8")}
EXAMPLE = {
    "kind": "backtest",
    "alerts": ALERTS,
    "bars": [BARS],
    "set": {"use_strategy_contracts": True, "paper_fee_per_order": "1"},
}
FILES = ("report.json", "report.html", "trades.csv", "equity.csv")


@pytest.fixture
def finished(operator, services):
    """Start a job, let the clock run it, and return it."""

    def run(wanted: dict) -> dict:
        answer = operator.post("/api/jobs", json=wanted)
        assert answer.status_code == 202, answer.json
        services.operations.jobs.run()
        return operator.get(f"/api/jobs/{answer.json['id']}").json

    return run


def everything(store, *, but: str) -> list:
    return [(each.key, each.value) for each in store.list("") if not each.key.startswith(but)]


def test_backtest_when_run_then_it_tells_what_the_command_line_tells_and_touches_nothing(
    finished, operator, store, broker, app, tmp_path
):
    before = everything(store, but="job")
    job = finished(EXAMPLE)
    pairs = [word for name, text in EXAMPLE["set"].items() for word in ("--set", f"{name}={text}".lower())]
    arguments = ("--alerts", str(HERE / "alerts.csv"), "--bars", f"AAPL={HERE / 'bars.csv'}", *pairs)
    app.test_cli_runner().invoke(args=["backtest", *arguments, "--out", str(tmp_path)])

    assert (job["state"], job["message"]) == ("done", None)
    assert job["done"] == job["total"] > 3000
    assert (job["result"]["metrics"]["trades"], job["result"]["fees"]) == (32, "65.00")
    for name in FILES:
        answer = operator.get(f"/api/jobs/{job['id']}/files/{name}")
        assert answer.data == (tmp_path / name).read_bytes(), name
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert everything(store, but="job") == before
    assert (broker.open_orders(), broker.positions()) == ([], [])
    assert list(store.list("job_uploads/")) == []


def test_backtest_when_asked_for_then_its_row_names_the_files_and_holds_none_of_their_text(operator, store):
    answer = operator.post("/api/jobs", json=EXAMPLE | {"from": "2026-06-02", "bot": "default"})
    (row,) = operator.get("/api/jobs").json["jobs"]

    wanted = row["wanted"]
    assert (wanted["alerts"], wanted["bars"], wanted["from"]) == ("alerts.csv", ["bars.csv"], "2026-06-02")
    assert wanted["set"] == {"use_strategy_contracts": "true", "paper_fee_per_order": "1"}
    assert len(json.dumps(store.get(f"jobs/{answer.json['id']}").value)) < 1000


def test_list_of_trades_when_played_then_each_is_put_beside_ours(finished):
    wanted = {"kind": "backtest", "alerts": LIST, "bars": [BARS]}
    job = finished(wanted | {"symbol": "NASDAQ:AAPL", "timezone": "America/New_York"})

    assert {each["difference"] for each in job["result"]["comparison"]} == {"0"}
    assert len(job["result"]["comparison"]) == 32


def test_own_days_when_played_then_their_tickets_are_the_alerts(client, clock, finished):
    clock.now = datetime(2026, 6, 2, 15, tzinfo=UTC)
    assert client.post("/webhook", json=strategy_alert()).status_code == 200
    job = finished({"kind": "backtest", "from": "2026-06-01", "to": "2026-06-03"})

    assert (job["state"], job["result"]["alerts"], len(job["result"]["open_trades"])) == ("done", 1, 1)


@pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "2100-01-01", "9999-12-31"])
def test_day_when_nothing_can_be_numbered_by_it_then_the_job_says_so(finished, day):
    job = finished({"kind": "replay", "date": day})

    assert (job["state"], job["result"]) == ("failed", None)
    assert job["message"] == f"The day {day} is not between 1970-01-02 and 2100."


@pytest.mark.parametrize("day", ["1970-01-02", "2099-12-31"])
def test_day_when_no_alert_came_then_nothing_is_different(finished, day):
    assert finished({"kind": "replay", "date": day})["state"] == "done"


def test_backtest_when_a_line_cannot_be_read_then_the_job_says_which(finished):
    broken = BARS | {"text": BARS["text"] + "tomorrow,1,1,1,1\n"}
    job = finished(EXAMPLE | {"bars": [broken]})

    assert (job["state"], job["result"]) == ("failed", None)
    assert job["message"] == "bars.csv, line 2342: 'tomorrow' is not a time like 2026-06-02 14:30."


def test_backtest_when_it_has_no_such_file_then_404(finished, operator):
    job = finished({"kind": "backtest", "alerts": ALERTS})

    assert operator.get(f"/api/jobs/{job['id']}/files/jobs.py").status_code == 404
    assert job["result"]["notes"][-1].startswith("There were no bars")


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"alerts": None}, 409, "Say which alerts to play"),
        ({"alerts": None, "from": "2020-01-01", "to": "2026-01-01"}, 409, "more than 366 days apart"),
        ({"from": "2026-06-03", "to": "2026-06-02"}, 409, "must not lie after"),
        ({"alerts": BARS | {"symbol": None}}, 400, "symbol"),
        ({"alerts": {"name": "bars.csv", "text": BARS["text"]}}, 409, "bars.csv holds no alerts"),
        ({"alerts": LIST}, 409, "does not say what it trades"),
        ({"bars": [ALERTS]}, 409, "alerts.csv has no columns"),
        ({"bars": [BARS | {"symbol": None}]}, 409, "SYMBOL=bars.csv"),
        ({"bars": [BARS | {"symbol": "¿?"}]}, 409, "not a symbol"),
        ({"bars": [{"name": "bars.csv"}]}, 400, "bars.0.text"),
        ({"bars": BARS}, 400, "list of objects"),
        ({"set": {"colour": "red"}}, 409, "colour"),
        ({"set": {"broker": "alpaca"}}, 409, "played on paper"),
        ({"set": {"sl_pct": ""}}, 409, "sl_pct has no value"),
        ({"set": {"a=b": "1"}}, 400, "a name like sl_pct"),
        ({"set": {"sl_pct": ["1"]}}, 400, "must be text"),
        ({"timezone": "Mars/Crater"}, 409, "Mars/Crater is no time zone"),
        ({"bot": "nobody"}, 404, "nobody"),
        ({"limit": 5}, 400, "no field here"),
    ],
)
def test_backtest_when_it_cannot_come_to_anything_then_it_is_refused_at_once(
    operator, store, changes, status, words
):
    answer = operator.post("/api/jobs", json=EXAMPLE | changes)

    assert (answer.status_code, words in answer.json["error"]["message"]) == (status, True), answer.json
    assert list(store.list("job")) == []


def test_request_when_larger_than_files_may_be_then_413_and_other_calls_keep_their_own_limit(operator):
    large = {"kind": "backtest", "alerts": {"name": "a", "text": "x" * 16_000_000}}

    refused = operator.post("/api/jobs", json=large)

    assert refused.status_code == 413
    assert "the 16,000,000 bytes that are taken here" in refused.json["error"]["message"]
    assert operator.post("/api/preview", json={"a": "x" * 2_000_000}).status_code == 413


def test_day_when_run_once_more_then_each_difference_is_told(operator, client, clock, finished):
    clock.now = datetime(2026, 6, 2, 15, tzinfo=UTC)
    operator.patch("/api/bots/default", json={"use_strategy_contracts": True}, headers={"If-Match": "*"})
    for symbol in ("AAPL", "MSFT"):
        clock.move(seconds=60)
        assert client.post("/webhook", json=strategy_alert(symbol=symbol)).status_code == 200
    job = finished({"kind": "replay", "date": "2026-06-02", "set": {"daily_order_cap": 1}})

    assert (job["state"], job["done"], job["total"]) == ("done", 2, 2), job["message"]
    assert (job["result"]["date"], job["result"]["differences"]) == ("2026-06-02", 1)
    assert job["result"]["tickets"][1]["now"]["reason"] == "DAILY_ORDER_CAP"
    assert (job["wanted"]["date"], job["wanted"]["set"]) == ("2026-06-02", {"daily_order_cap": "1"})


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"date": None}, 400, "must not be null"),
        ({"date": "June"}, 400, "date like"),
        ({"horizon": "1d"}, 400, "no field here"),
        ({"model": "gpt-9"}, 409, "Leave `model` out"),
        ({"prompt": "version: bold-1\nBuy."}, 409, "Leave `prompt` out"),
        ({"prompt": "Buy."}, 409, "does not begin with its version"),
        ({"set": {"x": "1"}}, 409, "x"),
        ({"bot": "nobody"}, 404, "nobody"),
    ],
)
def test_day_when_it_cannot_be_run_once_more_then_it_is_refused_at_once(operator, changes, status, words):
    answer = operator.post("/api/jobs", json={"kind": "replay", "date": "2026-06-02"} | changes)

    assert (answer.status_code, words in answer.json["error"]["message"]) == (status, True), answer.json


def test_day_when_a_model_is_named_then_it_is_asked_anew_from_the_other_process(
    make_app, openai_simulator, store, clock
):
    clock.now = THEN + timedelta(days=6)
    app = make_app(openai_api_key=openai_simulator.key, openai_base_url=openai_simulator.base_url)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    operator.patch("/api/bots/default", json={"analyst": "required"}, headers={"If-Match": "*"})
    write(store, past_ticket(opinion=said("skip", "0.4"), status="skipped", orders=[]))
    asked = {"model": "gpt-9", "prompt": "version: bold-1\nBe bold."}
    answer = operator.post("/api/jobs", json={"kind": "replay", "date": "2026-06-01"} | asked)
    services_of(app).operations.jobs.run()
    job = operator.get(f"/api/jobs/{answer.json['id']}").json
    (body,) = openai_simulator.bodies

    assert (job["state"], job["wanted"]["prompt"]) == ("done", "version: bold-1"), job
    assert (body["model"], body["instructions"]) == ("gpt-9", "Be bold.")
    assert job["result"]["tickets"][0]["differs"]


@pytest.mark.parametrize("kind", ["backtest", "day"])
def test_job_when_shown_then_it_is_as_the_document_says(finished, operator, store, clock, kind):
    clock.now = THEN + timedelta(days=6)
    write(store, past_ticket())
    day = {"kind": "replay", "date": "2026-06-01"}
    job = finished(EXAMPLE | {"alerts": LIST, "symbol": "AAPL"} if kind == "backtest" else day)
    components = operator.get("/api/openapi.json").json["components"]

    assert job["state"] == "done", job["message"]
    shape = closed(components["schemas"]["Job"])
    Draft202012Validator({"components": closed(components), **shape}).validate(job)


def closed(shape):
    """Refuse fields that the document does not name."""
    if isinstance(shape, dict):
        inside = {name: closed(part) for name, part in shape.items()}
        return inside | {"additionalProperties": False} if "required" in inside else inside
    return [closed(part) for part in shape] if isinstance(shape, list) else shape


def test_root_when_another_process_is_begun_then_it_finds_the_application():
    assert (ROOT / "main.py").exists()
