"""Losses that end entries, by alerts at the paper broker and at one that tells no prices."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.repositories.recent_closings import PREFIX, RecentClosings
from app.services.portfolio.closings import Closings
from tests.builders import (
    ENTER_SHORT,
    EXIT_LONG,
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    client_of,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.integration

# Tuesday, 10:00 in New York: the session ends at 04:00 UTC.
MORNING = datetime(2026, 6, 2, 14, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 3, 4, tzinfo=UTC)


class Person:
    """Somebody who posts alerts of a bot to an application and reads what the operator may."""

    def __init__(self, app, secret=WEBHOOK_SECRET):
        self.app, self.services = app, services_of(app)
        self.alerts = client_of(app, x_bot_secret=secret)
        self.operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")

    def post(self, **changes):
        return self.alerts.post("/webhook", json=strategy_alert(**changes))

    def lose(self, price, symbol="AAPL"):
        """Buy ten shares at 100 and sell them at a price."""
        assert self.post(symbol=symbol).json["status"] == "filled"
        assert self.post(**EXIT_LONG, symbol=symbol, strategy_order_price=price).json["status"] == "filled"

    def enter(self, **changes):
        """Try to enter; return the code that refuses it."""
        return self.post(**{"symbol": "MSFT"} | changes).json.get("error", {}).get("code")

    def configure(self, bot="default", **changes):
        answer = self.operator.patch(f"/api/bots/{bot}", json=changes, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.json

    def stops(self):
        return self.operator.get("/status").json["entry_stops"]


@pytest.fixture(autouse=True)
def tuesday(clock):
    clock.now = MORNING


@pytest.fixture
def heard():
    return []


@pytest.fixture
def person(make_app, heard):
    """Meet the owner of a bot of ten shares."""

    def made(**changes):
        told = {"notification_url": "https://push.example", "notify": heard.append}
        found = Person(make_app(**told | changes))
        found.configure(use_strategy_contracts=True)
        return found

    return made


@pytest.fixture
def one(person):
    return person()


@pytest.fixture
def activity(settings):
    path = settings.log_folder / "activity.log"
    return lambda: [
        line for line in path.read_text(encoding="utf-8").splitlines() if "no entries until" in line
    ]


@pytest.mark.parametrize(("price", "code"), [("50", "DAILY_LOSS_LIMIT"), ("50.01", None)])
def test_bot_when_it_has_lost_its_limit_then_it_enters_no_more(one, price, code):
    one.configure(daily_loss_limit="500")
    one.lose(price)

    assert one.enter() == code


def test_bot_when_it_is_refused_then_the_figures_are_told(one):
    one.configure(daily_loss_limit="500")
    one.lose("48.80")

    assert one.post().json["error"]["message"] == (
        "The bot has lost as much today as it may: 512 USD lost today, limit 500 USD, "
        "entries again from 04:00 UTC."
    )


def test_fees_when_they_make_the_loss_then_they_count(person):
    one = person(paper_fee_per_order=Decimal(5))
    one.configure(daily_loss_limit="10")
    one.lose("100")

    assert one.enter() == "DAILY_LOSS_LIMIT"


def test_limit_when_it_is_reached_then_exits_go_on_and_the_owner_is_told_once(one, heard, activity):
    one.configure(daily_loss_limit="500")
    assert one.post(symbol="SPY").json["status"] == "filled"
    one.lose("40")

    assert {one.enter(), one.enter()} == {"DAILY_LOSS_LIMIT"}
    assert one.services.portfolio.loss_limits.run() == 0
    assert one.post(**EXIT_LONG, symbol="SPY").json["status"] == "filled"
    one.services.observability.notifier.close(60)
    assert [event.message for event in heard if "no entries" in event.message] == [
        "default: lost 600 USD today, limit 500 USD; no entries until 2026-06-03 04:00 UTC, exits go on"
    ]
    assert (len(activity()), len(heard)) == (1, 1)


def test_limit_when_the_clock_sees_it_first_then_it_is_told_then(one, activity):
    one.configure(daily_loss_limit="500")
    one.lose("40")

    assert (one.services.portfolio.loss_limits.run(), one.services.portfolio.loss_limits.run()) == (1, 0)
    (line,) = activity()
    assert "default: lost 600" in line


def test_session_when_the_next_begins_then_entries_go_on(one, clock):
    one.configure(daily_loss_limit="500")
    one.lose("40")
    refused = one.enter()
    clock.now = MIDNIGHT - timedelta(microseconds=1)

    assert (refused, one.enter()) == ("DAILY_LOSS_LIMIT", "DAILY_LOSS_LIMIT")
    clock.now = MIDNIGHT
    assert (one.enter(), one.stops()) == (None, [])


def test_state_when_the_service_starts_anew_then_it_still_holds(one, person):
    one.configure(daily_loss_limit="500")
    one.lose("40")

    assert person().enter() == "DAILY_LOSS_LIMIT"
    assert person().stops() == [
        {
            "code": "DAILY_LOSS_LIMIT",
            "broker": "paper",
            "bot": "default",
            "amount": "600",
            "limit": "500",
            "until": "2026-06-03T04:00:00Z",
        }
    ]


def test_processes_when_one_closes_at_a_loss_then_the_other_knows_at_once(one, person):
    one.configure(daily_loss_limit="500")
    other = person()
    assert other.enter(symbol="SPY") is None
    one.lose("40")

    assert other.enter() == "DAILY_LOSS_LIMIT"


def test_open_loss_when_it_reaches_the_limit_then_entries_end_although_it_recovers(one, clock):
    one.configure(daily_loss_limit="500")
    one.post()
    clock.move(minutes=1)
    one.operator.put("/api/paper/prices", json={"AAPL": "50"})
    refused = one.enter()
    one.operator.put("/api/paper/prices", json={"AAPL": "120"})
    clock.move(minutes=1)

    assert (refused, one.enter()) == ("DAILY_LOSS_LIMIT", "DAILY_LOSS_LIMIT")
    one.configure(daily_loss_limit="500.01")
    assert one.enter() is None


def test_open_gain_when_there_is_one_then_it_makes_up_for_what_was_lost(one, clock):
    one.configure(daily_loss_limit="500")
    one.post(symbol="SPY")
    one.operator.put("/api/paper/prices", json={"SPY": "110"})
    clock.move(minutes=1)
    one.services.portfolio.snapshots.run()
    one.lose("45")

    assert one.enter() is None


def test_yesterdays_loss_when_the_trade_closed_then_it_does_not_count_today(one, clock):
    one.configure(daily_loss_limit="500")
    clock.now = MORNING - timedelta(days=1)
    one.lose("10")
    clock.now = MORNING

    assert one.enter() is None


def test_preview_when_the_limit_is_reached_then_it_says_so_and_writes_nothing(one):
    one.configure(daily_loss_limit="500")
    one.lose("40")
    answer = one.operator.post("/api/preview", json=strategy_alert()).json

    assert (answer["status"], answer["reason"]) == ("denied", "DAILY_LOSS_LIMIT")
    assert list(one.services.store.list("entry_stops/")) == []


def test_account_when_its_bots_have_lost_the_limit_together_then_none_enters(person):
    one = person(daily_loss_limit=Decimal(500))
    made = one.operator.post("/api/bots", json={"id": "swing", "use_strategy_contracts": True}).json
    swing = Person(one.app, made["secret"])
    one.lose("75")
    assert swing.enter() is None
    swing.lose("75", "SPY")

    assert (one.enter(), swing.enter()) == ("ACCOUNT_LOSS_LIMIT", "ACCOUNT_LOSS_LIMIT")
    assert [(stop["bot"], stop["amount"]) for stop in one.stops()] == [(None, "500")]


def test_bot_when_its_limit_is_looser_than_the_accounts_then_the_accounts_holds(person):
    one = person(daily_loss_limit=Decimal(500))
    one.configure(daily_loss_limit="9000")
    one.lose("50")

    assert one.enter() == "DAILY_LOSS_LIMIT"


def test_losses_in_a_row_when_there_are_too_many_then_entries_end_until_somebody_resumes(one, clock):
    one.configure(max_consecutive_losses=2)
    one.lose("99")
    assert one.enter(symbol="SPY") is None
    one.lose("99")
    refused = one.post()

    assert refused.json["error"]["message"].endswith(
        "2 losses in a row today, limit 2, entries again from 04:00 UTC or flask bots resume default."
    )
    clock.move(seconds=1)
    assert one.operator.put("/api/bots/default/trading-state", json={"state": "ACTIVE"}).status_code == 200
    assert one.enter() is None
    clock.move(seconds=1)
    one.lose("99")
    assert one.enter() is None


def test_losses_in_a_row_when_they_are_reached_then_told_once_and_again_after_they_were_forgiven(
    one, clock, activity
):
    one.configure(max_consecutive_losses=1)
    one.lose("99")
    run = one.services.portfolio.loss_limits.run
    first = run(), run()
    clock.move(seconds=1)
    one.operator.put("/api/bots/default/trading-state", json={"state": "ACTIVE"})
    between = run()
    clock.move(seconds=1)
    one.lose("99")

    assert (first, between, run(), run()) == ((1, 0), 0, 1, 0)
    assert [line.split(" ", 1)[1] for line in activity()] == [
        "default: lost 1 trade in a row, limit 1; no entries until 2026-06-03 04:00 UTC, exits go on"
    ] * 2


def test_session_when_the_account_is_in_india_then_it_ends_at_midnight_there(person, scripted, clock):
    scripted.capabilities = replace(scripted.capabilities, zone="Asia/Kolkata")
    clock.now = datetime(2026, 6, 2, 18, 29, 59, tzinfo=UTC)
    one = person(brokers={"paper": scripted}, dry_run=False)
    one.configure(max_consecutive_losses=1)
    assert one.post().json["status"] == "filled"
    scripted.price = "90"
    assert one.post(**EXIT_LONG).json["status"] == "filled"
    refused = one.enter()
    clock.move(seconds=1)

    assert (refused, one.enter()) == ("CONSECUTIVE_LOSSES", None)


def test_losses_in_a_row_when_a_gain_or_the_next_day_comes_between_then_they_count_anew(one, clock):
    one.configure(max_consecutive_losses=2)
    one.lose("99")
    one.lose("101")
    one.lose("99")
    between = one.enter(symbol="SPY")
    one.lose("99")
    refused = one.enter()
    clock.now = MIDNIGHT

    assert (between, refused, one.enter()) == (None, "CONSECUTIVE_LOSSES", None)


def test_limits_when_none_is_set_then_nothing_is_looked_up(one):
    one.lose("10")

    assert (one.enter(), one.services.portfolio.loss_limits.run(), one.stops()) == (None, 0, [])


@pytest.mark.parametrize(("limit", "code"), [("1000", "LOSS_UNKNOWN"), ("1000.01", None)])
def test_open_trade_when_nobody_tells_its_price_then_the_worst_case_counts(
    person, scripted, clock, limit, code
):
    one = person(brokers={"paper": scripted}, dry_run=False)
    one.configure(daily_loss_limit=limit)
    one.post()
    clock.move(minutes=1)

    assert one.enter() == code


def test_open_short_when_nobody_tells_its_price_then_entries_wait(person, scripted, clock):
    scripted.capabilities = replace(scripted.capabilities, short=scripted.capabilities.asset_classes)
    one = person(brokers={"paper": scripted}, dry_run=False, allow_short_selling=True)
    one.configure(daily_loss_limit="999999")
    one.post(**ENTER_SHORT)
    clock.move(minutes=1)

    assert one.enter() == "LOSS_UNKNOWN"
    assert one.post(symbol="AAPL", strategy_order_id="sell").json["status"] == "filled"


def test_price_when_it_is_fresh_then_the_broker_is_not_asked_again(person, scripted, clock):
    one = person(brokers={"paper": scripted}, dry_run=False)
    one.configure(daily_loss_limit="1")
    one.services.portfolio.snapshots.look("paper")
    one.post()
    before = one.services.portfolio.snapshots.newest("paper").at

    assert one.enter() is None
    assert one.services.portfolio.snapshots.newest("paper").at == before


def test_closed_trade_when_it_cannot_be_read_then_entries_wait_and_no_longer_than_its_days(one, store, clock):
    one.configure(daily_loss_limit="500", max_consecutive_losses=1)
    store.create("closed_trades/2026-06-02/broken", {"id": 1})

    assert one.enter() == "LOSS_UNKNOWN"
    clock.move(days=2)
    assert one.enter() is None


def test_recent_closings_when_they_are_old_then_they_are_removed_and_what_they_told_of_stays(
    one, store, clock
):
    one.configure(daily_loss_limit="500")
    one.lose("40")
    recent = RecentClosings(store)
    kept = recent.purge(clock() + timedelta(minutes=59))

    assert (kept, recent.purge(clock() + timedelta(minutes=61)), list(store.list(PREFIX))) == (0, 1, [])
    clock.move(minutes=61)
    assert one.enter() == "DAILY_LOSS_LIMIT"


def test_closings_when_they_are_known_then_the_days_are_not_listed_again(one, monkeypatch):
    one.configure(daily_loss_limit="500")
    one.enter()
    monkeypatch.setattr(Closings, "_read_days", None)
    one.lose("40")

    assert one.enter() == "DAILY_LOSS_LIMIT"


def test_loss_when_units_came_after_the_last_look_then_its_price_does_not_value_them(one, clock):
    one.configure(daily_loss_limit="500")
    coins = {"symbol": "BTCUSD", "strategy_order_contracts": "20"}
    assert one.post(**coins, strategy_order_price="1").json["status"] == "filled"
    clock.move(seconds=1)
    one.services.portfolio.snapshots.run()
    clock.move(seconds=1)
    assert one.post(**coins, strategy_order_price="100").json["status"] == "filled"

    assert one.services.portfolio.loss_limits.run() == 0
    clock.move(seconds=1)
    assert one.enter() is None


def test_loss_when_the_paper_account_was_started_anew_then_it_counts_no_more(one, clock):
    one.configure(daily_loss_limit="500", max_consecutive_losses=1)
    one.lose("40")
    before = one.enter()
    one.services.operations.paper_reset.run()
    clock.move(seconds=1)

    assert (before, one.enter(), one.stops()) == ("DAILY_LOSS_LIMIT", None, [])
