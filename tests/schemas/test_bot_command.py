"""Bot commands by themselves: numbers, days, and that the inbox gives back what was meant."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.domain.json_codec import to_json
from app.domain.structures.commands import EnterCommand, ExitCommand, WantedLeg, Which
from app.errors import BotUnknown, MalformedAlert, TradeUnknown
from app.logs import redact
from app.schemas.alerts import read_stored_signal
from app.schemas.bot_command import ENTRY, ExpiryDay, Number, command_alert, number_of
from app.schemas.reading import read_signal

pytestmark = pytest.mark.unit

legs = st.lists(
    st.fixed_dictionaries(
        {
            "symbol": st.just("SPY"),
            "quantity": st.integers(-9, 9).filter(bool),
            "expiration": st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(str),
            "type": st.sampled_from(["call", "Put"]),
            "strike": st.integers(1, 900) | st.decimals("0.5", "900", places=2) | st.just("123.50"),
        }
    ),
    min_size=1,
    max_size=4,
)
entries = st.fixed_dictionaries(
    {"command": st.just("enter"), "bot": st.integers(1, 2**53) | st.just("7")},
    optional={"idempotency_key": st.text("abc", min_size=1, max_size=5), "legs": legs},
)
exits = st.fixed_dictionaries(
    {"command": st.just("exit"), "trade": st.integers(1, 2**53)},
    optional={"trim": st.integers(1, 100), "bot": st.just(3), "close": st.just("")},
)


@given(entries | exits)
def test_command_when_it_was_in_the_inbox_then_it_means_the_same(alert):
    assert read_stored_signal("bot_command", to_json(redact(alert))) == read_signal(ENTRY, alert)


def test_command_when_it_is_read_then_it_is_what_the_domain_calls_it():
    leg = {"symbol": "spy", "quantity": "-2", "expiration": "2026-12-18", "type": "CALL", "strike": "700.5"}
    shares = {"symbol": "SPY", "quantity": 200}
    enter = read_signal(ENTRY, {"command": "enter", "bot": 1, "legs": [leg, shares]})
    close = read_signal(ENTRY, {"command": "exit", "bot": "1", "close": "Newest"})

    wanted = WantedLeg("SPY", -2, date(2026, 12, 18), "call", Decimal("700.5"))
    assert enter.structure == EnterCommand(None, (wanted, WantedLeg("SPY", 200)))
    assert close.structure == ExitCommand(None, Which.NEWEST, None)


@pytest.mark.parametrize("value", [7, "7", "+7", "007"])
def test_number_when_it_is_whole_then_it_is_read(value):
    assert Number(1, 10).deserialize(value) == 7


@pytest.mark.parametrize(
    "value", [7.0, Decimal(7), "7.0", True, None, "", " 7", "\u0667", "1e1", [7], 0, 11, 10**400]
)
def test_number_when_it_is_anything_else_then_it_is_refused(value):
    with pytest.raises(ValidationError):
        Number(1, 10).deserialize(value)


@pytest.mark.parametrize("value", ["2026-02-30", "20261218", "2026-W51-5", "18.12.2026", "", None, 20261218])
def test_day_when_it_is_written_in_another_way_then_it_is_refused(value):
    with pytest.raises(ValidationError):
        ExpiryDay().deserialize(value)


@pytest.mark.parametrize("value", [7.0, Decimal(7), True, None, "x", [], {}, "9" * 17])
def test_number_of_when_it_is_none_then_none(value):
    assert number_of(value) is None


def test_address_when_it_names_one_thing_and_the_body_the_same_then_it_is_taken():
    assert command_alert("exit", {"trade": "5", "trim": 20}, {"trade": "5"}) == {
        "command": "exit",
        "trade": 5,
        "trim": 20,
    }


@pytest.mark.parametrize(
    ("in_address", "kind"),
    [({"bot": "swing"}, BotUnknown), ({"trade": "1.5"}, TradeUnknown), ({"bot": "0"}, BotUnknown)],
)
def test_address_when_it_names_no_number_then_nothing_is_known_by_it(in_address, kind):
    with pytest.raises(kind):
        command_alert("exit", {}, in_address)


def test_address_when_the_body_names_another_then_it_is_refused():
    with pytest.raises(MalformedAlert, match="different"):
        command_alert("exit", {"trade": 6}, {"trade": "5"})
