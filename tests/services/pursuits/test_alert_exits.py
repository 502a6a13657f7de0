"""An exit that Alpaca cannot take at once goes on until it is done: every way out, in every trouble."""

import pytest

from app.repositories.inbox import Arrival, Inbox
from app.services.runtime.locks import MachineLocks
from app.wiring.policies import lock_folder
from tests.builders import ENTER_LONG, EXIT_LONG, bridge_alert, fresh_ticket_id, strategy_alert

pytestmark = pytest.mark.integration

READ = {"kind": "status", "status": 503, "methods": ("GET",)}
TROUBLES = {
    "slow cancel": {"kind": "late_cancel", "seconds": 4},
    "503 on positions": READ | {"path": "/v2/positions"},
    "429 on the order": {"kind": "rate_limit", "methods": ("POST",), "path": "/v2/orders"},
    "answer lost": {"kind": "reset", "methods": ("POST",), "path": "/v2/orders", "times": 1, "when": "after"},
    "account down": READ | {"path": "/v2/account"},
    "logged out": {"kind": "status", "status": 401},
}
TRIM = {
    **EXIT_LONG,
    "market_position": "long",
    "market_position_size": "4",
    "prev_market_position": "long",
    "prev_market_position_size": "10",
}
TURN = {
    "strategy_order_action": "sell",
    "strategy_order_id": "turn",
    "strategy_order_contracts": "15",
    "market_position": "short",
    "market_position_size": "5",
    "prev_market_position": "long",
    "prev_market_position_size": "10",
}
WAYS = {"exit": (EXIT_LONG, 0), "trim": (TRIM, 4)}
WAYS_AND_BACK = WAYS | {"reversal": (TURN, -5)}


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_exit_when_the_broker_is_in_trouble_then_it_is_done_exactly_once(
    post, fake, pass_time, outcome, notices, way, trouble
):
    alert, left = WAYS[way]
    fake.inject(**TROUBLES[trouble])
    answer = post(**alert)
    pass_time(10)
    fake.faults.clear()
    pass_time(35)

    assert answer.status_code in {200, 202}
    assert outcome(answer) == (left, 10 - left, "filled")
    assert notices() == []


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("way", WAYS_AND_BACK)
def test_exit_when_connections_are_refused_then_it_is_done_once_they_are_taken(
    post, fake, pass_time, outcome, way
):
    alert, left = WAYS_AND_BACK[way]
    pass_time(1)
    fake.go_away()
    answer = post(**alert)
    pass_time(20)
    fake.come_back()
    pass_time(35)

    assert (answer.status_code, answer.json["status"]) == (202, "pursuing")
    assert outcome(answer) == (left, 10 - left, "filled")


@pytest.mark.parametrize("quantity", ["10", "15"])
def test_exit_when_its_entry_is_not_in_the_books_yet_then_it_goes_on_all_the_same(
    client, post, configure, fake, pass_time, outcome, quantity
):
    configure(use_strategy_contracts=True)
    fake.inject("late_fill", seconds=1)
    assert post(**ENTER_LONG).json["status"] == "ordered"
    fake.go_away()
    sold = {"symbol": "AAPL", "side": "sell", "quantity": quantity, "order_type": "market"}
    answer = client.post("/tradingview/webhook", json=bridge_alert(**sold, limit_price=None))
    pass_time(5)
    fake.come_back()
    pass_time(35)

    assert (answer.status_code, answer.json["status"]) == (202, "pursuing")
    assert outcome(answer)[:2] == (0, 10)


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("is_gone", [False, True])
def test_exit_when_one_answer_shows_no_position_then_it_goes_on_until_a_second_says_so(
    leave, fake, pass_time, held, ticket_of, is_gone
):
    fake.inject(**TROUBLES["503 on positions"], times=4)
    answer = leave()
    holdings = fake.exchange.account.holdings
    kept = dict(holdings)
    holdings.clear()
    pass_time(5)
    between = ticket_of(answer)["status"]
    holdings.update({} if is_gone else kept)
    pass_time(40)

    assert (answer.json["status"], between) == ("pursuing", "pursuing")
    assert (held(), ticket_of(answer)["status"]) == (0, "skipped" if is_gone else "filled")


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("way", WAYS_AND_BACK)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_exit_when_the_process_dies_meanwhile_then_the_next_one_goes_on(
    post, fake, pass_time, another, outcome, way, trouble
):
    alert, left = WAYS_AND_BACK[way]
    pass_time(1)
    fake.inject(**TROUBLES[trouble])
    answer = post(**alert)
    pass_time(2)
    fake.faults.clear()
    pass_time(35, on=another())

    if (way, trouble) == ("reversal", "account down"):
        # The exit needs no account; its entry does, and its moment is over.
        left = 0
    assert outcome(answer) == (left, 10 - left, "filled")


