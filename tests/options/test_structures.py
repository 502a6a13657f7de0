"""Structures at Fyers, from the command to the exchange and back, over restarts."""

from decimal import Decimal

import pytest

from app.domain.structures.trades import TradeState
from tests.builders import ACCOUNT_SECRET, client_of, in_a_hurry, services_of
from tests.fyers_logins import log_in, move

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("logged_in")]
KEYS = {
    "structure": "bull_put_spread",
    "underlying": "NIFTY",
    "days_to_expiry": 14,
    "strike_by": "offset",
    "strike_value": "2",
    "wing_width": "200",
    "contracts": 2,
    "ladder_give_pct": "1",
}
CONDOR = KEYS | {"structure": "iron_condor", "contracts": 1}
WHOLE = {"24700PE": 65, "24900PE": -65, "25100CE": -65, "25300CE": 65}
CALL_SIDE = {"25100CE": -65, "25300CE": 65}


@pytest.fixture
def app(make_option_app):
    return make_option_app(fyers_structures=True)


@pytest.fixture
def command(app, anonymous, operator):
    """Send a bot command of the default bot; return status and answer."""

    def send(path="enter", **body):
        number = operator.get("/api/bots/default").json["number"]
        address = f"/webhook/{ACCOUNT_SECRET}/{path}" + (f"/{number}" if path == "enter" else "")
        body = body if path == "enter" else body | {"bot": number}
        answer = anonymous.post(address, json=body or None)
        return answer.status_code, answer.json

    return send


@pytest.fixture
def trade(app):
    """Read the one trade, None once it is over."""

    def read():
        found = [stored.trade for stored in services_of(app).structures.trades.every()]
        return found[0] if found else None

    return read


@pytest.fixture
def climb(app, clock, fake, trade):
    """Let a ladder be climbed for some seconds, or to its end: requests are few, as they are at Fyers."""

    def go(seconds=30):
        for _ in range(seconds):
            services_of(app).structures.ladders.run()
            move(clock, fake, seconds=1)
            if trade() is None or trade().work is None:
                break

    return go


@pytest.fixture
def legs(fake):
    """Read strike and quantity of what Fyers holds."""

    def read():
        rows = fake.exchange.account.positions_as_json()["netPositions"]
        return {row["symbol"][-7:]: row["netQty"] for row in rows if row["netQty"]}

    return read


@pytest.fixture
def enter(command, configure, climb):
    """Enter by a bot's keys, and let the ladder be climbed to its end."""

    def go(keys=KEYS, seconds=60):
        configure(**keys)
        answer = command()
        climb(seconds)
        return answer

    return go


@pytest.fixture
def broker(app):
    return services_of(app).brokers.registry.get("fyers")


@pytest.fixture
def look(app):
    return services_of(app).structures.watch.run


@pytest.fixture
def gain(operator):
    """Read what the one closed trade has brought."""

    def read():
        (closed,) = operator.get("/api/trades?state=closed").json["trades"]
        return Decimal(closed["profit_loss"])

    return read


@pytest.fixture
def starts(make_option_app):
    """Start the application anew on the same store, as after a kill, and climb one step with it."""

    def start():
        app = make_option_app(fyers_structures=True)
        services_of(app).structures.ladders.run()
        return app

    return start


@pytest.fixture
def no_calls(fake):
    """Let nobody trade calls: their quotes stand, and no order of calls meets them; return how it ends."""
    opposite = fake.market.opposite

    def nobody(instrument, side):
        return None if instrument.option_type == "CE" else opposite(instrument, side)

    def block():
        fake.market.opposite = nobody
        return lambda: setattr(fake.market, "opposite", opposite)

    return block


@pytest.fixture
def filled(fake):
    """Read the bodies of the orders of several legs that have traded."""

    def read():
        tags = {order["orderTag"].removeprefix("1:") for order in fake.orders() if order["status"] == 2}
        sent = [one.body for one in fake.requests if one.path.startswith("/api/v3/multileg")]
        return [body for body in sent if body["orderTag"] in tags]

    return read


def test_entry_when_commanded_then_two_lots_of_each_leg_and_one_trade(enter, trade, legs):
    status, answer = enter()

    assert (status, answer["success"]) == (200, True)
    assert legs() == {"24700PE": 130, "24900PE": -130}
    assert (trade().state, trade().units, trade().work) == (TradeState.OPEN, 2, None)
    assert trade().entry_net < 0
    assert trade().largest_loss == (200 + trade().entry_net) * 130


def test_entry_when_not_turned_on_then_refused(make_option_app, operator, configure):
    configure(**KEYS)
    number = operator.get("/api/bots/default").json["number"]
    answer = client_of(make_option_app()).post(f"/webhook/{ACCOUNT_SECRET}/enter/{number}")

    assert (answer.status_code, answer.json["reason"]) == (400, "STRUCTURE_UNSUPPORTED")


def test_entry_when_uncovered_and_not_allowed_then_refused_unsent(enter, fake):
    status, answer = enter(KEYS | {"structure": "short_strangle"}, seconds=1)

    assert (status, answer["reason"]) == (400, "OPTIONS_LEVEL_INSUFFICIENT")
    assert not any(request.path.startswith("/api/v3/multileg") for request in fake.requests)


def test_exit_when_commanded_then_nothing_is_held_and_the_gain_is_told(
    enter, command, climb, trade, legs, gain
):
    enter()
    assert command("exit", close="all")[0] == 200
    climb(60)

    assert (legs(), trade()) == ({}, None)
    # Both legs through their spread of two ticks, both lots.
    assert gain() == -Decimal("0.20") * 130


