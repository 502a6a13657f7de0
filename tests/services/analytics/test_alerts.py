"""/api/analytics/latency, slippage, refusals and opinions, and what the clock adds up for them."""

from datetime import timedelta

import pytest

from app.domain.analytics.alerts import AlertDay
from app.repositories.statistics import DailySums
from app.schemas.dialects import DIALECTS
from app.services.analytics import alert_sums
from app.services.analytics.alert_sums import AlertStatistics
from tests.builders import EXIT_LONG, strategy_alert
from tests.past_opinions import said
from tests.services.analytics.alert_tickets import filled, stage, ticket, write

pytestmark = pytest.mark.unit


@pytest.fixture
def ask(operator):
    def answer(what: str, **query) -> dict:
        response = operator.get(f"/api/analytics/{what}", query_string=query)
        assert response.status_code == 200, response.json
        return response.json

    return answer


@pytest.fixture
def statistics(store, services, clock):
    """What adds alerts up, as the clock has it."""
    operations = services.operations
    sums = DailySums(store, "alerts", AlertDay.from_json)
    return AlertStatistics(operations.ledger, sums, operations.bots, clock, "paper", frozenset(DIALECTS))


def stages(answer: dict) -> dict[str, tuple]:
    return {row["stage"]: (row["n"], row["p50"], row["p99"]) for row in answer["stages"] if row["n"]}


def test_latency_when_an_alert_went_to_its_broker_then_each_step_is_told(ask, store, clock):
    now = clock()
    steps = [("received", 2), ("stored", 5), ("position checked", 1), ("size set", 2), ("gates checked", 3)]
    timeline = [stage(name, now, length) for name, length in steps]
    timeline.append(stage("sent to broker", now + timedelta(milliseconds=90), 79))
    signal = {"symbol": "AAPL", "sent_at": (now - timedelta(seconds=1.5)).isoformat()}
    write(store, filled(now, timeline=timeline, signal=signal, opinion=said() | {"milliseconds": 700}))

    assert stages(ask("latency")) == {
        "delivery": (1, 1500, 1500),
        "door": (1, 2, 2),
        "store": (1, 5, 5),
        "model": (1, 700, 700),
        "gates": (1, 6, 6),
        "broker": (1, 79, 79),
        "fill": (1, 40, 40),
        "total": (1, 90, 90),
    }


def test_latency_when_there_are_many_then_percentiles_are_the_nearest_rank(ask, store, clock):
    for length in range(1, 101):
        write(store, ticket(clock(), timeline=[stage("stored", clock(), length)]))
    row = next(row for row in ask("latency")["stages"] if row["stage"] == "store")

    assert (row["n"], row["p50"], row["p95"], row["p99"]) == (100, 50, 95, 99)


def test_latency_when_a_person_was_asked_then_that_time_stands_apart(ask, store, clock):
    names = [("waiting for approval", 3), ("approved", 60_000), ("sent to broker", 20)]
    write(store, filled(clock(), timeline=[stage(name, clock(), length) for name, length in names]))

    assert {name: found[1] for name, found in stages(ask("latency")).items()} == {
        "approval": 60_000,
        "broker": 20,
        "fill": 40,
    }


def test_latency_when_clocks_differ_then_nothing_takes_less_than_no_time(ask, store, clock):
    write(store, ticket(clock(), signal={"sent_at": (clock() + timedelta(seconds=3)).isoformat()}))

    assert stages(ask("latency"))["delivery"] == (1, 0, 0)


def test_latency_when_a_real_alert_came_then_the_door_was_measured(client, ask, clock):
    clock.pace = timedelta(milliseconds=1)
    client.post("/webhook", json=strategy_alert())
    found = stages(ask("latency"))

    assert found["door"][1] > 0
    assert {"door", "fill", "total"} <= set(found)


@pytest.mark.parametrize(
    ("side", "price", "cost"), [("buy", "100.10", "10"), ("sell", "100.10", "-10"), ("sell", "99.95", "5")]
)
def test_slippage_when_it_filled_beside_the_price_then_it_is_told_in_basis_points(
    ask, store, clock, side, price, cost
):
    write(store, filled(clock(), price, order={"side": side}))
    answer = ask("slippage")

    assert (answer["n"], answer["median"], answer["p95"]) == (1, cost, cost)


