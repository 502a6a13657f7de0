"""What `activity.log` says of equity, positions and bots."""

import pytest

from tests.builders import ScriptedBroker, strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def told(services, settings, clock):
    """Let the clock pass by, and read what is new about holdings and states."""
    file = settings.database_path.parent / "logs" / "activity.log"
    read = []

    def lines(**later) -> list[str]:
        clock.move(**later)
        services.supervisor.tick(everything=True)
        whole = [line.partition(" ")[2] for line in file.read_text().splitlines()] if file.exists() else []
        new, read[:] = whole[len(read) :], whole
        return [line for line in new if "equity" in line or line.startswith("trading ")]

    return lines


def test_holdings_when_the_clock_starts_then_equity_positions_and_states_are_written(told):
    assert told() == [
        "paper: equity 100,000 USD, cash 100,000 USD; holds nothing",
        "trading ACTIVE; bots: default ACTIVE",
    ]


def test_holdings_when_nothing_changes_then_they_are_written_once_an_hour(told):
    told()

    assert [len(told(minutes=10)) for _ in range(12)] == [0, 0, 0, 0, 0, 2] * 2


def test_holdings_when_a_position_comes_and_goes_then_each_is_a_line(told, client):
    told()
    client.post("/webhook", json=strategy_alert())
    bought = told(seconds=5)
    client.post("/webhook", json=strategy_alert(strategy_order_action="sell"))
    sold = told(seconds=5)

    assert bought == ["paper: equity 100,000 USD, cash 98,000 USD; holds AAPL 20 at 100 (gain 0)"]
    assert sold == ["paper: equity 100,000 USD, cash 100,000 USD; holds nothing"]


def test_holdings_when_only_the_price_moves_then_nothing_is_written(told, client, operator):
    told()
    client.post("/webhook", json=strategy_alert())
    told(seconds=5)
    operator.put("/api/paper/prices", json={"AAPL": "110.5"})

    assert told(seconds=5) == []
    assert "equity 100,210 USD" in told(hours=1)[0]


def test_states_when_a_bot_is_halted_then_the_next_hour_shows_it(told, operator):
    told()
    operator.put("/api/bots/default/trading-state", json={"state": "HALTED"})

    assert told(hours=1)[-1] == "trading ACTIVE; bots: default HALTED"


class TestBrokerAway:
    @pytest.fixture
    def app(self, make_app):
        return make_app(brokers={"paper": ScriptedBroker()})

    def test_holdings_when_the_broker_is_away_then_what_it_held_is_no_news(self, told, services):
        broker = services.brokers.registry.get("paper")
        told()
        broker.is_reachable = False

        assert [line for line in told(hours=2) if "equity" in line] == []
        broker.is_reachable = True
        assert len([line for line in told(hours=1) if "equity" in line]) == 1
