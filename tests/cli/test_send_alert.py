import json

import pytest

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("dialect", "status"), [("strategy", "filled"), ("bridge", "filled")])
def test_send_alert_when_service_runs_then_the_sample_is_traded(run, url, dialect, status):
    result = run("send-alert", dialect, "--url", url)

    heading, body = result.output.split("\n", 1)
    assert heading == "200 OK"
    assert json.loads(body)["status"] == status


def test_send_alert_when_field_is_set_then_it_replaces_the_sample(run, url):
    fields = ("--field", "symbol=SPX", "--field", "strategy_order_price=5000")
    result = run("send-alert", "strategy", "--url", url, *fields)

    assert "SYMBOL_INDEX" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("dialect", "field"), [("strategy", "strategy_order_price"), ("bridge", "limit_price")]
)
def test_send_alert_when_only_the_symbol_is_changed_then_its_price_is_asked_for(run, dialect, field):
    result = run("send-alert", dialect, "--field", "symbol=AAPL")

    assert result.exit_code == 1
    assert result.output.endswith(f"add --field {field}=PRICE for AAPL.\n")


def test_send_alert_when_symbol_and_price_are_given_then_the_order_has_that_price(run, url, broker):
    fields = ("--field", "symbol=AAPL", "--field", "strategy_order_price=190.5")
    run("send-alert", "strategy", "--url", url, *fields)

    assert [str(price) for price in broker.prices().values()] == ["190.5"]


def test_send_alert_when_a_bridge_order_goes_to_the_market_then_no_price_is_asked_for(run, url):
    fields = ("--field", "symbol=AAPL", "--field", "order_type=market")
    run("paper", "prices", "AAPL=190")

    assert '"status": "filled"' in run("send-alert", "bridge", "--url", url, *fields).output


def test_send_alert_when_sent_twice_then_it_is_no_duplicate(run, url, operator):
    run("send-alert", "strategy", "--url", url)
    run("send-alert", "strategy", "--url", url)

    assert len(operator.get("/api/tickets").json["tickets"]) == 2


def test_send_alert_when_secret_is_wrong_then_exit_code_is_one(run, url):
    result = run("send-alert", "strategy", "--url", url, "--secret", "wrong")

    assert result.output.startswith("401 UNAUTHORIZED")
    assert result.exit_code == 1


def test_send_alert_when_nothing_listens_then_one_sentence_says_so(run):
    result = run("send-alert", "strategy", "--url", "http://127.0.0.1:9")

    assert "does not answer; is the service running there?" in result.output
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
