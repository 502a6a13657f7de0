import pytest

from app.errors import NotAuthenticated, StoreUnavailable, TooManyWrongSecrets
from app.services.intake.wrong_secrets import REMEMBERED, MemoryAttempts, WrongSecrets
from app.storage.postgres_connection import Connections
from app.storage.postgres_counts import DatabaseAttempts

pytestmark = pytest.mark.integration

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
    return WrongSecrets([SHARED], here=MemoryAttempts(watch))


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

    assert len(wrong._here._seen) == REMEMBERED


@pytest.fixture
def elsewhere(database_url):
    connections = Connections(database_url, timeout_seconds=5, size=4)
    yield DatabaseAttempts(connections)
    connections.close()


def test_guesses_when_processes_hear_them_by_turns_then_they_are_counted_together(elsewhere):
    processes = [WrongSecrets(elsewhere=elsewhere) for _ in range(3)]
    said = [processes[number % 3].judge("203.0.113.7", REFUSAL) for number in range(12)]

    assert [each.status for each in said] == [401] * 10 + [429] * 2
    assert 50 < said[-1].retry_after <= 60


def test_guesses_of_all_when_the_minute_is_over_then_they_are_counted_anew(elsewhere):
    first, second = (WrongSecrets(elsewhere=elsewhere) for _ in range(2))
    statuses(first, "203.0.113.7", 10)
    elsewhere._connections.ask("UPDATE attempts SET began = began - interval '61 seconds'")

    assert statuses(second, "203.0.113.7", 10) == [401] * 10


def test_guesses_of_all_when_they_are_of_another_kind_then_they_are_counted_by_themselves(elsewhere):
    statuses(WrongSecrets(elsewhere=elsewhere), "203.0.113.7", 10)

    assert statuses(WrongSecrets(kind="token", elsewhere=elsewhere), "203.0.113.7", 1) == [401]


class Away:
    """A database that cannot be asked."""

    def __init__(self) -> None:
        self.asked = 0

    def count(self, name):
        self.asked += 1
        raise StoreUnavailable("It is away.")


def test_guesses_when_the_database_is_away_then_this_process_counts_and_asks_no_more_than_it_must():
    away = Away()

    assert statuses(WrongSecrets(elsewhere=away), "203.0.113.7", 100) == [401] * 10 + [429] * 90
    assert away.asked == 10
