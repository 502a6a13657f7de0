"""An entry that was interrupted between its count and its order is counted once, not against itself."""

import pytest

from app.errors import StoreUnavailable
from app.services.broker_access.gateway import Gateway
from tests.builders import services_of, strategy_alert

pytestmark = pytest.mark.unit


def test_recovery_when_an_entry_was_counted_before_it_was_interrupted_then_it_takes_the_place_it_has(
    app, client, configure, store, monkeypatch
):
    configure(daily_order_cap=1)
    submit, failed = Gateway.submit, []

    def lose_the_session_once(gateway, *order, **options):
        if not failed:
            failed.append(order)
            raise StoreUnavailable("The session is lost.")
        return submit(gateway, *order, **options)

    monkeypatch.setattr(Gateway, "submit", lose_the_session_once)
    assert client.post("/webhook", json=strategy_alert()).status_code == 202
    services_of(app).intake.recovery.recover()
    client.post("/webhook", json=strategy_alert(strategy_order_comment="one more"))

    told = [(found.value["status"], found.value["reason"]) for found in store.list("tickets/")]
    assert sorted(told, key=str) == [("denied", "DAILY_ORDER_CAP"), ("filled", None)]
