import pytest

from app.services.intake.arrivals import idempotency_hash

pytestmark = pytest.mark.unit


def test_hash_when_a_key_equals_a_body_then_they_differ():
    assert idempotency_hash("same", b"") != idempotency_hash(None, b"same")


def test_hash_when_the_key_is_given_then_its_bytes_do_not_matter_and_its_words_do():
    told = idempotency_hash("key", b"one", {"a": "1", "b": 2})

    assert told == idempotency_hash("key", b"two", {"b": 2, "a": "1"})
    assert told != idempotency_hash("key", b"one", {"a": "1", "b": 3})
    assert told.startswith(idempotency_hash("key", b"one"))
