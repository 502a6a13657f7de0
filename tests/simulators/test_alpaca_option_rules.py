"""What the simulated Alpaca refuses of options beside levels and money, and exercising them by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.brokers.paper.structures.builders import contract
from tests.simulators.alpaca.chains import list_chain

pytestmark = pytest.mark.integration
MONDAY = datetime(2025, 3, 3, 17, 0, tzinfo=UTC)
FRIDAY = date(2025, 3, 21)
LAST_DAY = datetime(2025, 3, 21, 17, 0, tzinfo=UTC)
EVENING = datetime(2025, 3, 21, 20, 5, tzinfo=UTC)
UNPROCESSABLE, FORBIDDEN = (422, 42210000), (403, 40310000)


@pytest.fixture
def fake(fake):
    fake.set_clock(MONDAY)
    fake.market.move("AAPL", Decimal(100))
    for root in ("AAPL", "SPX", "XSP"):
        list_chain(fake, root, Decimal(100))
    return fake


@pytest.fixture
def spread(driver):
    """Send a put spread: from the first contract to the second."""

    def submit(bought, sold, *, intent="open", **changes):
        legs = [
            {"symbol": symbol, "ratio_qty": "1", "side": side, "position_intent": f"{side}_to_{intent}"}
            for symbol, side in ((bought, "buy"), (sold, "sell"))
        ]
        body = {"order_class": "mleg", "qty": "1", "type": "limit", "limit_price": "9"}
        return driver.call("POST", "/v2/orders", json=body | {"time_in_force": "day", "legs": legs} | changes)

    return submit


@pytest.fixture
def held(driver):
    return lambda: {row["symbol"]: row["qty"] for row in driver.get("/v2/positions")}


@pytest.fixture
def bought(driver):
    """Hold a contract."""

    def hold(text):
        symbol = contract(text).symbol
        driver.placed(symbol=symbol, qty="2", type="limit", limit_price="50")
        return symbol

    return hold


def named(text, underlying="AAPL", expiry=FRIDAY):
    return contract(text, expiry, underlying).symbol


def refusal(answer):
    return (answer.status_code, answer.json()["code"]), answer.json()["message"]


@pytest.mark.parametrize(
    ("limits", "expected", "told"),
    [
        ({"most_notional": Decimal(800)}, UNPROCESSABLE, "notional is 900 must be <= 800"),
        ({"most_expiring_today": 1}, FORBIDDEN, "exceeded account limit for contracts expiring today"),
    ],
)
def test_spread_when_it_exceeds_a_limit_of_the_account_then_refused(spread, fake, limits, expected, told):
    fake.set_clock(LAST_DAY)
    for name, value in limits.items():
        setattr(fake.exchange.account, name, value)
    code, message = refusal(spread(named("P90"), named("P95")))

    assert code == expected
    assert told in message


def test_exit_when_something_was_assigned_then_what_covers_it_stays(driver, fake, bought):
    symbol = bought("P95")
    fake.exchange.account.assignment_locks.add("AAPL")
    code, message = refusal(driver.submit(symbol=symbol, side="sell", qty="2"))

    assert code == FORBIDDEN
    assert message == "active assignment lock on AAPL, cannot close all long options"


def test_index_when_the_account_has_none_then_refused(spread):
    code, message = refusal(spread(named("P90", "XSP"), named("P95", "XSP")))

    assert code == FORBIDDEN
    assert "not eligible to trade index option" in message


def test_index_when_its_legs_expire_on_two_days_then_refused(spread, fake):
    fake.exchange.account.index_enabled = True
    later = named("P95", "XSP", date(2025, 4, 17))

    assert "same expiration date" in refusal(spread(later, named("P95", "XSP")))[1]
    assert spread(named("P95", "XSP"), named("P90", "XSP")).status_code == 200


def test_index_when_it_is_settled_at_the_open_then_its_last_day_is_too_late(spread, fake):
    fake.exchange.account.index_enabled = True
    fake.set_clock(LAST_DAY)

    assert "past its cut-off" in refusal(spread(named("P95", "SPX"), named("P90", "SPX")))[1]
    assert spread(named("P95", "XSP"), named("P90", "XSP")).status_code == 200


def test_index_when_it_expires_in_the_money_then_cash_comes_and_no_shares(spread, fake, held, driver):
    fake.exchange.account.index_enabled = True
    fake.market.move("XSP", Decimal(100))
    spread(named("P95", "XSP"), named("P90", "XSP"))
    before = fake.exchange.account.cash
    fake.market.move("XSP", Decimal(93))
    fake.set_clock(EVENING)
    left = held()
    fake.set_clock(datetime(2025, 3, 22, 14, 0, tzinfo=UTC))

    assert left == {}
    assert fake.exchange.account.cash - before == 200
    assert [row["net_amount"] for row in driver.get("/v2/account/activities/OPCSH")] == ["200"]


def test_exercise_when_asked_then_all_of_it_becomes_shares(driver, bought, held):
    symbol = bought("C95")

    assert driver.call("POST", f"/v2/positions/{symbol}/exercise").status_code == 200
    assert held() == {"AAPL": "200"}


def test_exercise_when_after_the_close_then_refused(driver, bought, fake):
    symbol = bought("C95")
    fake.set_clock(datetime(2025, 3, 4, 21, 30, tzinfo=UTC))

    assert (
        "between market close and midnight"
        in refusal(driver.call("POST", f"/v2/positions/{symbol}/exercise"))[1]
    )


def test_exercise_when_nothing_is_held_or_it_was_sold_then_refused(driver, fake, spread):
    spread(named("P90"), named("P95"), limit_price="-0.20")
    nothing = driver.call("POST", f"/v2/positions/{named('C95')}/exercise")
    sold = driver.call("POST", f"/v2/positions/{named('P95')}/exercise")

    assert [refusal(answer)[0] for answer in (nothing, sold)] == [FORBIDDEN, (403, 40310001)]


def test_do_not_exercise_when_it_is_the_last_day_then_it_expires_worthless(driver, bought, fake, held):
    symbol = bought("C95")
    path = f"/v2/positions/{symbol}/do-not-exercise"
    assert "day of expiry only" in refusal(driver.call("POST", path))[1]
    fake.set_clock(LAST_DAY)
    assert driver.call("POST", path).status_code == 200
    fake.set_clock(EVENING)

    assert held() == {}
