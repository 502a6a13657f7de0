"""The last write of an alert, lost in part or with its answer: what people are told, and what is believed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.errors import BrokerRejected, StoreUnavailable
from app.storage.base import Change, Create
from tests.builders import ENTER_LONG, EXIT_LONG, ScriptedBroker
from tests.notices import telling
from tests.storage.cut_short import CutShort

pytestmark = pytest.mark.unit

SELL_HALF = EXIT_LONG | {"strategy_order_contracts": "5", "market_position": "long"}
SELL_HALF |= {"market_position_size": "5", "prev_market_position_size": "10"}


class Odd(ScriptedBroker):
    """Answers what nobody can read as soon as it has an order."""

    is_odd = False

    def open_orders(self):
        if self.is_odd and self.submitted:
            raise LookupError("what is this?")
        return super().open_orders()


class Deaf(CutShort):
    """Loses the answer to the changes that close an entry, once."""

    loses = False

    def apply(self, changes: Sequence[Change]) -> None:
        super().apply(changes)
        is_last = any(isinstance(item, Create) and _is_answer(item.key, item.value) for item in changes)
        if self.loses and is_last:
            self.loses = False
            raise StoreUnavailable("The answer was lost.")


def _is_answer(key: str, value: object) -> bool:
    return key.startswith("inbox/") and isinstance(value, dict) and "body" in value


@pytest.fixture
def store() -> Deaf:
    return Deaf()


@pytest.fixture
def scripted() -> Odd:
    return Odd()


@pytest.fixture
def app(make_app, scripted, messages):
    return make_app(brokers={"paper": scripted}, dry_run=False, **telling(messages))


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def is_quiet(services):
    """Tell whether this process believes that all its alerts are finished."""

    def read() -> bool:
        services.intake.recovery.recover()
        services.intake.recovery.recover()
        return services.intake.recovery.in_flight.is_quiet

    return read


def test_alert_when_its_ticket_was_written_and_its_answer_was_not_then_the_owner_is_told_once(
    post, store, scripted, services, messages, is_quiet, ticket_of
):
    scripted.failures = [BrokerRejected("No such share.")]
    store.breaks = _is_answer
    answer = post(**ENTER_LONG)
    store.breaks = lambda _key, _value: False

    assert (answer.status_code, ticket_of(answer)["status"]) == (202, "rejected")
    assert is_quiet()
    services.observability.notifier.close(timeout=5)
    assert len(messages) == 1


def test_alert_when_all_was_written_and_the_answer_to_that_was_lost_then_it_is_done(
    post, configure, store, is_quiet, clock
):
    configure(use_strategy_contracts=True)
    assert post(**ENTER_LONG).json["status"] == "filled"
    clock.move(seconds=1)
    store.loses = True

    assert (post(**SELL_HALF).json["status"], store.loses) == ("filled", False)
    assert is_quiet()


def test_alert_when_what_follows_its_end_fails_then_it_is_done_all_the_same(
    post, configure, scripted, services, is_quiet, operator
):
    configure(attach_sl_tp=True, sl_pct="0.05", tp_pct="0.1")
    scripted.capabilities = replace(scripted.capabilities, bracket=False)
    scripted.is_odd = True
    answer = post(**ENTER_LONG)
    counted = operator.get("/metrics").text

    assert (answer.status_code, answer.json["status"]) == (200, "filled")
    assert is_quiet()
    assert 'status="filled"' in counted
