from datetime import timedelta
from decimal import Decimal

import pytest

from app.repositories import closed_trades
from app.repositories.trade_numbers import KEY
from app.services.portfolio import trade_history
from app.storage.base import Create, Delete, Replace
from tests.builders import EXIT_LONG, services_of, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def trade(client, operator):
    """Send a strategy alert and return the trades that are known then."""

    def traded(**changes) -> list[dict]:
        answer = client.post("/webhook", json=strategy_alert(**changes))
        assert answer.status_code == 200, answer.json
        return operator.get("/api/trades").json["trades"]

    return traded


def test_trade_when_it_is_opened_then_it_is_open_with_its_ticket(trade, operator):
    (opened,) = trade(strategy_order_contracts="10", strategy_order_price="100")

    assert (opened["state"], opened["units"], opened["entry_net"]) == ("open", "20", "100")
    assert opened["tickets"] == [operator.get("/api/tickets").json["tickets"][0]["id"]]
    assert opened["closed_at"] is None


def test_trade_when_it_goes_flat_then_it_is_kept_with_its_gain_and_both_tickets(make_app, operator, trade):
    trade(strategy_order_price="100")
    (closed,) = trade(**EXIT_LONG, strategy_order_price="110")

    assert (closed["state"], closed["entry_net"], closed["exit_net"]) == ("closed", "100", "-110")
    assert Decimal(closed["profit_loss"]) == 200 - Decimal(closed["fees"])
    assert len(closed["tickets"]) == 2


def test_trade_when_it_goes_flat_then_its_number_stays_and_leads_to_it(trade, operator):
    (opened,) = trade()
    (closed,) = trade(**EXIT_LONG)

    assert (closed["number"], closed["id"]) == (opened["number"], opened["id"])
    assert operator.get(f"/api/trades/{opened['number']}").json == closed


@pytest.mark.parametrize("changes", [{}, EXIT_LONG])
def test_trade_when_the_clock_has_seen_the_account_then_it_has_its_currency(
    trade, operator, services, changes
):
    trade()
    (unseen,) = trade(**changes) if changes else operator.get("/api/trades").json["trades"]
    services.portfolio.snapshots.read(fresh=True)
    (seen,) = operator.get("/api/trades").json["trades"]

    assert (unseen["currency"], seen["currency"]) == (None, "USD")
    assert operator.get(f"/api/trades/{seen['number']}").json["currency"] == "USD"


def test_trade_when_no_number_can_be_had_then_it_is_counted_and_numbered_later(trade, store):
    wrong = store.create(KEY, {"next": "many"})
    (opened,) = trade()
    for symbol in ("MSFT", "TSLA"):
        trade(symbol=symbol)
        trade(**EXIT_LONG, symbol=symbol)
    store.delete(wrong)
    (closed,) = [item for item in trade(**EXIT_LONG) if item["symbol"] == "AAPL"]

    assert (opened["state"], opened["number"], closed["number"]) == ("open", 0, 1)
    assert len(trade()) == 4


def test_trades_when_several_then_open_ones_stand_first_and_numbers_differ(trade):
    trade()
    trade(**EXIT_LONG)
    trade(symbol="MSFT")
    found = trade(symbol="TSLA")

    assert [(item["symbol"], item["state"]) for item in found] == [
        *(("TSLA", "open"), ("MSFT", "open"), ("AAPL", "closed"))
    ]
    assert len({item["number"] for item in found}) == 3


def test_trades_when_asked_page_by_page_then_each_comes_once(trade, operator):
    for symbol in ("AAPL", "MSFT", "TSLA"):
        trade(symbol=symbol)
        trade(**EXIT_LONG, symbol=symbol)
    first = operator.get("/api/trades?limit=2").json
    rest = operator.get(f"/api/trades?limit=2&after={first['next']}").json

    assert [item["symbol"] for item in first["trades"] + rest["trades"]] == ["TSLA", "MSFT", "AAPL"]
    assert rest["next"] is None


def test_trades_when_they_are_many_then_each_page_reads_little_and_each_comes_once(
    trade, operator, store, clock, monkeypatch
):
    monkeypatch.setattr(closed_trades, "FIRST_READ", 2)
    symbols = [f"S{chr(ord('A') + number)}" for number in range(6)]
    for symbol in symbols:
        trade(symbol=symbol)
        trade(**EXIT_LONG, symbol=symbol)
        clock.move(hours=9)
    asked, read = [], store.page
    monkeypatch.setattr(store, "page", lambda *args, **more: asked.append(args) or read(*args, **more))
    seen, after = [], ""
    while after is not None:
        page = operator.get(f"/api/trades?state=closed&limit=1{after}").json
        seen += [item["symbol"] for item in page["trades"]]
        after = page["next"] and f"&after={page['next']}"

    assert seen == symbols[::-1]
    # Each begins at the day of the one before it, not at the newest.
    assert len(asked) <= 3 * len(symbols)


def test_trades_when_a_bot_has_few_among_many_then_a_page_is_short_and_the_next_goes_on(
    client, operator, trade, monkeypatch
):
    monkeypatch.setattr(trade_history, "MOST_LOOKED_AT", 2)
    made = operator.post("/api/bots", json={"id": "rare", "name": "Rare"}).json
    alert = {"token": made["secret"], "bot": "rare"}
    trade(**alert)
    trade(**alert, **EXIT_LONG)
    for symbol in ("MSFT", "TSLA", "NVDA"):
        trade(symbol=symbol)
        trade(**EXIT_LONG, symbol=symbol)
    first = operator.get("/api/trades?bot=rare").json
    second = operator.get(f"/api/trades?bot=rare&after={first['next']}").json

    assert first["trades"] == []
    assert [(item["bot"], item["symbol"]) for item in second["trades"]] == [("rare", "AAPL")]
    assert second["next"] is None


