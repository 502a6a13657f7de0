"""Long tests begin early in every process, and none is lost."""

from itertools import groupby

import pytest

from docs.generate import ROOT
from tests.order import LONG, order

pytestmark = pytest.mark.unit

MODULES = [module for module in "abcdefgh" for _ in range(10)]


def handed_out(long, processes):
    """Return the modules of each process's tests, as xdist cuts them: a letter for those in a row."""
    tests = [MODULES[place] for place in order(MODULES, long, processes)]
    size = len(tests) // processes
    parts = [tests[begin : begin + size] for begin in range(0, len(tests), size)]
    return ["".join(module for module, _ in groupby(part)) for part in parts]


def test_tests_when_put_in_order_then_each_is_there_once():
    assert sorted(order(MODULES, "gb", 3)) == list(range(80))


def test_long_modules_when_there_is_one_for_each_process_then_each_begins_with_one():
    assert handed_out("hdea", 4) == ["hb", "dc", "ef", "ag"]


def test_long_modules_when_a_process_has_two_then_a_whole_short_one_stands_after_each():
    assert handed_out("hdea", 2) == ["hbec", "dfag"]


def test_short_modules_when_there_are_many_then_most_stand_last():
    assert handed_out("h", 1) == ["habcdefg"]
    assert handed_out("hg", 1) == ["habgcdef"]


def test_long_modules_when_they_are_more_than_a_part_then_no_test_is_lost():
    assert sorted(order(MODULES, "abcdefgh", 3)) == list(range(80))


def test_tests_when_none_is_long_then_they_stay_as_they_are():
    assert order(MODULES, "x", 3) == list(range(80))


def test_modules_when_they_are_called_long_then_they_are_there():
    assert [module for module in LONG if not (ROOT / module).is_file()] == []
