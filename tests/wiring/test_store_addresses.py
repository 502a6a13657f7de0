"""How stores are called where people read it."""

import pytest

from app.parsing import passwords_in
from app.wiring.store_addresses import without_password

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "password", ["plain", "two%40words", "a#b", "a?b", "a[b", "a:b", "a@b", "a/b", "a/b?c"]
)
def test_address_of_a_database_when_its_password_has_odd_signs_then_no_part_of_it_is_shown(password):
    assert (
        without_password(f"postgresql://me:{password}@one:1,two:2/db?x=y") == "postgresql://me@one:1,two:2/db"
    )


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me@one/db?password=pass@word", "postgresql://me@one/db"),
        ("postgres://me:word@/db?host=/cloudsql/a:b:c", "postgresql://me@/db"),
        ("postgresql:///db", "postgresql:///db"),
        ("postgresql://one:5432/db", "postgresql://one:5432/db"),
    ],
)
def test_address_of_a_database_when_it_is_shown_then_user_hosts_and_name_are_left(address, shown):
    assert without_password(address) == shown


@pytest.mark.parametrize("password", ["a#b", "a?b", "a[b", "a/b"])
def test_password_when_other_addresses_would_end_at_its_signs_then_it_is_masked_whole(password):
    assert password in passwords_in(f"postgresql://me:{password}@one/db")
