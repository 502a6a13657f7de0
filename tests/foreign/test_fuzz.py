"""Whatever is sent in the shape of another service: no 5xx, and nothing is stored of what is refused."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.schemas.foreign.registry import FOREIGN
from tests.builders import WEBHOOK_SECRET, client_of
from tests.foreign.tables import ROWS

pytestmark = pytest.mark.integration

STARTS = {name: name for name in FOREIGN if name != "text"} | {"threecommas": "3commas"}
BY_NAME = {
    name: [row for row in ROWS if row.name.startswith(start) and isinstance(row.alert, dict)]
    for name, start in STARTS.items()
}
WORDS = sorted({word for row in ROWS if isinstance(row.alert, str) for word in row.alert.split()})
ODD_TEXTS = (
    "",
    " ",
    "NaN",
    "{{close}}",
    "-1",
    "1e400",
    "0",
    "true",
    "\uff22\uff34\uff23",
    "buy",
    "flat",
    "é",
    "\u202e",
    "9" * 60,
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(),
    st.sampled_from(ODD_TEXTS),
    st.text(max_size=12),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def door(app, operator, store):
    """Post a body; tell its answer, and whether anything was stored."""
    operator.put("/api/paper/prices", json={"AAPL": "190", "BTCUSD": "64000"})
    client = client_of(app)

    def send(body, dialect):
        before = len(list(store.list("inbox/")))
        answer = client.post(f"/webhook?secret={WEBHOOK_SECRET}&dialect={dialect}", data=body)
        return answer, len(list(store.list("inbox/"))) > before

    return send


def sound(answer, is_stored):
    assert answer.status_code < 500, answer.json
    if answer.status_code == 400 and answer.json.get("error", {}).get("code") == "ALERT_MALFORMED":
        assert not is_stored
    else:
        assert answer.json.get("ticket"), answer.json


@pytest.mark.parametrize("dialect", BY_NAME)
def test_foreign_alert_when_its_fields_are_anything_then_it_is_taken_or_refused(dialect, door):
    names = sorted({name for row in BY_NAME[dialect] for name in row.alert})
    inner = sorted(
        {
            name
            for row in BY_NAME[dialect]
            for value in row.alert.values()
            if isinstance(value, dict)
            for name in value
        }
    )

    @FUZZ
    @given(
        row=st.sampled_from(BY_NAME[dialect]),
        changes=st.dictionaries(st.sampled_from(names), VALUES, max_size=4),
        deep=st.dictionaries(st.sampled_from(inner or ["x"]), VALUES, max_size=2),
        at=st.sampled_from(names),
    )
    def fuzz(row, changes, deep, at):
        alert = row.alert | changes
        if isinstance(alert.get(at), dict):
            alert[at] = alert[at] | deep
        sound(*door(json.dumps(alert), dialect))

    fuzz()


def test_line_when_its_words_are_anything_then_it_is_taken_or_refused(door):
    @FUZZ
    @given(
        st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=9),
        st.sampled_from((" ", "  ", "\t", "\n")),
    )
    def fuzz(words, between):
        answer, is_stored = door(between.join(words).encode("utf-8", "replace"), "text")
        sound(answer, is_stored)

    fuzz()