@pytest.mark.usefixtures("held_ten")
def test_exit_when_it_never_succeeds_then_it_is_given_up_and_told(
    leave, fake, pass_time, held, notices, ticket_of, operator
):
    fake.inject(**TROUBLES["503 on positions"])
    answer = leave()
    pass_time(1)
    shown = operator.get("/status").json["pursuits"]
    pass_time(65)
    ticket = ticket_of(answer)

    assert [(row["symbol"], row["bot"], row["attempts"]) for row in shown] == [("AAPL", "default", 2)]
    assert (ticket["status"], ticket["reason"], held()) == ("failed", "EXIT_GIVEN_UP", 10)
    assert [title for title, _ in notices()] == ["An exit did not happen"]
    assert operator.get("/status").json["pursuits"] == []


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_reversal_when_the_broker_is_in_trouble_then_its_entry_follows_its_exit_once(
    post, fake, pass_time, outcome, trouble
):
    pass_time(1)
    fake.inject(**TROUBLES[trouble])
    answer = post(**TURN)
    pass_time(10)
    fake.faults.clear()
    pass_time(35)

    expected = (0, 10) if trouble == "account down" else (-5, 15)
    assert outcome(answer)[:2] == expected


@pytest.mark.usefixtures("held_ten")
def test_reversal_when_the_market_is_closed_then_its_entry_waits_for_it_to_open(
    post, fake, pass_time, outcome, operator, configure, ticket_of
):
    pass_time(1)
    fake.clock.close()
    answer = post(**TURN)
    pass_time(70)
    between, shown = outcome(answer), operator.get("/status").json["pursuits"]
    fake.clock.open()
    pass_time(35)

    assert (answer.status_code, between) == (202, (10, 0, "pursuing"))
    assert [row["last"][:40] for row in shown] == ["The exit of a reversal has not filled ye"]
    assert outcome(answer)[:2] == (-5, 15)


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_close_when_the_operator_wants_it_in_trouble_then_it_is_done_exactly_once(
    operator, fake, pass_time, held, trouble
):
    pass_time(1)
    fake.inject(**TROUBLES[trouble])
    answer = operator.delete("/api/positions/alpaca/AAPL")
    pass_time(10)
    fake.faults.clear()
    pass_time(35)
    ticket = operator.get(f"/api/tickets/{answer.json['id']}").json

    assert answer.status_code in {200, 202}
    assert (held(), ticket["status"]) == (0, "filled")


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("is_gone", [False, True])
@pytest.mark.parametrize(("alert", "left"), [(EXIT_LONG, 0), (TRIM, 4), (TURN, -5)])
def test_exit_when_its_own_look_finds_nothing_then_a_second_look_must_say_the_same(
    post, fake, pass_time, outcome, alert, left, is_gone
):
    pass_time(1)
    holdings = fake.exchange.account.holdings
    kept = dict(holdings)
    holdings.clear()
    answer = post(**alert)
    holdings.update({} if is_gone else kept)
    pass_time(35)

    assert (answer.status_code, answer.json["status"]) == (202, "pursuing")
    expected = (min(left, 0), 0 if left >= 0 else 5) if is_gone else (left, 10 - left)
    assert outcome(answer)[:2] == expected


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_close_when_the_process_dies_meanwhile_then_the_next_one_goes_on(
    operator, fake, pass_time, another, held, trouble
):
    pass_time(1)
    fake.inject(**TROUBLES[trouble])
    answer = operator.delete("/api/positions/alpaca/AAPL")
    pass_time(2)
    fake.faults.clear()
    pass_time(35, on=another())
    ticket = operator.get(f"/api/tickets/{answer.json['id']}").json

    assert answer.status_code in {200, 202}
    assert (held(), ticket["status"]) == (0, "filled")