def test_trades_when_one_is_kept_under_another_day_than_its_own_then_those_behind_it_come(
    trade, operator, store, clock
):
    for symbol in ("AAPL", "MSFT"):
        trade(symbol=symbol)
        trade(**EXIT_LONG, symbol=symbol)
        clock.move(hours=1)
    # As a crash may leave it between the number, which says where a trade is kept, and the trade.
    last = next(item for item in store.list("closed_trades/") if item.value["symbol"] == "MSFT")
    number = store.get(f"trade_numbers/{last.value['number']}")
    key = last.key.replace(last.key.split("/")[1], f"{clock().date() + timedelta(days=3)}")
    store.apply([Create(key, last.value), Delete(last), Replace(number, {"key": key})])
    first = operator.get("/api/trades?limit=1").json
    second = operator.get(f"/api/trades?limit=1&after={first['next']}").json

    assert [item["symbol"] for item in first["trades"] + second["trades"]] == ["MSFT", "AAPL"]


@pytest.mark.parametrize("state", ["all", "closed"])
def test_trades_when_the_number_to_go_on_behind_is_nobodys_then_404_and_a_sentence(trade, operator, state):
    trade()
    response = operator.get(f"/api/trades?after=999&state={state}")

    assert response.status_code == 404
    assert response.json["error"]["message"] == "There is no trade 999 to go on behind; leave out `after`."


def test_trades_when_the_one_to_go_on_behind_has_closed_meanwhile_then_those_behind_it_come(trade, operator):
    trade()
    number = operator.get("/api/trades").json["trades"][0]["number"]
    trade(**EXIT_LONG)

    assert operator.get(f"/api/trades?after={number}&state=open").json == {"trades": [], "next": None}


@pytest.mark.parametrize(("query", "symbols"), [("state=open", ["MSFT"]), ("state=closed", ["AAPL"])])
def test_trades_when_asked_for_a_state_then_only_those(trade, operator, query, symbols):
    trade()
    trade(**EXIT_LONG)
    trade(symbol="MSFT")

    assert [item["symbol"] for item in operator.get(f"/api/trades?{query}").json["trades"]] == symbols


def test_trades_when_asked_for_a_bot_then_only_its_own(trade, operator):
    trade()

    assert operator.get("/api/trades?bot=other").json["trades"] == []
    assert len(operator.get("/api/trades?bot=default").json["trades"]) == 1


def test_trade_when_the_operator_closes_it_then_the_gain_is_known(trade, operator):
    trade(strategy_order_price="100")
    operator.put("/api/paper/prices", json={"AAPL": "90"})
    operator.delete("/api/positions/paper/AAPL")
    (closed,) = operator.get("/api/trades").json["trades"]

    assert (closed["exit_net"], Decimal(closed["profit_loss"])) == ("-90", -200)
    assert len(closed["tickets"]) == 2


def test_trade_when_the_position_was_closed_elsewhere_then_there_is_no_gain(trade, operator, app):
    trade()
    services = services_of(app)
    services.store.apply(services.portfolio.tracker._trades.forgetting("paper", "AAPL"))
    (closed,) = operator.get("/api/trades").json["trades"]

    assert (closed["state"], closed["profit_loss"], closed["exit_net"]) == ("closed", None, None)


def test_open_trade_when_the_clock_has_looked_then_it_tells_its_mark_and_gain(trade, operator, services):
    (unseen,) = trade(strategy_order_price="100")
    operator.put("/api/paper/prices", json={"AAPL": "104"})
    services.supervisor.tick(everything=True)
    (seen,) = operator.get("/api/trades").json["trades"]

    assert (unseen["mark_net"], unseen["profit_loss"]) == (None, None)
    assert (seen["mark_net"], Decimal(seen["profit_loss"])) == ("104", 80)
    assert operator.get(f"/api/trades/{seen['number']}").json == seen


def test_trade_when_it_is_closed_before_a_number_could_be_had_then_it_gets_one_and_is_found_by_it(
    trade, operator, services, store
):
    store.create(KEY, {"next": "soon"})
    trade()
    (closed,) = trade(**EXIT_LONG)
    unnumbered = services.portfolio.reconciliation.trades.give_numbers()
    store.delete(store.get(KEY))
    numbered = services.portfolio.reconciliation.trades.give_numbers()
    (found,) = operator.get("/api/trades").json["trades"]

    assert (closed["number"], unnumbered, numbered) == (0, 0, 1)
    assert operator.get(f"/api/trades/{found['number']}").json == found == closed | {"number": 1}
    assert (
        services.portfolio.reconciliation.trades.give_numbers(),
        list(store.list("unnumbered_trades/")),
    ) == (
        0,
        [],
    )


def test_trades_when_one_cannot_be_read_then_the_others_are_listed(trade, operator, store, clock):
    trade()
    store.create(f"closed_trades/{clock().date()}/broken", {"id": "broken"})
    (closed,) = trade(**EXIT_LONG)

    assert operator.get("/api/trades?state=closed").json["trades"] == [closed]


@pytest.mark.parametrize("number", [1, 999999999])
def test_trade_when_nobody_has_its_number_then_404(operator, number):
    assert operator.get(f"/api/trades/{number}").status_code == 404


def test_trades_when_the_query_is_wrong_then_400_says_what_is_allowed(operator):
    answer = operator.get("/api/trades?state=flat")

    assert answer.status_code == 400
    assert "closed" in answer.get_data(as_text=True)
