"""The threads beside Alpaca's orders: what nobody foresaw ends none of them for good."""

from threading import Event

import pytest

from app.brokers.alpaca.streams_account import KeptAccount
from app.brokers.alpaca.streams_connection import KeptStream
from app.brokers.alpaca.streams_reading import ReadApart
from tests.without_threads import no_threads

pytestmark = pytest.mark.unit


class Odd:
    """A stream that is too deep to be read."""

    name = "riddles"

    def __init__(self) -> None:
        self.asked, self.again = 0, Event()

    @property
    def url(self) -> str:
        self.asked += 1
        if self.asked > 1:
            self.again.set()
        raise RecursionError

    def end(self) -> None:
        pass


def test_stream_when_something_unforeseen_ends_it_then_it_begins_anew():
    talk = Odd()
    stream = KeptStream(talk)
    stream.start()
    is_begun_anew = talk.again.wait(10)
    stream.close()

    assert is_begun_anew


def test_positions_when_there_was_no_thread_for_a_read_then_the_next_one_is_made():
    has_read = Event()
    apart = ReadApart(has_read.set)
    with no_threads():
        apart.begin()
    is_early = has_read.is_set()
    apart.begin()

    assert not is_early
    assert has_read.wait(10)


def test_account_when_a_read_of_it_fails_in_an_unforeseen_way_then_it_is_read_on():
    reads, again = [], Event()

    def read() -> None:
        reads.append(len(reads))
        if len(reads) > 1:
            again.set()
        raise LookupError("what is this?")

    account = KeptAccount(read)
    account.keep()
    is_read_on = again.wait(10)
    account.close()

    assert is_read_on


def test_account_when_there_was_no_thread_then_the_next_alert_begins_one():
    has_read = Event()
    account = KeptAccount(has_read.set)
    with no_threads():
        account.keep()
    account.keep()
    is_read = has_read.wait(10)
    account.close()

    assert is_read
