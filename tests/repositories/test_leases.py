from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.json_codec import timestamp
from app.errors import AlreadyExists, Conflict
from app.repositories.leases import Lease, StoredLeases

pytestmark = pytest.mark.unit


@pytest.fixture
def leases(store):
    return StoredLeases(store)


@pytest.fixture
def lease(clock):
    return Lease("first", clock() + timedelta(seconds=20))


def test_lease_when_it_is_taken_then_it_stands_in_the_known_shape(leases, lease, store):
    leases.take("supervisor", lease, None)
    found = leases.find("supervisor")

    assert replace(found, version=0) == lease
    assert store.get("leases/supervisor").value == {"owner": "first", "until": timestamp(lease.until)}


def test_lease_when_two_take_it_then_only_the_first_has_it(leases, lease):
    leases.take("supervisor", lease, None)
    standing = leases.find("supervisor")
    leases.take("supervisor", replace(lease, owner="second"), standing)

    with pytest.raises(AlreadyExists):
        leases.take("supervisor", lease, None)
    with pytest.raises(Conflict):
        leases.take("supervisor", lease, standing)
    with pytest.raises(Conflict):
        leases.give_back("supervisor", standing)
    assert leases.find("supervisor").owner == "second"


def test_lease_when_it_is_given_back_then_it_is_free(leases, lease):
    leases.take("supervisor", lease, None)
    leases.give_back("supervisor", leases.find("supervisor"))

    assert leases.find("supervisor") is None
