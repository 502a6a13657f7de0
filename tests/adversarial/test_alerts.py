"""What a bot asks an analyst about can only become less: held against the same alert without an opinion."""

import pytest

from app.storage.sqlite import SqliteStore
from tests.adversarial.leaks import leaks
from tests.adversarial.oracle import Sent, shrinks
from tests.adversarial.other_attacks import PLOTS, Plot
from tests.adversarial.world import PRICE, World

pytestmark = pytest.mark.integration

PRICES = {"AAPL": 100, "BTC-USD": 95_000}


@pytest.fixture
def alone(make_world, tmp_path):
    """A world in which nobody asks for an opinion."""
    store = SqliteStore(tmp_path / "alone.sqlite3")
    yield make_world(store=store)
    store.close()


@pytest.fixture(params=["local", "hosted"])
def world(make_world, plot, request) -> World:
    world = make_world(request.param)
    world.optionomics.switches.change(dict(plot.attack.tools))
    if plot.attack.answer:
        world.openai.behave(**plot.attack.answer)
    return world


@pytest.mark.parametrize("plot", PLOTS, ids=str)
def test_alert_when_it_is_an_attack_then_an_opinion_only_takes_away(world, alone, plot):
    without, _ = carried_out(alone, plot, "off")
    orders, ended = carried_out(world, plot, plot.analyst)

    assert shrinks(orders, without, PRICE) == []
    assert closing(plot, orders) == closing(plot, without)
    assert leaks(world) == []
    assert ended == plot.attack.ends
    assert plot.analyst == "required" or orders == without


def carried_out(world: World, plot: Plot, analyst: str) -> tuple[list[Sent], str]:
    """Post what came before, then the alert itself; return its orders and how its ticket ended."""
    world.operate("PUT", "/api/paper/prices", {name: str(price) for name, price in PRICES.items()})
    world.configure(**plot.attack.bot)
    for earlier in plot.after:
        assert world.post(earlier, "/webhook").status_code == 200
    before = len(world.sent)
    world.configure(analyst=analyst)
    alert = {name: value for name, value in plot.attack.idea.items() if value is not None}
    path = "/tradingview/webhook" if "fund_id" in alert else "/webhook"
    ticket = world.work_off(world.post(alert, path))
    return world.sent[before:], ticket["reason"] or ticket["status"]


def closing(plot: Plot, orders: list[Sent]) -> list[Sent]:
    """Return the order that closes what was held before: nobody's opinion holds it up."""
    return [order for order in orders[:1] if plot.after and order.side == "sell"]
