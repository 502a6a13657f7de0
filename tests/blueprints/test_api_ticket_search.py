"""/api/tickets by what a person looks for."""

from datetime import timedelta

import pytest

from app.domain.ticket_terms import symbols_of
from app.domain.ticket_views import ROW_FIELDS
from app.storage import terms
from tests.builders import EXIT_LONG, bridge_alert, strategy_alert

pytestmark = pytest.mark.unit

NAMES = ("apple", "skipped", "denied", "coin")


@pytest.fixture(params=["memory", "file"])
def store(request):
    from app.storage.memory import MemoryStore

    return MemoryStore() if request.param == "memory" else request.getfixturevalue("file_store")


@pytest.fixture
def made(client, operator):
    """Four tickets by name: filled, skipped, denied for its symbol, and an order for a coin that rests."""
    operator.put("/api/paper/prices", json={"BTC-USD": "96000"})
    alerts = [
        strategy_alert(),
        strategy_alert(symbol="MSFT", strategy_order_comment="Grüße aus dem Plan", **EXIT_LONG),
        strategy_alert(symbol="TVC:SPX"),
    ]
    answers = [client.post("/webhook", json=alert) for alert in alerts]
    answers.append(client.post("/tradingview/webhook", json=bridge_alert()))
    return {answer.json["ticket"]: name for name, answer in zip(NAMES, answers, strict=True)}


@pytest.fixture
def found(operator, made):
    """The names of the tickets that a query finds, in the order of their names."""

    def ask(**query) -> list[str]:
        answer = operator.get("/api/tickets", query_string=query)
        assert answer.status_code == 200, answer.json
        return sorted(made[ticket["id"]] for ticket in answer.json["tickets"])

    return ask


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"reason": "SYMBOL_INDEX"}, ["denied"]),
        ({"symbol": "aapl"}, ["apple"]),
        ({"symbol": "BTCUSD"}, ["coin"]),
        ({"symbol": "BTC-USD", "dialect": "bridge"}, ["coin"]),
        ({"symbol": "BTC-USD", "dialect": "strategy"}, []),
        ({"dialect": "strategy", "status": "filled"}, ["apple"]),
        ({"reason": "SYMBOL_INDEX", "bot": "default", "status": "denied"}, ["denied"]),
        ({"reason": "SYMBOL_INDEX", "bot": "other"}, []),
    ],
)
def test_list_when_it_is_narrowed_then_only_those_that_are_all_of_it(found, query, names):
    assert found(**query) == names


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("AAPL", ["apple"]),
        ("btcusd", ["coin"]),
        ("btc ordered", ["coin"]),
        ("eth", []),
        ("bridge", ["coin"]),
        ("SYMBOL_INDEX", ["denied"]),
        ("an index", ["denied"]),
        ("nothing to exit", ["skipped"]),
        ("fill", ["apple"]),
        ("MSFT skipped", ["skipped"]),
        ("MSFT filled", []),
        ("aus dem plan", ["skipped"]),
        ("no such words", []),
    ],
)
def test_list_when_words_are_looked_for_then_what_they_mean_is_found(found, words, names):
    assert found(q=words) == names


@pytest.mark.parametrize(
    "words", ["no such words", "a e i o u", " ".join("etaoinsrhl" * 10), " ".join(["AAPL"] * 40)]
)
def test_list_when_every_word_may_mean_much_then_the_store_is_asked_little_all_the_same(
    operator, made, store, monkeypatch, words
):
    asked, page = [], store.page
    monkeypatch.setattr(store, "page", lambda *args, **more: asked.append(args) or page(*args, **more))
    assert operator.get("/api/tickets", query_string={"q": words}).status_code == 200

    # By the index, and of the newest ones for a text.
    assert 1 <= len(asked) <= 2


def test_list_when_a_coin_is_typed_then_its_pairs_are_found_beside_what_was_refused_by_that_name(
    client, operator, made
):
    refused = client.post("/webhook", json=strategy_alert(symbol="BTC")).json["ticket"]
    halted = client.post("/webhook", json=strategy_alert(symbol="BTCUSDT", bot="default")).json["ticket"]
    tickets = operator.get("/api/tickets", query_string={"q": "btc"}).json["tickets"]

    coin = next(ticket for ticket, name in made.items() if name == "coin")
    assert {ticket["id"] for ticket in tickets} == {refused, halted, coin}


def test_list_when_a_bots_name_is_typed_in_part_then_its_tickets_are_found(found):
    assert len(found(q="defau")) == 4


