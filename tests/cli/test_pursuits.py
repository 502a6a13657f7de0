"""What the command line says of exits that go on."""

import pytest

from tests.builders import ENTER_LONG, EXIT_LONG, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def unreachable(client, scripted, clock) -> None:
    """Hold ten shares at a broker that no longer answers."""
    client.post("/webhook", json=strategy_alert(**ENTER_LONG))
    clock.move(seconds=1)
    scripted.is_reachable = False


def test_positions_close_when_nothing_can_be_sent_yet_then_a_sentence_says_so(run, unreachable):
    result = run("positions", "close", "AAPL")

    assert result.exit_code == 0
    assert result.output.startswith("AAPL at paper is not closed yet, and tried again: The broker could not")


def test_status_when_an_exit_was_tried_once_then_it_says_so_in_words(run, client, unreachable):
    ticket = client.post("/webhook", json=strategy_alert(**EXIT_LONG)).json["ticket"]

    told = run("status").output

    assert "wants out of AAPL at paper since" in told
    assert "UTC, tried once, the last time: The broker could not be asked" in told
    assert f"flask tickets end {ticket} gives it up." in told
