"""What comes in at the ideas' door and is no idea leaves nothing behind; what is one has no other meaning."""

import json

import pytest

from tests.adversarial.leaks import leaks
from tests.adversarial.oracle import Bounds, permit, violations
from tests.adversarial.world import PRICE, World
from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET, trade_idea

pytestmark = pytest.mark.integration

GOOD = json.dumps(trade_idea())


def swapped(old: str, new: str) -> bytes:
    """Return a good idea with a part of its text replaced."""
    assert old in GOOD
    return GOOD.replace(old, new, 1).encode("utf-8", "surrogatepass")


def with_fields(text: str) -> bytes:
    """Return a good idea with more at its end."""
    return f"{GOOD[:-1]}, {text}}}".encode()


BODIES = {
    "empty": b"",
    "blank": b"  \n",
    "no JSON": b"buy NVDA",
    "an array": b"[" + GOOD.encode() + b"]",
    "a text": json.dumps(GOOD).encode(),
    "two objects": (GOOD + GOOD).encode(),
    "a comment": (GOOD + " // x").encode(),
    "UTF-16": GOOD.encode("utf-16"),
    "Latin-1": swapped("High", "H\u00f6gh").decode().encode("latin-1"),
    "half a character": GOOD.encode() + b"\xc3",
    "cut": GOOD[:-20].encode(),
    "too large": with_fields('"x": "' + "y" * 5000 + '"'),
    "a thousand deep": with_fields('"x": ' + "[" * 1000 + "]" * 1000),
    "thirty deep": with_fields('"x": ' + '{"a":' * 30 + "1" + "}" * 30),
    "a symbol twice": with_fields('"symbol": "TSLA"'),
    "an escaped symbol twice": with_fields('"\\u0073ymbol": "TSLA"'),
    "a criterion twice": swapped('"confidence_min"', '"direction"'),
    "NaN": swapped("142.5", "NaN"),
    "infinity": swapped("142.5", "Infinity"),
    "minus infinity": swapped("139.0", "-Infinity"),
    "beyond any float": swapped("142.5", "1e999"),
    "beyond any place": swapped("142.5", "1e-999999999"),
    "five hundred digits": swapped("142.5", "1" * 500),
    "a price in words": swapped("142.5", '"market"'),
    "a price in text that is none": swapped("142.5", '"nan"'),
    "a price of true": swapped("142.5", "true"),
    "a price of Arabic digits": swapped("142.5", '"\u0661\u0664\u0662"'),
    "a price with a sign": swapped("142.5", "-142.5"),
    "a price of nothing": swapped("142.5", "0"),
    "a price in a list": swapped("142.5", "[142.5]"),
    "another source": swapped('"trade_idea"', '"tradingview"'),
    "a source that looks alike": swapped('"trade_idea"', '"trade_\u0456dea"'),
    "a source of capitals": swapped('"trade_idea"', '"TRADE_IDEA"'),
    "no source": swapped('"source"', '"sauce"'),
    "a list of sources": swapped('"trade_idea"', '["trade_idea"]'),
    "a Cyrillic symbol": swapped("NVDA", "NVD\u0410"),
    "a full-width symbol": swapped("NVDA", "\uff2e\uff36\uff24\uff21"),
    "a symbol with an invisible letter": swapped("NVDA", "NV\u200bDA"),
    "a symbol with a line": swapped("NVDA", "NV\\nDA"),
    "a symbol and another": swapped("NVDA", "NVDA,TSLA"),
    "a coin": swapped("NVDA", "BTC-USD"),
    "an option": swapped("NVDA", "NVDA260619C00150000"),
    "a number for a symbol": swapped('"NVDA"', "42"),
    "an object for a symbol": swapped('"NVDA"', '{"$ne": null}'),
    "a long symbol": swapped("NVDA", "N" * 11),
    "no symbol": swapped("NVDA", ""),
    "two directions": swapped('"bullish"', '["bullish", "bearish"]'),
    "a direction of capitals": swapped('"bullish"', '"BULLISH"'),
    "a NUL": swapped("High", "High\\u0000"),
    "half a surrogate": swapped("High", "\\ud800"),
    "an escape sequence": swapped("High", "\\u001b[2J"),
    "a long name": swapped("High", "H" * 501),
    "a name that is none": swapped('"alert_name": "', '"alert_name": 7, "x": "'),
    "a time far away": swapped("2026-06-02", "9999-12-31"),
    "no time": swapped("2026-06-02T14:22:00Z", "soon"),
    "criteria in a list": swapped('"matched_criteria": {', '"matched_criteria": [1], "x": {'),
    "a bot of nobody": with_fields('"bot": "nobody"'),
    "a bot elsewhere": with_fields('"bot": "../default"'),
}