def test_slippage_when_symbols_and_types_differ_then_each_has_its_own(ask, store, clock):
    write(store, filled(clock(), "101"), filled(clock(), "100", order={"type": "limit"}))
    other = {"symbol": "MSFT", "reference_price": "200"}
    write(store, filled(clock(), "201", signal=other, order={"symbol": "MSFT"}))
    answer = ask("slippage")

    assert [(row["symbol"], row["n"], row["p95"]) for row in answer["by_symbol"]] == [
        ("AAPL", 2, "100"),
        ("MSFT", 1, "50"),
    ]
    assert [(row["type"], row["n"]) for row in answer["by_type"]] == [("limit", 1), ("market", 2)]


@pytest.mark.parametrize(
    "changes",
    [
        {"signal": {"symbol": "AAPL"}},
        {"dialect": "option"},
        {"signal": {"symbol": "AAPL", "reference_price": "100", "structure": {"kind": "iron_condor"}}},
        {"order": {"role": "stop_loss"}},
        {"order": {"symbol": "MSFT"}},
        {"order": {"average_fill_price": None}},
        {"order": {"ticket": "another"}},
    ],
)
def test_slippage_when_nothing_compares_then_nothing_is_told(ask, store, clock, changes):
    write(store, filled(clock(), "110", **changes))

    assert ask("slippage")["n"] == 0


def test_refusals_when_alerts_were_refused_then_they_are_told_by_reason_and_day(ask, store, clock):
    days = [clock() - timedelta(days=1), clock(), clock()]
    for at, reason in zip(days, ["MARKET_CLOSED", "MARKET_CLOSED", "SYMBOL_NOT_ALLOWED"], strict=True):
        write(store, ticket(at, reason=reason))
    write(store, filled(clock()))
    answer = ask("refusals")

    assert [(row["reason"], row["count"]) for row in answer["by_reason"]] == [
        ("MARKET_CLOSED", 2),
        ("SYMBOL_NOT_ALLOWED", 1),
    ]
    assert [(row["alerts"], len(row["reasons"])) for row in answer["by_day"]] == [(1, 1), (3, 2)]
    assert (answer["alerts"], answer["refused"]) == (4, 3)


def test_funnel_when_real_alerts_enter_and_leave_then_it_narrows(client, configure, ask):
    client.post("/webhook", json=strategy_alert())
    client.post("/webhook", json=strategy_alert(**EXIT_LONG))
    configure(allowed_symbols=["AAPL"])
    client.post("/webhook", json=strategy_alert(symbol="MSFT"))
    answer = ask("refusals")

    assert answer["funnel"] == {"alerts": 3, "entered": 1, "filled": 1, "closed": 1}
    assert answer["by_reason"] == [{"reason": "SYMBOL_NOT_ALLOWED", "count": 1}]


def test_funnel_when_the_operator_closes_by_hand_then_that_is_no_alert(client, operator, ask):
    client.post("/webhook", json=strategy_alert())
    operator.delete("/api/positions/paper/AAPL")

    assert ask("refusals")["funnel"] == {"alerts": 1, "entered": 1, "filled": 1, "closed": 1}


def test_opinions_when_their_trades_are_over_then_they_are_compared_with_what_came(ask, store, clock, keep):
    for confidence, gain in (("0.8", "10"), ("0.85", "-10"), ("0.6", "10")):
        one = filled(clock(), opinion=said("buy", confidence))
        write(store, one)
        keep(gain, tickets=(one["id"],))
    write(store, ticket(clock(), status="skipped", reason="OPINION_SKIP", opinion=said("skip", "0.9")))
    write(store, ticket(clock(), reason="MARKET_CLOSED", opinion=said("buy", "0.95")))
    answer = ask("opinions")
    tenths = {row["lower"]: row for row in answer["reliability"]}

    assert (answer["opinions"], answer["known"]) == (5, 3)
    assert (tenths["0.8"]["opinions"], tenths["0.8"]["right"], tenths["0.8"]["rate"]) == (2, 1, "0.5")
    assert (tenths["0.9"]["opinions"], tenths["0.9"]["known"], tenths["0.9"]["rate"]) == (1, 0, None)
    # ((1 - 0.8)² + (0 - 0.85)² + (1 - 0.6)²) / 3
    assert answer["brier_score"] == "0.3075"
    assert answer["followed"] == {"opinions": 3, "known": 3, "average_gain": "0.003333"}
    assert (answer["skipped"]["opinions"], answer["denied"]["opinions"]) == (1, 1)


