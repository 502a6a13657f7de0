"""Alerts that cancel or modify what works already, in the simulated market."""

import pytest

from app.repositories.inbox import Arrival, Inbox
from app.services.runtime.locks import ThreadLocks
from tests.builders import (
    ENTER_LONG,
    WEBHOOK_SECRET,
    bridge_alert,
    fresh_ticket_id,
    post_at_once,
    strategy_alert,
)
from tests.services.amendments.commands_told import CANCEL, MODIFY, name_of, told

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


class TestCancel:
    def test_cancel_when_the_order_is_named_then_it_is_taken_back(self, enter, command, orders, ticket_of):
        entry = enter()
        response = command(**CANCEL, order=name_of(entry))

        assert told(response) == (200, "canceled", None)
        assert (orders(), ticket_of(entry)["status"]) == ({}, "canceled")
        assert response.json["order"]["ticket"] == entry.json["ticket"]

    def test_cancel_when_the_alerts_key_is_named_then_its_order_is_meant(self, enter, command, orders):
        enter(idempotency_key="first")
        second = enter(idempotency_key="second")

        assert told(command(**CANCEL, order="first")) == (200, "canceled", None)
        assert set(orders()) == {name_of(second)}

    def test_cancel_when_the_alert_has_left_the_inbox_then_its_key_still_counts(
        self, enter, command, services, clock
    ):
        enter(idempotency_key="first")
        clock.move(minutes=10)
        services.supervisor.tick(everything=True)

        assert told(command(**CANCEL, order="first")) == (200, "canceled", None)

    def test_cancel_when_all_are_meant_then_those_of_the_symbol_go(self, enter, command, orders):
        enter()
        enter(strategy_order_price="99")
        other = enter(symbol="MSFT")
        response = command(**CANCEL, order="all", symbol="NASDAQ:AAPL")

        assert told(response) == (200, "canceled", None)
        assert (len(response.json["orders"]), set(orders())) == (2, {name_of(other)})

    def test_cancel_when_all_are_meant_then_stop_loss_and_take_profit_stay(self, protected, command, orders):
        response = command(**CANCEL, order="all", symbol="AAPL")

        assert told(response) == (200, "skipped", "ORDER_NONE")
        assert len(orders()) == 2

    def test_cancel_when_the_bridge_speaks_then_the_same(self, enter, client, orders):
        alert = {"secret": WEBHOOK_SECRET, "fund_id": "default", **CANCEL, "order": name_of(enter())}
        first, again = (client.post("/tradingview/webhook", json=alert) for _ in range(2))

        assert told(first) == (200, "canceled", None)
        assert (again.status_code, orders()) == (409, {})

    def test_cancel_when_it_is_sent_twice_then_the_first_answer_comes_again(self, enter, command):
        name = name_of(enter())
        first, again = (command(**CANCEL, order=name) for _ in range(2))

        assert first.json == again.json
        assert again.headers["Idempotent-Replay"] == "true"

    def test_cancel_when_many_come_at_once_then_one_cancels(self, enter, app):
        name = name_of(enter())
        alerts = [CANCEL | {"order": name, "idempotency_key": f"c{number}"} for number in range(4)]
        statuses = sorted(response.json["status"] for response in post_at_once(app, alerts))

        assert statuses == ["canceled", "skipped", "skipped", "skipped"]

    def test_cancel_when_the_order_has_filled_then_it_is_skipped_and_says_so(
        self, enter, command, price, holding
    ):
        entry = enter()
        price("99")
        response = command(**CANCEL, order=name_of(entry))

        assert told(response) == (200, "skipped", "ORDER_NONE")
        assert "was filled already" in response.json["error"]["message"]
        assert holding() == "10"

    @pytest.mark.parametrize("order", ["nobodys-key", "default-1-x", "all"])
    def test_cancel_when_nothing_works_then_skipped(self, command, order):
        assert told(command(**CANCEL, order=order, symbol="AAPL")) == (200, "skipped", "ORDER_NONE")

    def test_cancel_when_the_order_is_in_another_symbol_then_skipped(self, enter, command, orders):
        name = name_of(enter())

        assert told(command(**CANCEL, order=name, symbol="MSFT")) == (200, "skipped", "ORDER_NONE")
        assert set(orders()) == {name}

    def test_cancel_when_the_symbol_is_none_then_denied(self, command):
        assert told(command(**CANCEL, order="all", symbol="SPX")) == (400, "denied", "SYMBOL_INDEX")

    def test_cancel_when_it_is_written_down_then_the_ticket_tells_all(self, enter, command, ticket_of):
        name = name_of(enter())
        ticket = ticket_of(command(**CANCEL, order=name))

        assert ticket["signal"] == {"intent": "cancel", "order": name, "symbol": "AAPL"}
        assert {"gates checked", "orders found", "order cancelled"} <= {
            item["stage"] for item in ticket["timeline"]
        }
        assert ["global_trading_state", True] in [[gate["gate"], gate["passed"]] for gate in ticket["gates"]]


class TestTogether:
    @pytest.fixture
    def placing(self, enter, store, clock):
        """Leave an entry in the inbox, as while it is worked on."""
        inbox = Inbox(store, clock, ThreadLocks().owner, ttl_seconds=300)
        terms = strategy_alert(**ENTER_LONG, idempotency_key="first")
        return lambda: inbox.claim(
            Arrival(fresh_ticket_id(clock()), "default", "strategy", "first", terms, clock())
        )

    def test_cancel_when_its_order_is_just_being_placed_then_it_comes_after_it(
        self, placing, command, services, clock, operator
    ):
        placing()
        clock.move(seconds=1)
        response = command(**CANCEL, order="first")
        clock.move(seconds=6)
        services.supervisor.tick(everything=True)
        ticket = operator.get(f"/api/tickets/{response.json['ticket']}").json

        assert told(response) == (202, "received", None)
        assert (ticket["status"], len(ticket["orders"])) == ("canceled", 1)


