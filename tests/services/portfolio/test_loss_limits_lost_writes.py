"""A limit of losses that is reached just when the store is lost."""

import pytest

from tests.services.portfolio.test_loss_limits import MORNING, Person
from tests.storage.cut_short import Unheard

pytestmark = pytest.mark.integration


@pytest.fixture
def store() -> Unheard:
    return Unheard()


def test_limit_when_the_answer_to_its_writing_was_lost_then_the_owner_is_told_once(make_app, store, clock):
    clock.now, heard = MORNING, []
    one = Person(make_app(notification_url="https://push.example", notify=heard.append))
    one.configure(use_strategy_contracts=True, daily_loss_limit="500")
    one.lose("50")
    store.loses = lambda key: key.startswith("entry_stops/")
    for _ in range(3):
        one.services.supervisor.tick(everything=True)
        clock.move(seconds=5)
    one.services.observability.notifier.close(timeout=5)

    assert store.loses is None
    assert ["no entries until" in event.message for event in heard] == [True]
