import pytest

from tests.builders import WEBHOOK_SECRET, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def refused(anonymous, clock):
    """Let two alerts with a wrong secret and a malformed one come."""
    for _ in range(2):
        anonymous.post("/webhook", json=strategy_alert(secret="a-wrong-guess"))
    clock.move(seconds=10)
    tradingview = {"REMOTE_ADDR": "52.89.214.238"}
    anonymous.post(
        "/webhook", json={"secret": WEBHOOK_SECRET, "ticker": "AAPL"}, environ_overrides=tradingview
    )


@pytest.mark.usefixtures("refused")
def test_list_when_requests_were_refused_then_the_newest_is_first_and_equal_ones_are_counted(run):
    headings, newest, oldest = run("refusals", "list").output.splitlines()

    assert headings.split()[:4] == ["LAST", "AT", "(UTC)", "TIMES"]
    assert newest.split()[2:] == [
        *("1", "52.89.214.238", "TradingView", "/webhook", "400", "ALERT_MALFORMED", "default")
    ]
    assert oldest.split()[2:] == ["2", "127.0.0.1", "/webhook", "401", "NOT_AUTHENTICATED"]


@pytest.mark.usefixtures("refused")
def test_list_when_a_bot_is_named_then_only_what_concerns_it_is_shown(run):
    assert run("refusals", "list", "--bot", "default").output.count("/webhook") == 1


def test_list_when_nothing_was_refused_then_it_says_so(run):
    assert run("refusals", "list").output == "Nothing was refused at the door.\n"
    assert "Refused" not in run("status").output


@pytest.mark.usefixtures("refused")
def test_status_when_requests_were_refused_then_one_line_tells_and_is_gone_after_a_day(run, clock):
    during = run("status").output
    clock.move(hours=25)

    assert "Refused at the door in the last 24 hours: 3; the last at " in during
    assert "400 ALERT_MALFORMED at /webhook from TradingView. flask refusals list shows them." in during
    assert "Refused" not in run("status").output
