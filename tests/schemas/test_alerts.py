import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.signals import Dialect, Signal
from app.errors import MalformedAlert
from app.schemas.alerts import dialect_of, read_stored_signal
from app.schemas.body import read_object
from app.schemas.dialects import DIALECTS
from app.schemas.reading import read_signal
from tests.schemas.builders import BRIDGE, STRATEGY, bridge, strategy

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("alert", "dialect"),
    [
        (STRATEGY, Dialect.STRATEGY),
        (BRIDGE, Dialect.BRIDGE),
        ({"strategy_order_action": None}, Dialect.STRATEGY),
        ({"fund_id": "trend"}, Dialect.BRIDGE),
    ],
)
def test_dialect_when_a_mark_stands_in_the_alert_then_told(alert, dialect):
    assert dialect_of(alert).dialect is dialect


@pytest.mark.parametrize("alert", [{}, {"symbol": "AAPL"}, {"secret": "s", "symbol": "AAPL", "qty": 1}])
def test_dialect_when_there_is_no_mark_then_refused_with_the_marks_to_use(alert):
    with pytest.raises(MalformedAlert, match="strategy_order_action"):
        dialect_of(alert)


def test_dialect_when_it_cannot_be_told_then_those_that_are_posted_as_alerts_are_named():
    with pytest.raises(MalformedAlert) as refused:
        dialect_of({})

    assert "(option)" in str(refused.value)
    assert "(bot_command)" not in str(refused.value)


def test_stored_alert_when_taken_up_then_same_signal():
    assert read_stored_signal("bridge", bridge()) == read_signal(DIALECTS["bridge"], bridge())


def test_stored_alert_when_its_dialect_is_gone_then_refused_by_name():
    with pytest.raises(MalformedAlert, match="no dialect semaphore"):
        read_stored_signal("semaphore", bridge())


@pytest.mark.parametrize("entry", DIALECTS.values(), ids=DIALECTS)
def test_dialect_when_its_sample_is_read_then_told_and_known_by_its_stored_name(entry):
    sample = read_object(json.dumps(entry.sample).encode())

    assert dialect_of(sample) is entry
    assert read_signal(entry, sample).dialect is Dialect.named(entry.name) is entry.dialect


def test_refusal_when_alert_holds_a_secret_then_does_not_repeat_it():
    with pytest.raises(MalformedAlert) as refused:
        read_signal(DIALECTS["bridge"], bridge(secret="s3cret-value", symbol=None))

    assert "s3cret-value" not in refused.value.message + str(refused.value.details)


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
scalars |= st.decimals(allow_nan=False, allow_infinity=False)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
words = st.sampled_from(
    ["buy", "sell", "long", "short", "flat", "limit", "market", "day", "{{close}}", "1e5"]
)
field_names = st.sampled_from(
    sorted({name for entry in DIALECTS.values() for name in entry.schema.fields} | {"secret", "_schema", ""})
)


def any_alert(base):
    """A sound alert with some of its fields spoiled."""
    return st.dictionaries(field_names | st.text(max_size=5), values | words).map(
        lambda spoiled: base | spoiled
    )


@given(
    st.one_of(any_alert({}), any_alert(strategy()), any_alert(bridge())),
    st.sampled_from(list(DIALECTS.values())),
)
@example({"time": 10**400}, DIALECTS["strategy"])
def test_alert_when_anything_stands_in_it_then_signal_or_malformed_alert(alert, entry):
    signal = None
    with suppress(MalformedAlert):
        signal = read_signal(entry, alert)

    assert signal is None or isinstance(signal, Signal)