@pytest.mark.usefixtures("held_ten")
def test_close_when_connections_are_refused_then_it_is_done_once_they_are_taken(
    operator, fake, pass_time, held
):
    pass_time(1)
    fake.go_away()
    answer = operator.delete("/api/positions/alpaca/AAPL")
    pass_time(20)
    fake.come_back()
    pass_time(35)
    ticket = operator.get(f"/api/tickets/{answer.json['id']}").json

    assert (answer.status_code, answer.json["status"]) == (202, "pursuing")
    assert (held(), ticket["status"]) == (0, "filled")


@pytest.mark.usefixtures("held_ten")
def test_close_when_one_answer_shows_no_position_then_it_goes_on_until_a_second_says_so(
    operator, fake, pass_time, held
):
    pass_time(1)
    fake.inject(**TROUBLES["503 on positions"], times=6)
    answer = operator.delete("/api/positions/alpaca/AAPL")
    fake.faults.clear()
    holdings = fake.exchange.account.holdings
    kept = dict(holdings)
    holdings.clear()
    pass_time(5)
    holdings.update(kept)
    pass_time(40)
    ticket = operator.get(f"/api/tickets/{answer.json['id']}").json

    assert answer.json["status"] == "pursuing"
    assert (held(), ticket["status"]) == (0, "filled")


class TestInterrupted:
    """Of a bot with a cap an alert is in the hands of another process, which lives and does nothing."""

    @pytest.fixture
    def app(self, another):
        return another(web_concurrency=2)

    @pytest.fixture
    def interrupted(self, store, clock, settings, configure, app):
        configure(daily_order_cap=5)
        neighbour = MachineLocks(lock_folder(settings))
        alert, ticket = strategy_alert(symbol="MSFT", **ENTER_LONG), fresh_ticket_id(clock())
        arrival = Arrival(ticket, "default", "strategy", str(ticket), alert, clock(), instrument="MSFT")
        entry = Inbox(store, clock, neighbour.owner, ttl_seconds=300).claim(arrival)
        document = store.get(entry.key)
        store.replace(document, document.value | {"attempts": 2})
        clock.move(seconds=1)
        yield neighbour
        neighbour.close()

    @pytest.mark.usefixtures("held_ten", "interrupted")
    @pytest.mark.parametrize("trouble", [None, "503 on positions"])
    def test_exit_when_an_alert_of_its_bot_was_interrupted_then_it_does_not_wait_for_what_counts(
        self, leave, fake, pass_time, outcome, trouble
    ):
        if trouble is not None:
            fake.inject(**TROUBLES[trouble])
        answer = leave()
        fake.faults.clear()
        pass_time(5)

        assert outcome(answer) == (0, 10, "filled")

    @pytest.mark.usefixtures("held_ten")
    def test_reversal_when_an_alert_of_its_bot_was_interrupted_then_its_entry_waits_until_that_is_counted(
        self, post, fake, pass_time, outcome, interrupted
    ):
        fake.inject(**TROUBLES["503 on positions"])
        answer = post(**TURN)
        fake.faults.clear()
        pass_time(10)
        between = outcome(answer)
        interrupted.close()
        pass_time(20)

        assert between == (0, 10, "pursuing")
        assert outcome(answer)[:2] == (-5, 15)
