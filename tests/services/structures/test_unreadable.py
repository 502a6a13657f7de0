"""Structures beside one whose record cannot be read, as a newer version that was taken back leaves it."""

import pytest

from app.errors import RecordUnreadable
from tests.option_bots import CONDOR_BOT

pytestmark = pytest.mark.integration


def test_entry_when_another_trade_cannot_be_read_then_it_may_hold_the_other_side_of_a_contract(
    configure, enter, store, desk
):
    configure(**CONDOR_BOT)
    store.create("structures/other/1", {"broker": "paper"})

    with pytest.raises(RecordUnreadable, match="structures/other/1"):
        enter()
