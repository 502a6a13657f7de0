from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.signals import Dialect, Intent
from app.errors import MalformedAlert
from app.schemas.alerts import dialect_of
from app.schemas.reading import read_signal
from tests.schemas.builders import BAD_AMOUNTS, STRATEGY, changed

pytestmark = pytest.mark.unit

CANCEL = {"command": "cancel", "order": "default-1-x"}
MODIFY = {"command": "modify", "order": "breakout-7", "limit_price": "95.5"}
FUND = {"fund_id": "trend"}
NEITHER = "must be one of cancel, modify"


def read(command, /, **changes):
    alert = changed(command, **changes)
    return read_signal(dialect_of(alert), alert)


def refusal(command, /, **changes):
    with pytest.raises(MalformedAlert) as refused:
        read(command, **changes)
    return refused.value.message


@pytest.mark.parametrize("command", [CANCEL, MODIFY], ids=["cancel", "modify"])
@pytest.mark.parametrize(
    ("more", "dialect"),
    [({}, Dialect.STRATEGY), ({"bot": "b"}, Dialect.STRATEGY), (FUND, Dialect.BRIDGE)],
    ids=str,
)
def test_command_when_it_is_read_then_the_fund_tells_the_dialect(command, more, dialect):
    signal = read(command, **more)

    assert signal.dialect is dialect
    assert signal.intent is Intent(command["command"])
    assert signal.order == command["order"]


def test_command_when_it_has_every_field_then_all_are_read():
    signal = read(
        MODIFY,
        symbol="AAPL",
        stop_price=90,
        quantity=Decimal("1.5"),
        idempotency_key="k",
        time="2026-06-02T14:22:00Z",
    )

    assert (signal.symbol, signal.idempotency_key) == ("AAPL", "k")
    assert (signal.limit_price, signal.stop_price, signal.quantity) == (Decimal("95.5"), 90, Decimal("1.5"))
    assert signal.sent_at == datetime(2026, 6, 2, 14, 22, tzinfo=UTC)


def test_bridge_command_when_it_has_the_dialects_texts_then_they_are_kept():
    signal = read(CANCEL, **FUND, strategy_id="breakout", actor="tradingview", thesis="no more")

    assert (signal.strategy, signal.note, signal.symbol) == ("breakout", "no more", "")


@pytest.mark.parametrize("name", ["limit_price", "stop_price", "quantity"])
def test_cancel_when_it_carries_a_change_then_refused(name):
    assert refusal(CANCEL, **{name: 5}).endswith(f"`{name}` does not belong in a cancel.")


def test_modify_when_it_changes_nothing_then_refused():
    message = refusal(MODIFY, limit_price=None)

    assert message.endswith("`command` needs at least one of limit_price, stop_price and quantity.")


@pytest.mark.parametrize(
    ("command", "changes", "words"),
    [
        (CANCEL, {"order": "all"}, "`symbol` is needed with the order 'all'"),
        (MODIFY, {"order": "all", "symbol": "AAPL"}, "`command` must be cancel with the order 'all'"),
        (CANCEL, {"order": "{{strategy.order.id}}"}, "`order` is still the placeholder"),
        (CANCEL, {"order": ""}, "`order` must not be empty"),
        (CANCEL, {"order": 7}, "`order` must be text"),
        (CANCEL, {"order": "x" * 201}, "`order` must not be longer"),
        (CANCEL, {"command": "stop"}, NEITHER),
        (CANCEL, {"command": None}, "`command` "),
        (MODIFY, {"quantity": "0"}, "`quantity` must be greater than zero"),
        (MODIFY, {"limit_prise": "5"}, "`limit_prise` is no field of this dialect; is limit_price meant?"),
        (CANCEL, FUND | {"colour": "red"}, "`colour` is no field here; leave it out"),
        (CANCEL, FUND | {"bot": "x"}, "`bot` is no field here; leave it out"),
        (CANCEL, {"strategy_id": "x"}, "`fund_id` is missing; give"),
    ],
    ids=str,
)
def test_command_when_it_is_not_sound_then_refused_with_the_field(command, changes, words):
    assert words in refusal(command, **changes)


@pytest.mark.parametrize("name", ["limit_price", "stop_price", "quantity"])
@pytest.mark.parametrize(("value", "words"), BAD_AMOUNTS, ids=str)
def test_modify_when_an_amount_is_unusable_then_refused(name, value, words):
    assert f"`{name}` {words}" in refusal(MODIFY, **{name: value})


def test_alert_when_it_is_a_command_and_an_order_then_refused():
    assert "does not belong in a command" in refusal(STRATEGY | CANCEL)


def test_strategy_command_when_it_has_unknown_fields_then_they_are_ignored():
    assert read(CANCEL, colour="red", strategy_order_comment="no more").order == CANCEL["order"]
