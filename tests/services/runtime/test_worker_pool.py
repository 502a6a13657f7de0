import threading

import pytest

from app.services.runtime.worker_pool import WorkPool

pytestmark = pytest.mark.unit


@pytest.fixture
def pool():
    pool = WorkPool(2)
    pool.start()
    yield pool
    pool.stop(5)


def test_pool_when_it_was_not_started_then_it_takes_nothing():
    assert not WorkPool(2).put(lambda: None)


def test_pool_when_a_work_fails_then_the_next_is_done(pool):
    done = threading.Event()
    for _ in range(4):
        pool.put(lambda: 1 / 0)
    pool.put(done.set)

    assert done.wait(60)


def test_pool_when_stopped_then_what_is_under_way_ends_and_the_rest_is_left(pool):
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        go_on.wait(60)
        done.append(1)

    for _ in range(10):
        pool.put(work)
    begun.wait(60)
    threading.Timer(0.1, go_on.set).start()
    pool.stop(5)

    assert len(done) <= 2
    assert not pool.put(work)


def test_pool_when_a_work_hangs_then_a_stop_does_not_wait_for_it(pool):
    hanging = threading.Event()
    pool.put(hanging.wait)
    pool.stop(0.05)
    hanging.set()

    assert pool.is_stopping
