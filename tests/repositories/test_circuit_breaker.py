"""The breakers as they are stored: one for each broker, and the single one of former versions."""

from decimal import Decimal

import pytest

from app.domain.circuit_breaker import CircuitBreaker
from app.domain.json_codec import to_json
from app.repositories.circuit_breaker import KEY, StoredBreakers

pytestmark = pytest.mark.unit

BLIND = CircuitBreaker("paper", base_equity=Decimal(100), active=True, equity_known=False)


@pytest.fixture
def breakers(store):
    return StoredBreakers(store)


@pytest.fixture
def former(store):
    """The document of a former version, which knew nothing of bots."""
    record = {name: value for name, value in to_json(BLIND).items() if name not in {"bots", "breach_source"}}
    return store.create(KEY, record)


@pytest.mark.usefixtures("former")
def test_former_when_it_has_not_moved_yet_then_it_counts_already(breakers):
    assert breakers.read("paper") == BLIND
    assert breakers.all() == {"paper": BLIND}
    assert not breakers.knows_equity("paper")
    assert breakers.knows_equity("elsewhere")


@pytest.mark.usefixtures("former")
def test_former_when_a_move_was_interrupted_then_what_stands_at_the_brokers_key_counts(breakers):
    armed = CircuitBreaker("paper", base_equity=Decimal(7), active=True)
    breakers.write(armed)

    assert (breakers.read("paper"), breakers.all()) == (armed, {"paper": armed})
    breakers.move_former()
    assert breakers.read("paper") == armed


def test_former_when_another_process_moves_it_while_it_is_read_then_it_is_seen(store, former):
    class Racing(StoredBreakers):
        """Another process moves the document right after the first look."""

        raced = False

        def _former(self):
            found = super()._former()
            if not self.raced:
                self.raced = True
                StoredBreakers(store).move_former()
            return found

    assert Racing(store).read("paper") == BLIND
    assert Racing(store).all() == {"paper": BLIND}
    assert store.get(former.key) is None


def test_former_when_it_comes_later_then_the_next_move_finds_it(breakers, store):
    assert breakers.all() == {}
    store.create(KEY, to_json(BLIND))
    breakers.move_former()

    assert breakers.read("paper") == BLIND
