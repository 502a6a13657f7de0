from decimal import Decimal

import pytest

from benchmarks.operation_counts import billed_as
from deploy.prices import CLOCK_CLASS_A_A_MINUTE, CLOCK_CLASS_B_A_MINUTE, monthly
from docs.generate import ROOT

pytestmark = pytest.mark.unit


def test_month_when_one_instance_is_always_on_then_its_free_seconds_are_taken_off():
    (instance, *_) = monthly(bucket=False, sql=True, egress=False, secrets=2)

    # (2,628,000 - 240,000) s of a CPU and (1,314,000 - 450,000) GiB s of memory.
    assert instance[1] == Decimal("44.71")


@pytest.mark.parametrize(
    ("wanted", "dollars"),
    [
        ({"bucket": True}, "29.39"),
        ({"sql": True}, "27.25"),
        ({"egress": True}, "4.67"),
        ({"secrets": 10}, "0.24"),
        ({"secrets": 6}, None),
    ],
)
def test_month_when_more_is_wanted_then_its_price_is_named(wanted, dollars):
    rows = monthly(**({"bucket": False, "sql": False, "egress": False, "secrets": 2} | wanted))
    figures = {str(figure) for _, figure in rows}

    assert dollars is None or dollars in figures
    assert any("Secret Manager" in what for what, _ in rows) == (wanted.get("secrets", 0) > 6)


@pytest.mark.parametrize(
    ("method", "path", "billed"),
    [
        ("POST", "/upload/storage/v1/b/gatehouse/o", "class A"),
        ("PATCH", "/storage/v1/b/gatehouse/o/bots%2Fdefault", "class A"),
        ("GET", "/storage/v1/b/gatehouse/o", "class A"),
        ("GET", "/storage/v1/b/gatehouse/o/bots%2Fdefault", "class B"),
        ("GET", "/download/storage/v1/b/gatehouse/o/bots%2Fdefault", "class B"),
        ("DELETE", "/storage/v1/b/gatehouse/o/bots%2Fdefault", "free"),
    ],
)
def test_request_when_it_is_billed_then_by_its_class(method, path, billed):
    assert billed_as(method, path) == billed


def test_page_when_it_says_what_a_month_costs_then_by_these_prices():
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = monthly(bucket=True, sql=True, egress=True, secrets=2)

    assert [what for what, dollars in rows if f"${dollars}" not in page] == []
    assert f"({CLOCK_CLASS_A_A_MINUTE} and {CLOCK_CLASS_B_A_MINUTE} a minute)" in page
