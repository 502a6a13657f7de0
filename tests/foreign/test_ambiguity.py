"""No alert is read by two dialects, and what was ours before is ours now."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signals import OF_OTHERS
from app.errors import MalformedAlert
from app.schemas.alerts import dialect_of
from app.schemas.dialects import DIALECTS
from app.schemas.foreign.registry import FOREIGN
from tests.foreign.tables import ROWS

pytestmark = pytest.mark.unit

ALERTS = [row for row in ROWS if isinstance(row.alert, dict) and row.dialect is None]
FIELDS = sorted(
    {name for row in ALERTS for name in row.alert}
    | {name for entry in DIALECTS.values() for name in entry.sample}
)
VALUES = {name: value for row in ALERTS for name, value in row.alert.items()}
VALUES |= {name: value for entry in DIALECTS.values() for name, value in entry.sample.items()}
PAGES = [Path("README.md"), *sorted(Path("docs").glob("*.md"))]
BLOCK = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"'(\{.*?\})'")
OURS = (
    "strategy_order_action",
    "strategy_order_id",
    "fund_id",
    "strategy_id",
    "strikeprice",
    "command",
    "alert_name",
    "triggered_at",
)


def test_dialects_when_they_are_registered_then_the_domain_knows_their_names():
    assert {dialect.name for dialect in OF_OTHERS} == set(FOREIGN)


def of_old(alert):
    """Tell a dialect of ours as it was told before there were others."""
    for entry in DIALECTS.values():
        if any(mark in alert for mark in entry.marks):
            return entry
    return next((entry for entry in DIALECTS.values() if entry.is_also(alert)), None)


def documented():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in [*BLOCK.findall(text), *INLINE.findall(text)]:
            try:
                alert = json.loads(found)
            except ValueError:
                continue
            if isinstance(alert, dict) and of_old(alert) is not None:
                yield page.name, alert


@pytest.mark.parametrize("row", ALERTS, ids=lambda row: row.name)
def test_foreign_alert_when_its_dialect_is_told_then_it_is_its_own(row):
    name = row.name.split()[0].replace("3commas", "threecommas")

    assert dialect_of(row.alert).name == name


def test_alert_in_our_pages_when_its_dialect_is_told_then_it_is_as_it_was():
    found = list(documented())

    assert len(found) > 5
    assert [(page, alert) for page, alert in found if dialect_of(alert) is not of_old(alert)] == []


@given(st.sets(st.sampled_from(FIELDS), max_size=14))
def test_any_fields_when_they_stand_together_then_one_dialect_reads_them_or_none(names):
    alert = {name: VALUES[name] for name in names}
    marked = [entry for entry in FOREIGN.values() if entry.is_mine(alert)]
    try:
        told = dialect_of(alert)
    except MalformedAlert:
        # With a name of ours it is no other service's, whatever marks stand beside it.
        is_ours = not names.isdisjoint(OURS)
        assert len(marked) > 1 or ((is_ours or not marked) and of_old(alert) is None)
        return
    if not names.isdisjoint(OURS):
        assert told is of_old(alert)
    else:
        assert [told] == marked or (not marked and told is of_old(alert))


@given(st.sampled_from(ALERTS), st.sampled_from(sorted(DIALECTS)))
def test_alert_of_ours_when_foreign_fields_stand_beside_then_it_is_read_as_before(row, name):
    alert = row.alert | DIALECTS[name].sample

    assert dialect_of(alert) is of_old(alert)
