"""The process dies between two writes of an edit or of a profit taken: the next look ends it the same way."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.circuit_breaker import Phase
from app.domain.trading_state import TradingState
from app.storage.memory import MemoryStore
from tests.builders import ScriptedBroker, services_of

pytestmark = pytest.mark.unit

ACTIVE, REDUCING = TradingState.ACTIVE, TradingState.REDUCING
BASE = Decimal(100_000)
WRITES = range(4)


class Killed(BaseException):
    """The process dies here."""


class MortalStore(MemoryStore):
    """A store whose process dies once `left` writes of a state have happened; None is never."""

    left: int | None = None

    def create(self, key, value, *, durable=True):
        self._spend(key)
        return super().create(key, value, durable=durable)

    def replace(self, document, value):
        self._spend(document.key)
        return super().replace(document, value)

    def _spend(self, key):
        if self.left is None or not key.startswith(("state/circuit-breaker", "state/trading")):
            return
        if self.left == 0:
            raise Killed
        self.left -= 1


class Portfolio(ScriptedBroker):
    """A broker whose account is worth what a test says."""

    equity = "100000"

    def account(self):
        return replace(super().account(), equity=Decimal(self.equity))


@pytest.fixture
def store():
    return MortalStore()


@pytest.fixture
def portfolio():
    return Portfolio()


@pytest.fixture
def start(make_app, portfolio):
    return lambda: services_of(make_app(brokers={"paper": portfolio}, dry_run=False))


@pytest.fixture
def die(store):
    """Run what a process dies in after so many writes; tell whether it came to its end first."""

    def die(act, writes):
        store.left = writes
        try:
            act()
        except Killed:
            return False
        finally:
            store.left = None
        return True

    return die


@pytest.fixture
def watch(clock):
    """Look twice, apart in time: an account that shows nothing at once may have answered late."""

    def look(services):
        services.portfolio.breaker.watch()
        clock.move(seconds=11)
        services.portfolio.breaker.watch()

    return look


def state_of(services):
    breaker = services.portfolio.breaker.stored.read("paper")
    return services.operations.switch.read().state, breaker.phase, breaker.paused is not None


@pytest.mark.parametrize("writes", WRITES)
@pytest.mark.parametrize("active", [True, False], ids=["armed", "off"])
def test_edit_when_killed_then_trading_never_goes_on_without_it_and_a_restart_ends_it(
    start, die, portfolio, writes, active, watch
):
    services = start()
    services.portfolio.breaker.edit({"active": True, "base_equity": BASE})
    portfolio.equity = "1"
    watch(services)
    done = die(lambda: services.portfolio.breaker.edit({"active": active, "base_equity": Decimal(1)}), writes)
    trading, phase, _ = state_of(services)

    assert trading is REDUCING or (
        phase is Phase.ARMED and services.portfolio.breaker.read().active is active
    )
    restarted = start()
    watch(restarted)
    ended = (ACTIVE, Phase.ARMED, False)
    assert state_of(restarted) == ((REDUCING, Phase.TRIPPED, True) if writes == 0 else ended)
    assert done is (writes == WRITES[-1])


@pytest.mark.parametrize("writes", range(7))
def test_profit_when_killed_then_trading_goes_on_only_once_it_is_over(start, die, portfolio, writes, watch):
    services = start()
    services.portfolio.breaker.edit({"active": True, "base_equity": BASE, "liquidate_on_tp": True})
    portfolio.equity = "130000"
    done = die(lambda: watch(services), writes)
    trading, phase, owned = state_of(services)

    assert (trading, phase) != (ACTIVE, Phase.LIQUIDATING) or writes <= 2, (trading, phase, owned)
    restarted = start()
    watch(restarted)
    assert state_of(restarted) == (ACTIVE, Phase.ARMED, False)
    assert done is (writes == 6)
    assert portfolio.submitted == []


def test_edit_when_killed_before_the_pause_is_lifted_then_the_operators_own_stays(start, die, portfolio):
    services = start()
    services.portfolio.breaker.edit({"active": True, "base_equity": BASE})
    portfolio.equity = "1"
    services.portfolio.breaker.watch()
    die(lambda: services.portfolio.breaker.edit({}), 1)
    mine = replace(services.operations.switch.read(), reason="my own reasons")
    services.operations.switch.throw(mine)
    start().portfolio.breaker.watch()

    assert services.operations.switch.read() == mine
