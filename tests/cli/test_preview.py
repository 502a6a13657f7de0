import json

import pytest

from tests.builders import bridge_alert, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def preview(run):
    return lambda alert, *words: run("preview", *words, "-", input=json.dumps(alert))


def test_preview_when_every_gate_passes_then_the_order_is_shown_and_not_sent(preview, services):
    shown = preview(strategy_alert()).output

    assert shown.startswith("status  ordered\n")
    assert "entry  buy   20        AAPL" in shown
    assert services.brokers.registry.get("paper").positions() == []


def test_preview_when_a_gate_refuses_then_its_code_and_figures_are_shown(preview):
    shown = preview(strategy_alert(symbol="SPX")).output

    assert "reason   SYMBOL_INDEX\n" in shown
    assert "\n\nNo order.\n\nGATE" in shown


def test_preview_when_a_file_is_given_then_it_is_read(run, tmp_path):
    file = tmp_path / "alert.json"
    file.write_text(json.dumps(bridge_alert()))

    assert run("preview", str(file)).output.startswith("status  ordered\n")


@pytest.mark.parametrize("alert", [strategy_alert(), strategy_alert(symbol="SPX"), bridge_alert()])
def test_preview_when_json_is_asked_for_then_it_is_what_the_api_answers(preview, operator, clock, alert):
    ours = json.loads(preview(alert, "--json").output)
    theirs = operator.post("/api/preview", json=alert).json

    changing = {"id", "timeline", "orders"}
    assert {**ours, **dict.fromkeys(changing)} == {**theirs, **dict.fromkeys(changing)}
    assert [len(one) for one in ours["orders"]] == [len(one) for one in theirs["orders"]]


def test_preview_when_only_a_secret_is_there_then_it_tells_the_bot(preview, operator):
    secret = operator.post("/api/bots", json={"id": "swing"}).json["secret"]

    assert "bot     swing\n" in preview(strategy_alert(secret=secret)).output


@pytest.mark.parametrize(
    ("alert", "sentence"),
    [
        ({"symbol": "AAPL"}, "none of the fields that tell its dialect"),
        (strategy_alert(strategy_order_action="up"), "taken for an alert of Gatehouse (dialect strategy)."),
        (strategy_alert(bot="nobody"), "There is no bot nobody."),
        ([], "must be a JSON object"),
    ],
)
def test_preview_when_the_alert_cannot_be_read_then_a_sentence_says_why(preview, alert, sentence):
    result = preview(alert)

    assert (result.exit_code, sentence in result.output) == (1, True)


def test_preview_when_exits_follow_a_fill_then_they_are_shown_and_a_trigger_too(run, client, operator):
    operator.put("/api/paper/prices", json={"AAPL": "190"})
    assert client.post("/webhook", data="buy AAPL 10").json["status"] == "filled"

    shown = run("preview", "-", input="buy AAPL 5 stop 200 sl 180 tp 230").output

    assert "200" in shown.partition("GATE")[0].split()
    assert "Placed when it has filled:\nstop-loss    180\ntake-profit  230\n" in shown
