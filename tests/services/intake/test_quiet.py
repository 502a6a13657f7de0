"""What was left is looked for once; after that no alert reads the inbox, which a bucket bills dearly."""

import pytest

from tests.builders import WEBHOOK_SECRET, client_of, services_of, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def looks(store, monkeypatch):
    """The prefixes under which alerts that wait were looked for."""
    found, waiting = [], store.waiting
    monkeypatch.setattr(
        store, "waiting", lambda prefix, *more: found.append(prefix) or waiting(prefix, *more)
    )
    return found


@pytest.mark.parametrize("limits", [{}, {"daily_order_cap": 50, "per_symbol_cap": "99999999"}])
def test_alert_when_the_clock_has_looked_and_nothing_was_left_then_it_does_not_look_itself(
    app, client, configure, looks, limits
):
    configure(**limits)
    services_of(app).intake.recovery.recover()
    looks.clear()
    answers = [client.post("/webhook", json=strategy_alert(symbol=symbol)) for symbol in ("AAPL", "MSFT")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert looks == []


def test_alert_when_nobody_has_looked_since_the_start_then_it_looks_itself(client, looks):
    assert client.post("/webhook", json=strategy_alert()).status_code == 200
    assert looks


def test_alert_when_several_processes_serve_then_it_looks_each_time(make_app, store, looks):
    app = make_app(web_concurrency=2)
    services_of(app).intake.recovery.recover()
    looks.clear()
    client = client_of(app, x_bot_secret=WEBHOOK_SECRET)

    assert client.post("/webhook", json=strategy_alert()).status_code == 200
    assert looks


@pytest.mark.parametrize(("is_another", "finished"), [(False, 0), (True, 1)])
def test_own_alert_when_the_store_broke_down_and_lost_its_answer_then_it_is_soon_finished_anew(
    client, store, services, clock, monkeypatch, is_another, finished
):
    recovery, life = services.intake.recovery, [object()]
    monkeypatch.setattr(recovery.locks, "life", lambda: life[0])
    recovery.recover()
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    recovery.recover()
    (answer,) = [document for document in store.list("inbox/") if document.key.endswith(ticket)]
    store.delete(answer)
    if is_another:
        life[0] = object()
    recovery.recover()
    clock.move(seconds=6)

    assert recovery.recover() == finished
