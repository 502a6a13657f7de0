"""The README's messages, filled in as TradingView does, for orders that come in one second."""

import re

import pytest

from docs.generate import ROOT
from tests.builders import WEBHOOK_SECRET
from tests.docs.test_pages import BLOCK, PLACEHOLDERS

pytestmark = pytest.mark.unit

# Two trades of 15 and 20 that one close ends: TradingView sends two orders under one id.
FILLS = [("15", "20", "35"), ("20", "0", "20")]
PATHS = {"fund_id": "/tradingview/webhook", "market_position": "/webhook"}


@pytest.fixture
def held(client, operator, configure):
    """Hold 35 of the symbol that the messages are about."""
    configure(use_strategy_contracts=True)
    operator.put("/api/paper/prices", json={"BTCUSD": "100"})
    entry = {"symbol": "BTCUSD", "strategy_order_id": "long", "strategy_order_action": "buy"}
    client.post("/webhook", json=entry | {"strategy_order_contracts": 35, "strategy_order_price": 100})


def filled(mark: str) -> list[str]:
    """Fill the README's message of a dialect in, once for each of the two fills."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (message,) = [block for block in BLOCK.findall(text) if f'"{mark}"' in block and "{{timenow}}" in block]
    return [_fill(message, *fill) for fill in FILLS]


def _fill(message: str, contracts: str, after: str, before: str) -> str:
    values = PLACEHOLDERS | {
        "{{strategy.order.id}}": "Close entry(s) order Long",
        "{{strategy.order.action}}": "sell",
        "{{strategy.order.price}}": "100",
        "{{strategy.order.contracts}}": contracts,
        "{{strategy.market_position}}": "long" if after != "0" else "flat",
        "{{strategy.market_position_size}}": after,
        "{{strategy.prev_market_position}}": "long",
        "{{strategy.prev_market_position_size}}": before,
    }
    for name, value in values.items():
        message = message.replace(name, value)
    return message.replace("YOUR_SECRET", WEBHOOK_SECRET)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("mark", PATHS)
def test_message_when_one_close_fills_twice_in_a_second_then_two_orders_and_no_warning(
    client, holding, ticket_of, mark
):
    answers = [client.post(PATHS[mark], data=text.encode()) for text in filled(mark)]

    assert [answer.json["order"]["quantity"] for answer in answers] == ["15", "20"]
    assert holding("BTC-USD") == "0"
    assert "key used before" not in {stage["stage"] for stage in ticket_of(answers[1])["timeline"]}


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("mark", PATHS)
def test_message_when_one_close_fills_twice_then_preview_shows_both(operator, mark):
    previews = [operator.post("/api/preview", data=text.encode()).json for text in filled(mark)]

    assert [ticket["status"] for ticket in previews] == ["ordered", "ordered"]
    assert previews[0]["orders"][0]["quantity"] == "15"


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("mark", PATHS)
def test_message_when_it_is_sent_again_then_one_order(client, holding, mark):
    first, _ = filled(mark)
    statuses = [client.post(PATHS[mark], data=first.encode()).status_code for _ in range(2)]

    assert statuses == [200, 409 if mark == "fund_id" else 200]
    assert holding("BTC-USD") == "20"


def test_option_message_when_it_has_a_key_then_it_names_contract_side_and_size():
    (message,) = [
        block
        for block in BLOCK.findall((ROOT / "docs/options.md").read_text(encoding="utf-8"))
        if "qty" in block
    ]
    key = re.search(r'"idempotency_key": "(.*)"', message)

    assert key is not None
    assert {"24500", "CE", "weekly", "SELL", "65", "{{timenow}}"} <= {
        *re.findall(r"{{\w+}}|\w+", key.group(1))
    }
