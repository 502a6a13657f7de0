import pytest

from tests.simulators.alpaca import FakeAlpaca
from tests.simulators.alpaca.driving import Driver


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
