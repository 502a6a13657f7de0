from datetime import date

import pytest

from tests.simulators.fyers.master import Master


@pytest.fixture(scope="session")
def full_master() -> bytes:
    return Master(date(2026, 11, 25)).as_csv()
