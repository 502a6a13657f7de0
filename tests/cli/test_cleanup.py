from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.orders import OrderStatus
from tests.builders import WEBHOOK_SECRET, ScriptedBroker, client_of, services_of, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def orphan(make_app, scripted: ScriptedBroker) -> str:
    """Leave a stop whose position is gone."""
    app = make_app(brokers={"paper": scripted}, dry_run=False)
    client_of(app, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=strategy_alert())
    order = scripted.submitted[-1]
    leg = replace(order, client_order_id=order.client_order_id + "-sl")
    name = scripted.take(leg, OrderStatus.ACCEPTED).client_order_id
    scripted.held.clear()
    return name


def cleaned(app) -> str:
    return app.test_cli_runner().invoke(args=["cleanup"]).output


def test_cleanup_when_an_exit_has_no_position_then_it_is_canceled_and_named(
    make_app, scripted, orphan, clock
):
    app = make_app(brokers={"paper": scripted}, dry_run=False)

    first, clock.now = cleaned(app), clock() + timedelta(seconds=15)

    assert first.startswith(f"{orphan} stays for now: the books know of its position")
    assert cleaned(app) == f"{orphan} is canceled.\n1 protective orders were looked at.\n"
    assert services_of(app).portfolio.cleanup.last().by == "command line"


def test_cleanup_when_it_is_a_dry_run_then_it_says_what_it_would_do(make_app, scripted, orphan):
    app = make_app(brokers={"paper": scripted}, dry_run=True)

    assert f"{orphan} would be canceled; this is a dry run." in cleaned(app)
    assert not scripted.find(orphan).status.is_final


def test_cleanup_when_a_broker_cannot_be_asked_then_it_fails_and_says_so(make_app, scripted, orphan):
    scripted.is_reachable = False
    result = make_app(brokers={"paper": scripted}, dry_run=False).test_cli_runner().invoke(args=["cleanup"])

    assert (result.exit_code, "paper" in result.output) == (1, True)
