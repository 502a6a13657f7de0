"""Long tests begin early in every process, and none is lost."""

import pytest

from docs.generate import ROOT
from tests.order import LONG, order

pytestmark = pytest.mark.unit

MODULES = [module for module in "abcdefgh" for _ in range(10)]


def handed_out(long, processes):
    """Return the modules of each process's tests, as xdist cuts them."""
    tests = [MODULES[place] for place in order(MODULES, long, processes)]
    size = len(tests) // processes
    return [tests[begin : begin + size] for begin in range(0, len(tests), size)]


def test_tests_when_put_in_order_then_each_is_there_once():
    assert sorted(order(MODULES, "gb", 3)) == list(range(80))


def test_long_modules_when_there_is_one_for_each_process_then_each_begins_with_one():
    assert [part[:10] for part in handed_out("hdea", 4)] == [["h"] * 10, ["d"] * 10, ["e"] * 10, ["a"] * 10]


def test_long_modules_when_a_process_has_two_then_short_tests_stand_between_and_after_them():
    first, second = handed_out("hdea", 2)

    assert first[:10] + first[14:24] == ["h"] * 10 + ["e"] * 10
    assert second[:10] + second[14:24] == ["d"] * 10 + ["a"] * 10
    assert set("hdea") & set(first[10:14] + first[24:] + second[10:14] + second[24:]) == set()


def test_tests_when_none_is_long_then_they_stay_as_they_are():
    assert order(MODULES, "x", 3) == list(range(80))


def test_modules_when_they_are_called_long_then_they_are_there():
    assert [module for module in LONG if not (ROOT / module).is_file()] == []
