from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.door_refusals import (
    KEPT,
    Refusal,
    RefusalRow,
    Refusals,
    group_of,
    joined_groups,
    joined_rows,
    row_of,
    sentence,
)
from app.domain.json_codec import from_json, to_json

pytestmark = pytest.mark.unit

NOW = datetime(2026, 6, 2, 10, 2, 5, tzinfo=UTC)
STRANGER, TRADINGVIEW = "203.0.113.7", "52.89.214.238"


def refusal(**changes) -> Refusal:
    known = {"at": NOW, "address": STRANGER, "path": "/webhook", "status": 401, "code": "NOT_AUTHENTICATED"}
    return Refusal(**known | changes)


def from_tradingview(**changes) -> Refusal:
    return refusal(address=TRADINGVIEW, sender="TradingView", **changes)


def untold(*refusals: Refusal, **changes) -> Refusals:
    groups = joined_groups((), [group_of(each) for each in refusals])
    return Refusals(untold=groups, untold_since=NOW, **changes)


def rows(*refusals: Refusal) -> tuple[RefusalRow, ...]:
    return joined_rows((), map(row_of, refusals))


def test_rows_when_they_are_of_one_kind_and_minute_then_they_are_one_that_counts():
    (row,) = rows(refusal(), refusal(at=NOW + timedelta(seconds=50)), refusal(at=NOW))

    assert (row.count, row.first_at, row.at) == (3, NOW, NOW + timedelta(seconds=50))


@pytest.mark.parametrize(
    "other",
    [
        {"at": NOW + timedelta(minutes=1)},
        {"address": "203.0.113.8"},
        {"path": "/tradingview/webhook"},
        {"code": "ALERT_MALFORMED"},
        {"bot": "swing"},
    ],
    ids=str,
)
def test_rows_when_anything_differs_then_they_stay_two(other):
    assert [row.count for row in rows(refusal(), refusal(**other))] == [1, 1]


def test_rows_when_there_are_too_many_then_the_last_are_kept():
    many = [refusal(at=NOW + timedelta(seconds=n), address=f"10.0.{n // 250}.{n % 250}") for n in range(500)]

    assert [row.address for row in rows(*many)] == [each.address for each in many[-KEPT:]]


def test_refusals_when_they_are_stored_then_they_come_back_as_they_were():
    known = Refusals(rows(refusal()), told_at=NOW).with_more(untold(from_tradingview(bot="swing")))

    assert from_json(Refusals, to_json(known)) == known


TOLD = {
    "14 alerts were refused at the door since 10:02 UTC: 2 x malformed from TradingView (bot swing), 12 x "
    "wrong secret from 203.0.113.7. An exit may be among them. See them with flask refusals list.": [
        *[refusal()] * 12,
        *[from_tradingview(code="ALERT_MALFORMED", bot="swing")] * 2,
    ],
    "1 alert was refused at the door since 10:02 UTC: 1 x wrong secret from 203.0.113.7. See them with flask "
    "refusals list.": [refusal()],
    "2 requests were refused at the door since 10:02 UTC: 1 x wrong secret from 203.0.113.7, 1 x wrong "
    "operator token from 203.0.113.7. See them with flask refusals list.": [
        refusal(),
        refusal(is_alert=False, path="/api/bots"),
    ],
}


@pytest.mark.parametrize(("told", "refusals"), TOLD.items(), ids=["two kinds", "one", "not only alerts"])
def test_sentence_when_it_is_made_then_it_says_what_and_who_with_tradingview_first(told, refusals):
    known = untold(*refusals)

    assert sentence(known.untold, known.untold_since) == told.replace(" x ", " \N{MULTIPLICATION SIGN} ")


def test_groups_when_strangers_send_ever_new_kinds_then_they_are_few_and_tradingview_stands_out():
    strangers = [refusal(address=f"10.0.0.{number}") for number in range(200)]
    known = untold(*strangers, from_tradingview())

    assert len(known.untold) <= 15
    assert sum(group.count for group in known.untold) == 201
    assert "from TradingView" in sentence(known.untold, NOW)


def test_message_when_nothing_is_untold_then_none_is_due():
    assert Refusals(rows(refusal())).due_at() is None


def test_message_when_it_is_the_first_then_it_is_due_at_once():
    assert untold(refusal()).is_due(NOW)


@pytest.mark.parametrize(("minutes", "is_due"), [(4, False), (5, True), (-60, True)])
def test_message_when_one_was_sent_then_the_next_waits_unless_the_clock_was_set_back(minutes, is_due):
    known = untold(refusal(), told_at=NOW, pause_seconds=60)

    assert known.is_due(NOW + timedelta(minutes=minutes)) is is_due


@pytest.mark.parametrize(
    ("refused", "minutes"),
    [
        (refusal(), [5, 5, 5, 8, 16, 32, 60, 60]),
        (from_tradingview(), [1, 2, 4, 5, 5, 5, 5, 5]),
        (from_tradingview(is_alert=False), [5, 5, 5, 8, 16, 32, 60, 60]),
    ],
    ids=["a stranger", "an alert from TradingView", "no alert"],
)
def test_messages_when_they_go_on_then_they_come_more_and_more_seldom_but_soon_from_tradingview(
    refused, minutes
):
    known, at, pauses = untold(refused).told(NOW), NOW, []
    for _ in minutes:
        due = replace(known, untold=(group_of(refused),)).due_at()
        pauses.append((due - at) / timedelta(minutes=1))
        known, at = known.told(due), due

    assert pauses == minutes


def test_messages_when_it_was_quiet_for_long_then_the_pause_is_short_again():
    busy = replace(untold(refusal()), told_at=NOW, pause_seconds=3600)
    later = busy.told(NOW + timedelta(hours=2))

    assert later.pause_seconds == 60
    assert (later.untold, later.untold_since) == ((), None)
