"""What a request to Fyers proves: done, rejected with the reason, or unknown and never sent again."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.brokers.fyers.limiter import WINDOWS, Limiter
from app.brokers.fyers.outcomes import FyersAnswer, is_success, judged_read, judged_write, write_pause
from app.domain.orders import OrderStatus
from app.errors import (
    BrokerCredentialsRefused,
    BrokerLoginRequired,
    BrokerRejected,
    BrokerUnavailable,
    OutcomeUnknown,
)
from tests.brokers.builders import buy, limit, sell
from tests.brokers.fyers.harness import SHARE, Tokens, listed_call, make_fyers, simulated

pytestmark = pytest.mark.integration

POST = {"methods": ("POST",)}
ERROR = {"s": "error", "message": "RED:No"}


@pytest.fixture
def fake():
    with simulated() as fake:
        yield fake


@pytest.fixture
def fyers(fake):
    return make_fyers(fake)


def posts(fake):
    return fake.counts().get("POST /api/v3/orders/sync", 0)


def share(quantity=1, **changes):
    return buy(quantity, instrument=SHARE, **changes)


UNKNOWN = [
    FyersAnswer(200),
    FyersAnswer(502),
    FyersAnswer(200, {"s": "ok", "code": 201, "message": "no acknowledgement"}),
    FyersAnswer(200, {"s": "error", "code": 200, "message": "Bad request"}),
    FyersAnswer(400, {"s": "error", "code": -99, "message": "Bad request"}),
    FyersAnswer(500, {**ERROR, "code": -99}),
    *(FyersAnswer(400, {**ERROR, "code": code}) for code in (-1, -201, -202, -204, -205)),
    FyersAnswer(404, {"s": "error", "code": 404, "message": "Not Found"}),
    FyersAnswer(429),
    None,
]
REJECTED = [
    FyersAnswer(400, {**ERROR, "code": -99, "id": "26112500000001"}),
    FyersAnswer(200, {**ERROR, "code": -99}),
    FyersAnswer(400, {**ERROR, "code": -50}),
    FyersAnswer(400, {**ERROR, "code": -51}),
    FyersAnswer(403, {**ERROR, "code": -50}),
    FyersAnswer(429, {**ERROR, "code": -429}),
    FyersAnswer(429, {}, retry_after_seconds=1.0),
]


@pytest.mark.parametrize("outcome", UNKNOWN, ids=str)
def test_write_when_nothing_is_proved_then_unknown_and_never_again(outcome):
    assert isinstance(judged_write(outcome), OutcomeUnknown)
    assert write_pause(outcome) is None


@pytest.mark.parametrize("answer", REJECTED, ids=str)
def test_write_when_fyers_says_no_then_rejected(answer):
    assert isinstance(judged_write(answer), BrokerRejected)


@pytest.mark.parametrize("code", [200, 1101, 1102, 1103])
def test_answer_when_its_code_is_of_success_then_done(code):
    assert is_success(FyersAnswer(200, {"s": "ok", "code": code}))


@pytest.mark.parametrize("outcome", [*UNKNOWN, *REJECTED], ids=str)
def test_read_when_not_answered_then_unavailable(outcome):
    assert isinstance(judged_read(outcome), BrokerUnavailable)


def test_submit_when_told_to_come_back_soon_then_sent_again_once(fake, fyers):
    fake.inject("rate_limit", seconds=0.02, times=1, **POST)
    fyers.submit(share())

    assert (posts(fake), len(fake.orders())) == (2, 1)


def test_submit_when_told_to_come_back_late_then_rejected_and_the_line_is_closed(fake, fyers):
    fake.inject("rate_limit", seconds=60, times=1, **POST)
    for _ in range(2):
        with pytest.raises(BrokerRejected) as caught:
            fyers.submit(share())

        assert caught.value.reason == "RATE_LIMIT_REACHED"
    assert posts(fake) == 1


def test_submit_when_nobody_is_there_then_rejected_as_never_sent():
    with pytest.raises(BrokerRejected, match="nothing was sent"):
        make_fyers().submit(share())


def test_submit_when_the_address_is_not_allowed_then_advice_is_given(fake, fyers):
    fake.inject("ip_refused")
    with pytest.raises(BrokerRejected, match="static IP address") as caught:
        fyers.submit(share())

    assert caught.value.reason == "BROKER_ADDRESS_REFUSED"


REFUSED = {
    "MARKET_CLOSED": share(),
    "BUYING_POWER_INSUFFICIENT": share(1_000_000),
    "PRICE_BEYOND_CIRCUIT": share(**limit(5000)),
    "SYMBOL_UNKNOWN": buy(1, instrument=replace(SHARE, symbol="ZZZZ")),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_submit_when_fyers_refuses_then_its_words_and_our_reason_are_kept(fake, fyers, reason):
    fake.clock.turn("closed" if reason == "MARKET_CLOSED" else "open")
    with pytest.raises(BrokerRejected, match=r"^Fyers: ") as caught:
        fyers.submit(REFUSED[reason])

    assert caught.value.reason == reason


def test_submit_when_above_the_freeze_quantity_then_said_so(fake):
    call, contracts = listed_call(fake)
    with pytest.raises(BrokerRejected) as caught:
        make_fyers(fake, contracts=contracts).submit(sell(call.quantity_increment * 100, instrument=call))

    assert caught.value.reason == "QUANTITY_EXCEEDS_FREEZE"


def test_submit_when_the_exchange_refuses_later_then_the_book_says_why(fake, fyers):
    fake.inject("rejection", message="RED:Not today")
    order = share()
    answered = fyers.submit(order)
    found = fyers.find(order.client_order_id)

    assert answered.status is OrderStatus.PENDING
    assert (found.status, found.message) == (OrderStatus.REJECTED, "RED:Not today")


def test_submit_when_the_token_is_dead_then_a_login_is_required_and_nothing_placed(fake):
    tokens = Tokens(fake.tokens.login())
    fake.tokens.kill()
    with pytest.raises(BrokerCredentialsRefused) as caught:
        make_fyers(fake, tokens=tokens).submit(share())

    assert caught.value.reason == "BROKER_LOGIN_REQUIRED"
    assert (tokens.refusals, posts(fake), fake.orders()) == ([tokens.current], 1, [])


def test_submit_when_the_token_was_replaced_then_sent_once_more_with_the_new_one(fake):
    dead = fake.tokens.login()
    fake.tokens.kill()
    make_fyers(fake, tokens=Tokens(dead, fake.tokens.login())).submit(share())

    assert (posts(fake), len(fake.orders())) == (2, 1)


@pytest.mark.parametrize("code", [-8, -15, -16, -17])
def test_read_when_the_token_is_dead_then_a_login_is_required(fake, fyers, code):
    fake.tokens.kill(code)
    with pytest.raises(BrokerLoginRequired):
        fyers.ping()


def test_read_when_the_token_was_replaced_then_answered(fake):
    dead = fake.tokens.login()
    fake.tokens.kill()

    assert make_fyers(fake, tokens=Tokens(dead, fake.tokens.login())).account().equity == 1_000_000


def test_read_when_it_fails_twice_then_answered(fake, fyers):
    fake.inject("status", status=503, times=2)
    fyers.ping()

    assert fake.counts()["GET /api/v3/profile"] == 3


def test_refusal_when_a_connection_was_lost_before_then_keeps_its_own_words(fake):
    fyers = make_fyers(fake)
    fake.inject("reset", when="before", times=1, **POST)
    with pytest.raises(OutcomeUnknown):
        fyers.submit(share())
    with pytest.raises(BrokerRejected, match="Margin Shortfall"):
        fyers.submit(share(1_000_000))


def test_submit_when_there_is_no_room_then_rejected_unsent_and_exits_still_pass(fake):
    now = [0.0]
    limiter = Limiter(WINDOWS, clock=lambda: now[0], wait=lambda _: now.__setitem__(0, now[0] + 60.0))
    fyers = make_fyers(fake, limiter=limiter)
    for _ in range(8):
        limiter.enter(urgent=False)
    limiter.close(50)
    with pytest.raises(BrokerRejected, match="nothing was sent") as caught:
        fyers.submit(share())

    assert (caught.value.reason, posts(fake)) == ("RATE_LIMIT_REACHED", 0)


def test_adapter_when_used_then_leaves_no_file_behind(fake, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_fyers(fake).submit(share(Decimal(2)))

    assert list(tmp_path.iterdir()) == []