def test_trim_when_half_then_one_lot_of_each_leg_stays(enter, command, climb, trade, legs):
    enter()
    assert command("exit", trade=trade().number, trim=50)[0] == 200
    climb(60)

    assert legs() == {"24700PE": 65, "24900PE": -65}
    assert (trade().units, trade().exited_units) == (1, 1)


@pytest.mark.parametrize(("seconds", "orders"), [(8, 1), (25, 2)])
def test_ladder_when_nothing_trades_then_each_price_has_its_time(enter, fake, trade, filled, seconds, orders):
    # Half of a half spread of two ticks is one: from the mid, for ten seconds, to the price beside it.
    enter(KEYS | {"ladder_give_pct": "0.5"}, seconds=seconds)
    sent = [one for one in fake.requests if one.path.startswith("/api/v3/multileg")]

    assert (len(sent), filled(), trade().state) == (orders, [], TradeState.OPENING)


def test_condor_when_entered_then_two_hedged_pairs_one_after_the_other(enter, trade, legs, filled):
    assert enter(CONDOR)[0] == 200
    sides = [sorted(leg["side"] for leg in body["legs"].values()) for body in filled()]

    assert legs() == WHOLE
    assert ([body["orderType"] for body in filled()], sides) == (["2L", "2L"], [[-1, 1], [-1, 1]])
    assert (trade().state, trade().units, trade().entered_units) == (TradeState.OPEN, 1, 1)
    assert trade().largest_loss == (200 + trade().entry_net) * 65


def test_condor_when_left_then_by_pairs_and_the_money_adds_up(enter, command, climb, trade, legs, gain, fake):
    enter(CONDOR)
    assert command("exit", close="all")[0] == 200
    climb(60)

    assert (legs(), trade()) == ({}, None)
    assert gain() == fake.exchange.account.realized()


def test_condor_when_the_second_pair_never_trades_then_the_first_is_unwound_short_first(
    enter, climb, look, trade, legs, no_calls, gain, fake
):
    no_calls()
    enter(CONDOR, seconds=1)
    bare = []
    for _ in range(200):
        climb(1)
        look()
        bare += [dict(legs())] if sum(legs().values()) < 0 else []

    assert (legs(), trade(), bare) == ({}, None, [])
    assert gain() == fake.exchange.account.realized() != 0


def test_condor_when_the_second_pair_cannot_be_left_then_it_stays_hedged_until_it_can(
    enter, command, climb, trade, legs, no_calls
):
    enter(CONDOR)
    let_trade = no_calls()
    command("exit", close="all")
    climb(120)
    between, state = legs(), trade().state
    let_trade()
    climb(60)

    assert (between, state) == (CALL_SIDE, TradeState.CLOSING)
    assert (legs(), trade()) == ({}, None)


def test_condor_when_killed_at_every_step_then_each_pair_once(
    enter, trade, legs, starts, filled, clock, fake
):
    enter(CONDOR, seconds=0)
    seen = []
    for _ in range(60):
        starts()
        seen.append(legs())
        move(clock, fake, seconds=1)

    assert (legs(), len(filled())) == (WHOLE, 2)
    # Between the two pairs a hedged one is held, never a sold contract alone.
    assert all(sum(held.values()) == 0 for held in seen)
    assert (trade().state, trade().units) == (TradeState.OPEN, 1)


def test_condor_when_killed_half_done_and_the_rest_is_refused_then_unwound_by_the_next_start(
    enter, climb, trade, legs, no_calls, starts, clock, fake
):
    no_calls()
    enter(CONDOR, seconds=30)
    half = legs()
    fake.inject("rejection", path="/api/v3/multileg/orders/sync")
    bare = []
    for _ in range(60):
        services_of(starts()).structures.watch.run()
        move(clock, fake, seconds=1)
        bare += [legs()] if sum(legs().values()) < 0 else []

    assert half == {"24700PE": 65, "24900PE": -65}
    assert (legs(), trade(), bare) == ({}, None, [])


@pytest.mark.parametrize("kind", ["timeout", "reset", "unacknowledged", "refused"])
def test_condor_when_every_answer_is_lost_then_found_and_never_twice(
    enter, trade, legs, filled, fake, broker, kind
):
    fake.inject(kind, when="after", path="/api/v3/multileg/orders/sync", methods=("POST",))
    with in_a_hurry(broker, kind):
        enter(CONDOR)

    assert (legs(), len(filled()), trade().units) == (WHOLE, 2, 1)


def test_order_when_it_never_arrived_then_looked_for_and_the_next_price_is_tried(
    enter, trade, legs, fake, filled, broker
):
    fake.inject("timeout", when="before", path="/api/v3/multileg/orders/sync", methods=("POST",), times=1)
    with in_a_hurry(broker):
        enter(KEYS, seconds=150)

    assert legs() == {"24700PE": 130, "24900PE": -130}
    assert (len(filled()), trade().units) == (1, 2)


def test_trade_when_its_day_comes_then_left_at_three_in_india(
    enter, look, trade, clock, fake, operator, anonymous
):
    enter()
    day = trade().structure.expiries[0]
    clock.now = fake.clock.now().replace(year=day.year, month=day.month, day=day.day, hour=14, minute=59)
    move(clock, fake, seconds=1)
    link = operator.get("/auth-url").json["url"]
    assert anonymous.get("/auth-callback", query_string=log_in(link)).status_code == 200
    look()
    before = trade().state
    move(clock, fake, minutes=1)
    look()

    assert (before, trade().state) == (TradeState.OPEN, TradeState.CLOSING)
