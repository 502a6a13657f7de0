import pytest

from tests.fyers_logins import simulated_fyers
from tests.simulators.alpaca import FakeAlpaca
from tests.simulators.alpaca.driving import Driver
from tests.simulators.fyers.driving import Driver as FyersDriver
from tests.simulators.fyers.driving import model


@pytest.fixture
def fake():
    with FakeAlpaca(checked=True) as fake:
        yield fake
        assert fake.misfits == []


@pytest.fixture
def driver(fake):
    driver = Driver(fake)
    yield driver
    driver.session.close()


@pytest.fixture
def fyers_simulator():
    with simulated_fyers() as fake:
        yield fake


@pytest.fixture
def fyers(fyers_simulator):
    driver = FyersDriver(fyers_simulator)
    yield driver
    driver.session.close()


@pytest.fixture
def sdk(fyers, tmp_path):
    with model(fyers.fake, str(tmp_path), fyers.token) as sdk:
        yield sdk


@pytest.fixture
def asker(openai_simulator):
    from tests.simulators.openai.driving import Asker

    asker = Asker(openai_simulator)
    yield asker
    asker.client.close()
