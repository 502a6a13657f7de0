"""What may be sent again: the whole table."""

from datetime import timedelta

import pytest

from app.domain.capabilities import Capabilities
from app.services.broker_access.resubmission import Resubmission, ResubmissionPolicy

pytestmark = pytest.mark.unit

GRACE = timedelta(seconds=30)
TAKE_UP, SEND, WAIT, NEVER = Resubmission


@pytest.fixture
def policy(clock):
    return ResubmissionPolicy(clock, GRACE)


@pytest.mark.parametrize(
    ("is_shown", "unique", "is_wanted", "may_appear", "verdict"),
    [
        (True, True, True, True, TAKE_UP),
        (True, False, False, False, TAKE_UP),
        (False, True, True, True, SEND),
        (False, True, True, False, SEND),
        (False, True, False, True, WAIT),
        (False, True, False, False, NEVER),
        (False, False, True, True, WAIT),
        (False, False, True, False, NEVER),
        (False, False, False, True, WAIT),
        (False, False, False, False, NEVER),
    ],
)
def test_order_when_it_may_be_there_then_only_an_id_that_is_taken_once_is_sent_again(
    policy, is_shown, unique, is_wanted, may_appear, verdict
):
    broker = Capabilities(frozenset(), unique_client_order_ids=unique)

    assert policy.judge(broker, is_shown=is_shown, may_appear=may_appear, is_wanted=is_wanted) is verdict


@pytest.mark.parametrize(
    ("seconds", "within", "may"),
    [(0, None, True), (30, None, True), (31, None, False), (31, timedelta(hours=1), True)],
)
def test_order_when_it_is_not_shown_then_it_may_appear_until_the_grace_is_over(
    policy, clock, seconds, within, may
):
    sent = clock()
    clock.move(seconds=seconds)

    assert policy.may_appear(sent, within) is may


def test_order_when_the_clock_was_set_back_then_it_is_not_given_up_early(policy, clock):
    sent = clock()
    clock.move(hours=-1)

    assert policy.may_appear(sent)
