"""Alerts of a tape mean what they mean at the door."""

import json

import pytest

from app.domain.backtest.tape import TapeAlert
from app.wiring.tape_alerts import read_tape_alert
from tests.builders import strategy_alert
from tests.domain.builders import NOW

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("field", ["key", "code"])
def test_alerts_when_they_differ_in_what_is_hidden_then_their_words_do_and_nothing_shows_it(field):
    alert = strategy_alert(idempotency_key="one")
    texts = [json.dumps(alert | {field: each}) for each in ("number-1", "number-2")]
    first, second = (read_tape_alert(TapeAlert(NOW, "row 1", text)) for text in texts)

    assert first.words != second.words
    assert first.redacted == second.redacted