def test_statistics_when_the_clock_has_added_up_then_the_figures_are_the_same(ask, statistics, store, clock):
    for days in range(4):
        at = clock() - timedelta(days=days, minutes=days)
        write(
            store, filled(at, f"100.{days}", opinion=said("buy", "0.7")), ticket(at, reason="MARKET_CLOSED")
        )
    looks = ("latency", "slippage", "refusals", "opinions")
    before = [ask(look) for look in looks]
    for _ in range(2):
        statistics.run()

    assert statistics.sums.progress().is_complete
    assert [ask(look) for look in looks] == before
    assert before[2]["alerts"] == 8


def test_statistics_when_days_are_added_up_then_tickets_are_not_read_again(ask, statistics, store, clock):
    write(store, ticket(clock() - timedelta(days=2), reason="MARKET_CLOSED"), ticket(clock()))
    clock.move(minutes=10)
    statistics.run()
    for document in list(store.list("tickets/")):
        store.delete(document)

    assert ask("refusals")["alerts"] == 2


def test_statistics_when_an_order_fills_later_then_it_counts_once_and_as_it_came_out(
    ask, statistics, store, clock
):
    at = clock() - timedelta(days=1)
    waiting = filled(at, order={"filled_quantity": "0", "average_fill_price": None, "status": "new"})
    write(store, waiting | {"status": "ordered"})
    statistics.run()
    first = ask("refusals")["funnel"]
    (document,) = store.list("tickets/")
    store.replace(document, filled(at, "101") | {"id": waiting["id"]} | {"orders": _filled(waiting)})
    second = ask("refusals")["funnel"]
    statistics.run()
    statistics.run()

    assert (first["entered"], first["filled"]) == (1, 0)
    assert second == ask("refusals")["funnel"] == first | {"filled": 1}
    assert statistics.sums.progress().open_days == ()


def _filled(waiting: dict) -> list[dict]:
    done = {"status": "filled", "filled_quantity": "10", "average_fill_price": "101"}
    return [order | done for order in waiting["orders"]]


@pytest.mark.parametrize("hour", [12, 23])
def test_statistics_when_an_alert_is_written_long_after_later_ones_then_it_is_counted(
    ask, statistics, client, configure, clock, operator, hour
):
    # Perhaps on the next day: then nothing else was written on its own.
    clock.now = clock.now.replace(hour=hour, minute=56)
    configure(approval="always")
    waiting = client.post("/webhook", json=strategy_alert()).json["ticket"]
    configure(approval="off")
    clock.move(minutes=5)
    client.post("/webhook", json=strategy_alert(symbol="MSFT"))
    clock.move(minutes=5)
    statistics.run()
    before = ask("refusals")["alerts"]
    operator.post(f"/api/tickets/{waiting}/reject")
    after = ask("refusals")["alerts"]
    statistics.run()

    assert (before, after, ask("refusals")["alerts"]) == (1, 2, 2)
    assert statistics.sums.progress().open_days == ()


def test_statistics_when_a_ticket_is_unreadable_then_the_others_count(ask, store, clock):
    write(store, ticket(clock()) | {"timeline": "long"}, ticket(clock()))

    assert ask("refusals")["alerts"] == 1


def test_statistics_when_too_much_is_not_added_up_then_older_days_are_said_to_be_missing(
    ask, store, clock, monkeypatch
):
    monkeypatch.setattr(alert_sums, "MOST_READ", 2)
    for days in range(4):
        write(store, ticket(clock() - timedelta(days=days)))
    answer = ask("refusals")

    assert (answer["alerts"], answer["pending_days"]) == (2, 2)


@pytest.mark.parametrize(("query", "count"), [({"bot": "swing"}, 1), ({"broker": "alpaca"}, 1), ({}, 2)])
def test_statistics_when_somebodys_alone_are_asked_for_then_others_are_left_out(
    ask, store, clock, query, count
):
    write(store, ticket(clock()), filled(clock(), bot="swing", order={"broker": "alpaca"}))

    assert ask("refusals", **query)["alerts"] == count
