from decimal import Decimal

import pytest

from app.domain.reconciliation import Difference, DifferenceKind
from app.repositories.differences import Findings, ReportedDifferences

pytestmark = pytest.mark.unit


@pytest.fixture
def told(store):
    return ReportedDifferences(store)


@pytest.fixture
def difference(clock):
    return Difference("paper", "AAPL", Decimal(5), Decimal(10), DifferenceKind.MISSING, clock())


def test_differences_when_nothing_was_told_then_there_are_none(told):
    assert told.read() == Findings()


def test_differences_when_they_are_told_then_whoever_read_before_is_too_late(told, difference):
    before = told.read()
    written = told.write(before, (difference,)), told.write(before, ())
    after = told.read()

    assert (written, after.differences) == ((True, False), (difference,))
    assert (told.write(after, ()), told.write(after, (difference,))) == (True, False)