@pytest.fixture
def world(make_world) -> World:
    return make_world()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_body_when_it_is_no_idea_then_it_is_refused_and_leaves_nothing(world, body):
    answer = world.post(body)

    assert 400 <= answer.status_code < 500, answer.text
    assert world.operate("GET", "/api/tickets").json["tickets"] == []
    assert (world.sent, world.openai.bodies, leaks(world)) == ([], [], [])


SECRETS = ["", "wrong", WEBHOOK_SECRET[:-1], WEBHOOK_SECRET + " ", WEBHOOK_SECRET.upper(), OPERATOR_TOKEN]


@pytest.mark.parametrize("secret", SECRETS)
def test_idea_when_its_secret_is_wrong_then_refused(world, secret):
    assert world.post(trade_idea(), x_bot_secret=secret).status_code == 401
    assert world.operate("GET", "/api/tickets").json["tickets"] == []


@pytest.mark.parametrize("secret", [7, True, [WEBHOOK_SECRET], {"is": WEBHOOK_SECRET}], ids=str)
def test_idea_when_its_secret_is_no_text_then_refused(world, secret):
    assert world.post(trade_idea(secret=secret), x_bot_secret="").status_code == 401


EXTRAS = {
    "a strategy alert's": {"strategy_order_action": "sell", "strategy_order_contracts": "100000"},
    "a bridge order's": {"fund_id": "default", "side": "sell", "quantity": "100000", "order_type": "market"},
    "an option alert's": {"strikeprice": "150", "optionType": "CE", "qty": 100, "action": "SELL"},
    "a command's": {"command": "cancel", "symbol_all": True},
    "a bot's": {"max_order_notional": 10**6, "allow_short": True, "exits": "off", "live": True},
    "an opinion's": {"opinion": {"decision": {"action": "buy", "notional_usd": 10**6}}, "confidence": 1},
    "an order's": {"notional_usd": 10**6, "qty": 10**6, "side": "sell", "order_class": "simple"},
    "a ticket's": {"status": "filled", "fingerprint": "x", "ticket": "x", "deliberates": False},
}


@pytest.mark.parametrize("extra", EXTRAS.values(), ids=EXTRAS)
def test_idea_when_it_has_fields_of_others_then_they_mean_nothing(world, extra):
    idea = trade_idea(**extra)
    ticket = world.work_off(world.post(idea))

    assert (ticket["status"], ticket["dialect"], len(world.sent)) == ("filled", "trade_idea", 1)
    assert violations(permit(idea, Bounds(), world.said), world.sent, PRICE) == []


REPEATS = {
    "the same": {},
    "with other levels": {"entry_price": 10, "stop_price": 9, "target_price": 900},
    "with other criteria": {"matched_criteria": {"again": True}},
    "with the same symbol in small letters": {"symbol": "nvda"},
    "with more spaces": {"symbol": " NVDA "},
}


@pytest.mark.parametrize("change", REPEATS.values(), ids=REPEATS)
def test_idea_when_replayed_then_there_is_no_second_order(world, change):
    idea = trade_idea()
    first = world.post(idea)
    world.work_off(first)
    second = world.post(idea | change)
    world.operate("POST", f"/tasks/inbox/{first.json['ticket']}")

    assert (second.json["status"], len(world.sent)) == ("duplicate", 1)
