from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.domain.json_codec import timestamp
from app.repositories.inbox import Answer, Arrival, Inbox
from app.services.intake.arrivals import idempotency_hash
from tests.builders import fresh_ticket_id

pytestmark = pytest.mark.unit


@pytest.fixture
def inbox(store, clock):
    return Inbox(store, clock, "one", ttl_seconds=300)


@pytest.fixture
def arrival(clock):
    return Arrival(fresh_ticket_id(clock()), "default", "strategy", "0" * 64, {"symbol": "AAPL"}, clock())


@pytest.fixture
def close(inbox, store):
    def closed(entry):
        store.apply([inbox.closing(entry, Answer(200, {"status": "filled"}))])

    return closed


def test_claim_when_the_key_is_free_then_the_entry_is_open(inbox, arrival):
    entry = inbox.claim(arrival)

    assert entry.key == f"inbox/default/{'0' * 64}"
    assert inbox.open_entries() == [entry]


def test_claim_when_the_key_is_held_then_it_fails(inbox, arrival):
    inbox.claim(arrival)

    assert inbox.claim(replace(arrival, ticket=uuid4())) is None


def test_claim_when_the_answer_has_outlived_its_time_then_the_key_is_free_again(inbox, arrival, close, clock):
    close(inbox.claim(arrival))
    clock.move(seconds=300)

    assert inbox.claim(replace(arrival, ticket=uuid4())) is not None


def test_claim_when_an_old_entry_is_still_open_then_it_fails(inbox, arrival, clock):
    inbox.claim(arrival)
    clock.move(days=1)

    assert inbox.claim(replace(arrival, ticket=uuid4())) is None


def test_take_over_when_somebody_was_faster_then_it_fails(inbox, arrival):
    entry = inbox.claim(arrival)

    assert inbox.take_over(entry).attempts == 2
    assert inbox.take_over(entry) is None


def test_closing_when_it_is_written_then_the_answer_can_be_read(inbox, arrival, close):
    entry = inbox.claim(arrival)
    before = inbox.answer(entry)
    close(entry)
    answer = inbox.answer(inbox.find("default", arrival.key))

    assert before is None
    assert (answer.status, answer.body) == (200, {"status": "filled"})
    assert inbox.open_entries() == []


def test_closing_when_it_happens_twice_then_the_first_answer_stays(inbox, arrival, close, store):
    entry = inbox.claim(arrival)
    close(entry)
    store.apply([inbox.closing(entry, Answer(202, {"status": "received"}))])

    assert inbox.answer(entry).status == 200


def test_answer_when_the_key_is_claimed_anew_then_it_is_the_new_alerts_own(inbox, arrival, close, clock):
    close(inbox.claim(arrival))
    clock.move(seconds=300)

    assert inbox.answer(inbox.claim(replace(arrival, ticket=uuid4()))) is None


@pytest.mark.parametrize(("seconds", "left"), [(299, 2), (300, 0)])
def test_purge_when_entries_have_outlived_their_time_then_only_closed_ones_go(
    inbox, arrival, close, clock, store, seconds, left
):
    close(inbox.claim(arrival))
    inbox.claim(replace(arrival, key="1" * 64))
    clock.move(seconds=seconds)

    assert inbox.purge() == 2 - left
    assert len(list(store.list("inbox/"))) == left + 1


def test_claim_when_it_is_stored_then_in_the_known_shape(inbox, store, arrival, clock):
    entry = inbox.claim(arrival)
    at = timestamp(clock())

    # As databases hold it: nothing here may change without reading this too.
    assert store.get(entry.key).value == {
        "ticket": str(arrival.ticket),
        "bot": "default",
        "dialect": "strategy",
        "owner": "one",
        "attempts": 1,
        "received_at": at,
        "claimed_at": at,
        "expires_at": timestamp(clock() + timedelta(seconds=300)),
        "alert": {"symbol": "AAPL"},
        "fingerprint": None,
        "symbol": None,
        "deliberates": False,
        "put_off": False,
        "instrument": None,
    }


def test_entry_when_an_earlier_version_stored_it_then_it_is_read(inbox, store, arrival):
    entry = inbox.claim(arrival)
    document = store.get(entry.key)
    later = {"fingerprint", "symbol", "deliberates", "put_off"}
    store.replace(document, {name: value for name, value in document.value.items() if name not in later})

    assert replace(inbox.find("default", arrival.key), version=entry.version) == entry


def test_of_key_when_several_came_with_one_key_then_all_and_no_others(inbox, arrival, close):
    keys = [idempotency_hash(key, b"", {"n": number}) for key in ("one", "two") for number in (1, 2)]
    entries = [inbox.claim(replace(arrival, key=key, ticket=uuid4())) for key in keys]
    close(entries[0])

    found = inbox.of_key("default", keys[1])
    assert {entry.ticket for entry in found} == {entry.ticket for entry in entries[:2]}
    assert inbox.of_key("other", keys[1]) == []


def test_of_key_when_a_whole_day_has_one_key_then_the_one_known_by_it_alone_is_found(inbox, arrival, close):
    for number in range(60):
        words = idempotency_hash("one", b"", {"n": number})
        close(inbox.claim(replace(arrival, key=words, ticket=uuid4())))
    alone = inbox.claim(replace(arrival, key=idempotency_hash("one", b""), ticket=uuid4()))
    found = inbox.of_key("default", words)

    assert found[0].ticket == alone.ticket
    assert 1 < len(found) <= 40


def test_of_key_when_an_alert_is_known_by_its_body_then_none_shares_it(inbox, arrival):
    inbox.claim(arrival)

    assert inbox.of_key("default", arrival.key) == []