class TestWhose:
    @pytest.fixture
    def strangers(self, operator, anonymous):
        """Post as another bot."""
        secret = operator.post("/api/bots", json={"id": "default-2"}).json["secret"]
        return lambda **terms: anonymous.post("/webhook", json=terms | {"secret": secret})

    @pytest.mark.parametrize("terms", [CANCEL, MODIFY | {"limit_price": "99"}], ids=["cancel", "modify"])
    @pytest.mark.parametrize("by_key", [True, False])
    def test_command_when_the_order_is_another_bots_then_nothing_is_told(
        self, enter, strangers, orders, terms, by_key
    ):
        name = name_of(enter(idempotency_key="first"))
        response = strangers(**terms, order="first" if by_key else name)
        nothing = strangers(**terms, order="no-such-key")

        assert told(response) == told(nothing) == (200, "skipped", "ORDER_NONE")
        assert response.json["error"] == nothing.json["error"]
        assert orders()[name]["limit_price"] == "100"

    def test_cancel_when_all_are_meant_then_another_bots_stay(self, enter, strangers, orders):
        name = name_of(enter())

        assert told(strangers(**CANCEL, order="all", symbol="AAPL")) == (200, "skipped", "ORDER_NONE")
        assert set(orders()) == {name}

    @pytest.mark.parametrize("terms", [CANCEL, MODIFY | {"stop_price": "90"}], ids=["cancel", "modify"])
    def test_command_when_the_order_protects_then_denied(self, protected, command, orders, terms):
        for name in orders():
            assert told(command(**terms, order=name)) == (400, "denied", "ORDER_PROTECTIVE")
        assert len(orders()) == 2

    @pytest.mark.parametrize("terms", [CANCEL, MODIFY | {"quantity": "90"}], ids=["cancel", "modify"])
    def test_command_when_it_names_a_pair_of_exits_then_denied(self, protected, post, command, orders, terms):
        post(**ENTER_LONG)
        legs = orders()
        pairs = {name[:-3] for name in legs}

        for name in pairs:
            assert told(command(**terms, order=name)) == (400, "denied", "ORDER_PROTECTIVE")
        assert orders().keys() == legs.keys() != set()

    def test_command_when_another_bots_order_protects_then_nothing_is_told(
        self, protected, strangers, orders
    ):
        name = next(iter(orders()))

        assert told(strangers(**CANCEL, order=name)) == (200, "skipped", "ORDER_NONE")


class TestModify:
    def test_modify_when_the_limit_moves_then_order_and_ticket_show_it(
        self, enter, command, orders, ticket_of
    ):
        entry = enter()
        response = command(**MODIFY, order=name_of(entry), limit_price="98")

        assert told(response) == (200, "ordered", None)
        assert (response.json["order"]["limit_price"], response.json["order"]["quantity"]) == ("98", "10")
        assert orders()[name_of(entry)]["limit_price"] == "98"
        assert ticket_of(entry)["orders"] == [response.json["order"]]

    def test_modify_when_the_quantity_changes_then_that_much_fills(self, enter, command, price, holding):
        enter(idempotency_key="first")
        command(**MODIFY, order="first", quantity=4)
        price("99")

        assert holding() == "4"

    def test_modify_when_the_market_takes_it_at_once_then_it_is_filled(
        self, enter, command, holding, ticket_of
    ):
        entry = enter()
        response = command(**MODIFY, order=name_of(entry), limit_price="106")

        assert told(response) == (200, "filled", None)
        assert (ticket_of(entry)["status"], holding()) == ("filled", "10")

    def test_modify_when_it_has_the_values_already_then_nothing_is_sent(self, enter, command, ticket_of):
        response = command(**MODIFY, order=name_of(enter()), limit_price="100.00")

        assert told(response) == (200, "ordered", None)
        assert "order changed" not in {item["stage"] for item in ticket_of(response)["timeline"]}

    def test_modify_when_the_broker_refuses_then_its_words_are_told(self, enter, command, orders):
        name = name_of(enter())
        response = command(**MODIFY, order=name, stop_price="90")

        assert told(response) == (422, "rejected", "BROKER_REJECTED")
        assert response.json["error"]["message"].endswith("The order has no stop_price to change.")
        assert orders()[name]["limit_price"] == "100"

    def test_orders_when_listed_then_a_changed_one_stands_there_once(self, enter, command, operator):
        name = name_of(enter())
        command(**MODIFY, order=name, limit_price="98")
        command(**CANCEL, order=name)
        listed = operator.get("/api/orders?fresh=true&status=all").json["orders"]

        assert [(order["client_order_id"], order["status"]) for order in listed] == [(name, "canceled")]

    def test_modify_when_two_orders_of_an_alert_wait_then_one_must_be_named(
        self, long_ten, client, command, configure, orders
    ):
        terms = {"symbol": "AAPL", "side": "sell", "quantity": "15", "limit_price": "120"}
        client.post("/tradingview/webhook", json=bridge_alert(**terms, idempotency_key="reversal"))

        assert len(orders()) == 2
        assert told(command(**MODIFY, order="reversal", limit_price="119")) == (
            400,
            "denied",
            "ORDER_AMBIGUOUS",
        )
        assert told(command(**CANCEL, order="reversal")) == (200, "canceled", None)
        assert orders() == {}
