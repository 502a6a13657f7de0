import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.past_opinions import NOON as THEN
from tests.past_opinions import past_ticket, said, write

pytestmark = pytest.mark.integration

NOON = datetime(2026, 6, 2, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(clock):
    clock.now = NOON


@pytest.fixture
def send(client, clock):
    """Send a strategy alert a minute later."""

    def sent(action: str, contracts: int, price: float, symbol: str = "AAPL", long: str = "long"):
        clock.move(seconds=60)
        words = {
            "symbol": symbol,
            "strategy_order_id": long,
            "strategy_order_action": action,
            "strategy_order_contracts": contracts,
            "strategy_order_price": price,
        }
        answer = client.post("/webhook", json=words)
        assert answer.status_code == 200, answer.json
        return answer.json

    return sent


@pytest.fixture
def follow(operator):
    operator.patch("/api/bots/default", json={"use_strategy_contracts": True}, headers={"If-Match": "*"})


@pytest.fixture
def replay(run):
    return lambda *words: json.loads(run("replay", "--date", "2026-06-02", "--json", *words).stdout)


def test_replay_when_nothing_has_changed_then_every_ticket_comes_to_the_same(send, follow, replay, services):
    send("buy", 10, 100)
    send("sell", 10, 105)
    send("sell", 10, 106)
    before = [document.value for document in services.store.list("")]

    told = replay()

    assert (told["differences"], len(told["tickets"])) == (0, 3)
    assert told["tickets"][0]["now"] == {"status": "ordered", "reason": None, "orders": ["buy 10 AAPL"]}
    assert told["tickets"][2]["then"]["reason"] == "POSITION_NONE"
    assert [document.value for document in services.store.list("")] == before


def test_replay_when_a_limit_is_set_then_what_it_would_have_refused_is_shown_with_its_reason(
    send, follow, replay
):
    send("buy", 10, 100)
    send("buy", 10, 50, symbol="MSFT")

    told = replay("--set", "daily_order_cap=1")

    assert [each["differs"] for each in told["tickets"]] == [False, True]
    assert told["tickets"][1]["now"]["reason"] == "DAILY_ORDER_CAP"
    assert told["tickets"][1]["then"]["orders"] == ["buy 10 MSFT"]


def test_replay_when_something_was_held_before_the_day_then_its_exit_is_played_too(
    send, follow, replay, clock
):
    clock.now = NOON - timedelta(days=1)
    send("buy", 10, 100)
    send("buy", 7, 40, symbol="MSFT")
    clock.now = NOON
    send("sell", 10, 110)

    told = replay("--set", "daily_order_cap=0")

    assert (told["differences"], told["notes"]) == (0, [])
    assert told["tickets"][0]["now"]["orders"] == ["sell 10 AAPL"]


def test_replay_when_a_position_was_closed_by_hand_then_that_is_counted_and_no_refusal(
    send, follow, replay, operator, services
):
    send("buy", 10, 100)
    services.supervisor.tick(everything=True)
    closed = operator.delete("/api/positions/paper/AAPL", headers={"Idempotency-Key": "by-hand-1"})
    assert closed.status_code == 200, closed.json

    told = replay()

    assert [each["symbol"] for each in told["tickets"]] == ["AAPL"]
    assert told["notes"] == ["1 ticket was not played: made by hand, by the circuit breaker or by a test."]


class TestInRupees:
    """An account in rupees, in which a name without its exchange means a share in dollars."""

    @pytest.fixture
    def app(self, make_app):
        return make_app(paper_currency="INR")

    @pytest.mark.parametrize("symbol", ["NSE:SBIN", "SBIN"])
    def test_replay_when_something_was_held_before_the_day_then_it_is_opened_there_too(
        self, send, follow, replay, clock, symbol
    ):
        clock.now = NOON - timedelta(days=1)
        send("buy", 10, 800, symbol="NSE:SBIN")
        # Nobody sells these.
        send("buy", 5, 1500, symbol="NSE:INFY")
        clock.now = NOON
        send("sell", 10, 810, symbol=symbol)

        told = replay()

        assert (told["differences"], told["notes"]) == (0, [])
        assert told["tickets"][0]["now"]["orders"] == ["sell 10 SBIN"]

    def test_replay_when_contracts_are_picked_by_words_then_the_account_stays_in_rupees(self, client, replay):
        words = {"symbol": "INFY", "strikeprice": "ATM", "optionType": "CE", "expiry": "weekly"}
        client.post("/webhook", json=words | {"action": "SELL", "qty": 65})

        assert replay()["notes"] == []


def test_replay_when_an_opinion_was_given_then_it_is_repeated_and_nobody_is_asked(store, run):
    ticket = past_ticket(opinion=said("skip", "0.4", notional_usd="0"), status="skipped", orders=[])
    write(store, ticket)

    (one,) = json.loads(run("replay", "--date", f"{THEN:%Y-%m-%d}", "--json").stdout)["tickets"]

    assert (one["dialect"], one["now"]["status"], one["now"]["reason"]) == (
        "trade_idea",
        "skipped",
        "OPINION_SKIP",
    )


def test_replay_when_printed_for_people_then_only_differences_are_listed(send, follow, run):
    send("buy", 10, 100)
    send("buy", 10, 50, symbol="MSFT")

    printed = run("replay", "--date", "2026-06-02", "--set", "allowed_symbols=AAPL").stdout

    assert "2 tickets; 1 would come to something else." in printed
    assert "SYMBOL_NOT_ALLOWED" in printed


@pytest.mark.parametrize(
    ("words", "said_so"),
    [
        (("--date", "June"), "June is not a day"),
        (("--date", "1969-06-02"), "The day 1969-06-02 is not between 1970-01-02 and 2100."),
        (("--set", "x=1"), "x"),
    ],
)
def test_replay_when_something_is_wrong_then_one_sentence_says_what(app, words, said_so):
    result = app.test_cli_runner().invoke(args=["replay", "--date", "2026-06-02", *words])

    assert result.exit_code == 1
    assert said_so in result.output


def test_replay_when_all_is_priced_in_rupees_then_the_account_counts_in_them(client, replay):
    answer = client.post("/webhook", data="buy NSE:SBIN 10 limit 800")
    assert answer.json["error"]["code"] == "CURRENCY_UNSUPPORTED"

    told = replay()

    assert told["tickets"][0]["now"]["orders"] == ["buy 10 SBIN limit 800"]
    assert told["notes"] == ["All that is traded is priced in INR, so the account counts in it."]
    assert replay("--set", "paper_currency=USD")["differences"] == 0
