import pytest

from app.domain.contracts import ContractIndex
from tests.builders import services_of

pytestmark = pytest.mark.integration


def names(app):
    return {task.name for task in services_of(app).supervisor.tasks}


def test_house_when_fyers_is_not_configured_then_nothing_is_kept_or_done(app):
    assert services_of(app).brokers.symbols is None
    assert "symbol master" not in names(app)


def test_clock_when_fyers_is_configured_then_downloads_at_the_first_turn(make_app, fyers, store):
    app = make_app(fyers_app_id="APP-100", fyers_symbol_master_url=fyers.master_url, background_worker=False)
    services = services_of(app)
    done = services.supervisor.tick()

    assert done["symbol master"] == 1
    assert isinstance(services.brokers.symbols.index(), ContractIndex)
