import base64
import json
from datetime import UTC, datetime

import pytest

from app.domain.broker_logins import end_of_token

pytestmark = pytest.mark.unit


def token(claims) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"head.{body}.seal"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        ("2026-11-25T10:00+05:30", "2026-11-26T01:00Z"),
        ("2026-11-25T06:29:59+05:30", "2026-11-25T01:00Z"),
        ("2026-11-25T06:30+05:30", "2026-11-26T01:00Z"),
        ("2026-11-25T20:00Z", "2026-11-26T01:00Z"),
    ],
)
def test_token_when_it_says_nothing_then_dies_at_the_next_half_past_six_in_india(issued, ends):
    assert end_of_token("opaque", moment(issued)) == moment(ends)


def test_token_when_it_says_that_it_ends_sooner_then_so_it_does():
    ends = datetime(2026, 11, 25, 8, tzinfo=UTC)

    assert end_of_token(token({"exp": ends.timestamp()}), moment("2026-11-25T10:00+05:30")) == ends


@pytest.mark.parametrize(
    "claims", [{"exp": 9e99}, {"exp": "soon"}, {"exp": None}, {}, [], 5, {"exp": 4102444800}]
)
def test_token_when_it_says_nothing_useful_then_half_past_six_counts(claims):
    ends = end_of_token(token(claims), moment("2026-11-25T10:00+05:30"))

    assert ends == moment("2026-11-26T01:00Z")


@pytest.mark.parametrize("text", ["a.b.c", "a.é.c", "..", "a.!!!!.c"])
def test_token_when_it_is_broken_then_half_past_six_counts(text):
    assert end_of_token(text, moment("2026-11-25T10:00+05:30")) == moment("2026-11-26T01:00Z")