def test_list_when_an_id_is_typed_then_that_ticket_alone(operator, made, found):
    ticket = next(iter(made))
    order = operator.get(f"/api/tickets/{ticket}").json["orders"][0]

    assert found(q=ticket) == found(q=order["client_order_id"]) == ["apple"]
    assert found(q=ticket, status="denied") == []
    assert found(q=order["broker_order_id"]) == ["apple"]


def test_list_when_it_has_a_beginning_and_an_end_then_what_arrived_between(
    client, operator, clock, tickets_at
):
    first, second, third = tickets_at

    def between(**query) -> int:
        return len(operator.get("/api/tickets", query_string=query).json["tickets"])

    assert between(**{"from": second.isoformat()}) == 2
    assert between(to=second.isoformat()) == 1
    assert between(**{"from": first.isoformat(), "to": third.isoformat()}) == 2
    assert between(**{"from": third.date().isoformat(), "to": third.date().isoformat()}) == 1
    assert between(**{"from": "1999-01-01", "to": "9999-12-31"}) == 3


@pytest.fixture
def tickets_at(client, clock):
    """When three alerts came, a day between each."""
    moments = []
    for _ in range(3):
        clock.move(days=1)
        moments.append(clock.now)
        client.post("/webhook", json=strategy_alert())
    return moments


def test_symbols_when_a_contract_was_traded_then_its_underlying_is_among_them():
    contract = "AAPL300118C00100000"

    assert list(symbols_of({"orders": [{"symbol": contract}], "signal": {"symbol": "AAPL"}})) == [
        contract,
        "AAPL",
    ]


def test_list_when_from_lies_after_to_then_it_is_refused(operator):
    assert operator.get("/api/tickets?from=2026-02-01&to=2026-01-01").status_code == 409


@pytest.mark.parametrize("query", ["from=yesterday", "reason=NONE", "view=light", f"q={'x' * 201}"])
def test_list_when_a_query_cannot_be_read_then_400(operator, query):
    assert operator.get(f"/api/tickets?{query}").status_code == 400


def test_list_when_what_is_found_by_several_ways_is_paged_then_nothing_is_skipped_or_twice(operator, made):
    seen, after = [], {}
    while True:
        page = operator.get("/api/tickets", query_string={"q": "l", "limit": 1, **after}).json
        seen += [ticket["id"] for ticket in page["tickets"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert len(seen) == len(set(seen)) == 4
    assert seen == sorted(seen, reverse=True)


def test_list_when_words_have_many_tickets_each_then_the_next_page_goes_on(
    client, operator, made, monkeypatch
):
    monkeypatch.setattr(terms, "MOST_ENTRIES", 1)
    # A later ticket of the symbol that was not filled, and later ones that were, of another symbol.
    for number, changes in enumerate(({"strategy_order_action": "sell"}, *[{"symbol": "MSFT"}] * 3)):
        client.post("/webhook", json=strategy_alert(strategy_order_comment=f"no. {number}", **changes))
    seen, query = [], {"q": "AAPL filled"}
    while (page := operator.get("/api/tickets", query_string=query).json)["next"] is not None:
        seen += [ticket["id"] for ticket in page["tickets"]]
        query["after"] = page["next"]
    seen += [ticket["id"] for ticket in page["tickets"]]

    first = next(ticket for ticket, name in made.items() if name == "apple")
    assert seen.count(first) == 1
    assert len(seen) == len(set(seen))


def test_rows_when_they_are_asked_for_then_each_is_what_a_list_shows(operator, made):
    rows = operator.get("/api/tickets?view=rows").json["tickets"]
    apple = next(row for row in rows if made[row["id"]] == "apple")

    assert all(tuple(row) == ROW_FIELDS for row in rows)
    assert (apple["symbol"], apple["side"], apple["filled_quantity"]) == ("AAPL", "buy", "20")


def test_ticket_when_it_waits_for_a_person_then_it_says_until_when(client, operator, configure, clock):
    configure(approval="always")
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")
    until = (clock.now + timedelta(seconds=900)).isoformat().replace("+00:00", "Z")
    rows = [
        operator.get("/api/tickets?view=rows").json["tickets"][0],
        operator.get(f"/api/tickets/{ticket}").json,
    ]

    assert [row["expires_at"] for row in rows] == [until, until]
    assert all("AAPL" in row["question"] for row in rows)


def test_ticket_when_it_was_decided_then_it_waits_no_more(client, operator, configure):
    configure(approval="always")
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")
    operator.post(f"/api/tickets/{ticket}/reject")

    assert operator.get(f"/api/tickets/{ticket}").json["expires_at"] is None
