from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.domain.request_counts import ALLOWED
from app.errors import Conflict, StoreUnavailable, TooManyRequests
from app.repositories.account_requests import AccountRequests
from app.services.intake.account_limit import AccountLimit

pytestmark = pytest.mark.unit


@pytest.fixture(params=[True, False], ids=["in the store", "in memory"])
def limit(request, store, clock):
    return AccountLimit(AccountRequests(store), clock, counts_in_store=request.param)


def test_limit_when_threads_ask_at_once_then_each_is_counted_once(limit):
    def ask(_: int) -> bool:
        try:
            limit.take(is_exit=False)
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(ALLOWED + 20)))

    assert sum(answers) == ALLOWED


class Overtaken:
    """A store in which another process counts a request of its own before each of the first writes."""

    def __init__(self, store, clock, *, times: int) -> None:
        self.store, self.get = store, store.get
        self.others = [lambda: AccountLimit(AccountRequests(store), clock, counts_in_store=True)] * times

    def create(self, key, value):
        self.overtake()
        return self.store.create(key, value)

    def replace(self, document, value):
        self.overtake()
        return self.store.replace(document, value)

    def overtake(self) -> None:
        if self.others:
            self.others.pop()().take(is_exit=False)


def test_limit_when_others_are_faster_for_long_then_the_request_is_counted_all_the_same(store, clock):
    slow = AccountLimit(AccountRequests(Overtaken(store, clock, times=40)), clock, counts_in_store=True)
    slow.take(is_exit=False)

    assert len(AccountRequests(store).read(of_exits=False).times) == 41


def test_limit_when_it_blocks_then_exits_are_counted_by_themselves(limit):
    for _ in range(ALLOWED):
        limit.take(is_exit=False)
    with pytest.raises(TooManyRequests) as refused:
        limit.take(is_exit=False)

    assert refused.value.retry_after == 300
    limit.take(is_exit=True)


class Busy:
    """Counts of which others are always the first to write."""

    def __init__(self, stored: AccountRequests) -> None:
        self.stored = stored

    def read(self, *, of_exits: bool):
        return self.stored.read(of_exits=of_exits)

    def change(self, step, *, of_exits: bool) -> None:
        step(self.stored.read(of_exits=of_exits))
        raise Conflict("Others are faster.")


def test_limit_when_others_are_always_faster_then_the_request_passes(store, clock):
    AccountLimit(Busy(AccountRequests(store)), clock, counts_in_store=True).take(is_exit=True)


def test_limit_when_others_write_the_block_first_then_this_process_refuses_all_the_same(store, clock):
    limit = AccountLimit(Busy(AccountRequests(store)), clock, counts_in_store=False)
    for _ in range(ALLOWED):
        limit.take(is_exit=False)

    for _ in range(2):
        with pytest.raises(TooManyRequests):
            limit.take(is_exit=False)


def test_limit_when_the_store_is_away_then_that_is_said(clock):
    class Away:
        def change(self, *_args, **_options):
            raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        AccountLimit(Away(), clock, counts_in_store=True).take(is_exit=True)


@pytest.mark.parametrize("counts_in_store", [True, False])
def test_limit_when_time_passes_while_it_looks_then_the_request_that_is_too_many_is_refused(
    store, clock, counts_in_store
):
    def ticking():
        clock.move(milliseconds=1)
        return clock()

    limit = AccountLimit(AccountRequests(store), ticking, counts_in_store=counts_in_store)
    for _ in range(ALLOWED):
        limit.take(is_exit=False)

    with pytest.raises(TooManyRequests):
        limit.take(is_exit=False)


def test_limit_when_another_processs_clock_is_ahead_then_its_block_counts_here(store, clock):
    ahead = AccountLimit(AccountRequests(store), lambda: clock() + timedelta(seconds=2), counts_in_store=True)
    for _ in range(ALLOWED):
        ahead.take(is_exit=False)
    with pytest.raises(TooManyRequests):
        ahead.take(is_exit=False)

    with pytest.raises(TooManyRequests) as refused:
        AccountLimit(AccountRequests(store), clock, counts_in_store=True).take(is_exit=False)
    assert refused.value.retry_after == 302
