import pytest

from app.errors import NotAuthenticated, TooManyWrongSecrets
from app.services.intake.wrong_secrets import REMEMBERED, WrongSecrets

pytestmark = pytest.mark.unit

REFUSAL = NotAuthenticated("The secret is wrong.")
SHARED = "52.89.214.238"


class Watch:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def wrong(watch):
    return WrongSecrets([SHARED], monotonic=watch)


def statuses(wrong, address: str, times: int) -> list[int]:
    return [wrong.judge(address, REFUSAL).status for _ in range(times)]


def test_guesses_when_they_are_ten_then_the_eleventh_in_a_minute_is_slowed(wrong, watch):
    assert statuses(wrong, "203.0.113.7", 10) == [401] * 10
    watch.seconds = 20.5
    slowed = wrong.judge("203.0.113.7", REFUSAL)

    assert isinstance(slowed, TooManyWrongSecrets)
    assert (slowed.status, slowed.retry_after) == (429, 40)


def test_guesses_when_the_minute_is_over_then_they_are_counted_anew(wrong, watch):
    statuses(wrong, "203.0.113.7", 30)
    watch.seconds = 60

    assert statuses(wrong, "203.0.113.7", 11) == [401] * 10 + [429]


def test_guesses_when_another_address_makes_them_then_it_is_not_slowed(wrong):
    statuses(wrong, "203.0.113.7", 30)

    assert statuses(wrong, "203.0.113.8", 1) == [401]


def test_guesses_when_they_come_from_tradingview_then_they_are_never_slowed(wrong):
    assert statuses(wrong, SHARED, 100) == [401] * 100


@pytest.mark.parametrize(
    ("others", "status"), [("2001:db8:1:2::ffff", 429), ("2001:db8:1:3::1", 401)], ids=["one", "another"]
)
def test_guesses_when_they_come_from_one_network_of_ipv6_then_they_count_as_one_address(
    wrong, others, status
):
    for number in range(10):
        wrong.judge(f"2001:db8:1:2::{number:x}", REFUSAL)

    assert wrong.judge(others, REFUSAL).status == status


def test_addresses_when_there_are_many_then_only_the_last_are_remembered(wrong):
    for number in range(REMEMBERED + 500):
        wrong.judge(f"10.{number // 250}.0.{number % 250}", REFUSAL)

    assert len(wrong._seen) == REMEMBERED
