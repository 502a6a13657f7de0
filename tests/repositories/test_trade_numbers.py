import pytest

from app.repositories.trade_numbers import BLOCK, TradeNumbers

pytestmark = pytest.mark.unit


def test_numbers_when_two_processes_give_them_then_none_is_given_twice(store):
    one, other = TradeNumbers(store), TradeNumbers(store)
    given = [source.next() for _ in range(BLOCK + 5) for source in (one, other)]

    assert len(set(given)) == len(given)
    assert min(given) == 1


def test_numbers_when_a_process_starts_anew_then_it_goes_on_behind_the_last_block(store):
    last = [TradeNumbers(store).next() for _ in range(3)][-1]

    assert TradeNumbers(store).next() == last + BLOCK
