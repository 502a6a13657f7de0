import socket

import pytest

from app.services.analyst.deadline import Deadline

pytestmark = pytest.mark.unit


def test_deadline_when_its_time_is_over_then_whoever_waits_is_woken():
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadline(0.05) as deadline:
        deadline.watch(ours)

        assert ours.recv(1) == b""
        assert (deadline.is_over, deadline.seconds_left) == (True, 0)


def test_deadline_when_a_connection_comes_too_late_then_it_is_cut_at_once():
    first, theirs = socket.socketpair()
    second, others = socket.socketpair()
    with first, theirs, second, others, Deadline(0.01) as deadline:
        deadline.watch(first)
        first.recv(1)
        deadline.watch(second)

        assert second.recv(1) == b""


def test_deadline_when_left_in_time_then_nothing_is_cut():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with Deadline(30) as deadline:
            deadline.watch(ours)
        theirs.send(b"x")

        assert (ours.recv(1), deadline.is_over) == (b"x", False)
