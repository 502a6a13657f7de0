"""A task with much to do leaves time to the others, goes on where it had to end, and ends with the lead."""

import pytest

from app.errors import Conflict, RecordUnreadable, StoreUnavailable
from app.services.runtime.leases import Leases
from app.services.runtime.supervisor import Supervisor, Task
from app.services.runtime.turns import Apart, Rounds, as_leader, in_time

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("seconds", "done"), [(60, [1, 2, 3]), (0, [1])])
def test_much_to_do_when_its_time_is_over_then_the_rest_waits(seconds, done):
    assert list(in_time([1, 2, 3], seconds)) == done


def test_much_to_do_when_the_lead_is_lost_then_the_rest_waits():
    left = [True, False]
    with as_leader(lambda: left.pop(0)):
        done = list(in_time([1, 2, 3]))

    assert done == [1, 2]
    assert list(in_time([1, 2, 3])) == [1, 2, 3]


@pytest.mark.parametrize(
    ("turns", "done"),
    [
        ([[1, 2, 3]] * 4, [1, 2, 3, 1]),
        ([[3, 1, 2], [1, 3], [1, 3]], [1, 3, 1]),
        ([[1, 2], [1], [1]], [1, 1, 1]),
        ([[1, 2], [], [1, 2]], [1, 2]),
    ],
    ids=["in turn", "one is over", "the rest is over", "nothing for a while"],
)
def test_rounds_when_each_turn_has_time_for_one_then_nothing_waits_for_ever(turns, done):
    rounds = Rounds()
    with as_leader(lambda: False):
        assert [one for items in turns for one in rounds.in_time(items, lambda item: item)] == done


def test_rounds_when_there_is_time_then_all_have_their_turn_from_where_it_goes_on():
    rounds = Rounds()
    with as_leader(lambda: False):
        list(rounds.in_time([1, 2, 3], lambda item: item))

    assert list(rounds.in_time([1, 2, 3], lambda item: item)) == [2, 3, 1]
    assert list(rounds.in_time([1, 2, 3], lambda item: item)) == [1, 2, 3]


def test_rounds_when_one_fails_then_the_next_turn_begins_behind_it():
    rounds = Rounds()
    turn = rounds.in_time([1, 2, 3], lambda item: item)
    next(turn)
    turn.close()

    assert list(rounds.in_time([1, 2, 3], lambda item: item)) == [2, 3, 1]


@pytest.mark.parametrize(
    ("failures", "told", "done"),
    [
        ([None, KeyError, ZeroDivisionError, None], KeyError, 4),
        # It is everybody's: nobody waits for it once for each.
        ([None, StoreUnavailable, None], StoreUnavailable, 2),
        ([KeyError, StoreUnavailable, None], StoreUnavailable, 2),
        # What one record holds, or somebody wrote first, is nobody else's.
        ([RecordUnreadable, Conflict, None], RecordUnreadable, 3),
    ],
)
def test_apart_when_some_fail_then_the_others_have_their_turn_unless_the_store_is_away(failures, told, done):
    tried = []

    def try_all() -> None:
        with Apart() as things:
            for failure in failures:
                with things.one():
                    tried.append(failure)
                    if failure is not None:
                        raise failure("a slip")

    with pytest.raises(told):
        try_all()

    assert len(tried) == done


@pytest.mark.parametrize(("everywhere", "done"), [(False, [1, 2]), (True, [1, 2, 3])])
def test_task_when_another_process_has_taken_over_meanwhile_then_only_the_leaders_ends(
    store, clock, everywhere, done
):
    other, did = Leases(store, clock, "second"), []

    def work() -> int:
        for item in in_time([1, 2, 3]):
            did.append(item)
            if item == 2:
                clock.move(seconds=23)
                other.hold("supervisor")
        return len(did)

    task = Task("long", 5, work, everywhere=everywhere)
    Supervisor([task], leases=Leases(store, clock, "first")).tick()

    assert did == done
