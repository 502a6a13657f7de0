import pytest

from app.errors import RecordUnreadable
from app.repositories.trade_numbers import BLOCK, KEY, TradeNumbers

pytestmark = pytest.mark.unit


def test_numbers_when_two_processes_give_them_then_none_is_given_twice(store):
    one, other = TradeNumbers(store), TradeNumbers(store)
    given = [source.next() for _ in range(BLOCK + 5) for source in (one, other)]

    assert len(set(given)) == len(given)
    assert min(given) == 1


def test_numbers_when_a_process_starts_anew_then_it_goes_on_behind_the_last_block(store):
    last = [TradeNumbers(store).next() for _ in range(3)][-1]

    assert TradeNumbers(store).next() == last + BLOCK


@pytest.mark.parametrize("stored", [{"next": "many"}, {"last": 7}, {"next": None}, {"next": 0}])
def test_numbers_when_their_record_is_unreadable_then_none_is_given_and_nothing_written_over(
    store, stored, caplog
):
    store.create(KEY, stored)
    with pytest.raises(RecordUnreadable, match=KEY):
        TradeNumbers(store).next()

    assert store.get(KEY).value == stored
    assert KEY in caplog.text
