"""The simulated Alpaca's websockets, as a plain client meets them."""

import json
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

pytestmark = pytest.mark.integration
LISTEN = {"action": "listen", "data": {"streams": ["trade_updates", "account_updates"]}}


class Client:
    """One connection to a stream, in JSON."""

    def __init__(self, socket) -> None:
        self.socket = socket

    def ask(self, message):
        self.socket.send(message if isinstance(message, str) else json.dumps(message))
        return self.hear()

    def hear(self):
        return json.loads(self.socket.recv(timeout=2))

    def hears_nothing(self) -> bool:
        try:
            self.socket.recv(timeout=0.1)
        except TimeoutError:
            return True
        return False


@pytest.fixture
def open_stream(fake):
    with ExitStack() as stack:

        def opened(path: str) -> Client:
            address = fake.url.replace("http", "ws", 1) + path
            return Client(stack.enter_context(connect(address, ping_interval=None, close_timeout=1)))

        yield opened


@pytest.fixture
def account(open_stream, fake):
    client = open_stream("/stream")
    keys = {"key_id": fake.key, "secret_key": fake.secret}
    assert client.ask({"action": "authenticate", "data": keys})["data"]["status"] == "authorized"
    return client


@pytest.fixture
def market(open_stream, fake):
    client = open_stream("/v2/iex")
    assert client.hear() == [{"T": "success", "msg": "connected"}]
    return client


@pytest.fixture
def reader(market, fake):
    answer = market.ask({"action": "auth", "key": fake.key, "secret": fake.secret})
    assert answer == [{"T": "success", "msg": "authenticated"}]
    return market


def test_account_when_the_keys_are_wrong_then_it_is_not_authorized(open_stream):
    client = open_stream("/stream")
    answer = client.ask({"action": "authenticate", "data": {"key_id": "x", "secret_key": "y"}})

    assert answer["data"] == {"status": "unauthorized", "action": "authenticate"}
    assert client.ask(LISTEN)["data"] == {"status": "unauthorized", "action": "listen"}


def test_account_when_it_listens_then_only_to_what_there_is(account):
    assert account.ask(LISTEN) == {"stream": "listening", "data": {"streams": ["trade_updates"]}}


def test_account_when_an_order_fills_then_its_life_is_told_in_binary_frames(account, driver):
    account.ask(LISTEN)
    driver.placed(qty="3")
    raw = account.socket.recv(timeout=2)
    events = [json.loads(raw)["data"], account.hear()["data"], account.hear()["data"]]

    assert isinstance(raw, bytes)
    assert [event["event"] for event in events] == ["pending_new", "new", "fill"]
    assert [events[2][name] for name in ("qty", "position_qty", "price")] == ["3", "3", "100"]
    assert events[2]["order"]["status"] == "filled"


def test_account_when_a_bracket_ends_then_each_leg_is_told(account, driver, fake):
    account.ask(LISTEN)
    driver.placed(
        order_class="bracket",
        time_in_force="gtc",
        take_profit={"limit_price": "110"},
        stop_loss={"stop_price": "90"},
    )
    fake.market.move("AAPL", "110")
    events = [account.hear()["data"] for _ in range(7)]

    assert [event["event"] for event in events] == [
        *("pending_new", "new", "fill"),
        *("new", "held", "fill", "canceled"),
    ]
    assert events[5]["position_qty"] == "0"


def test_account_when_nobody_listens_then_nothing_is_told(account, driver):
    driver.placed()

    assert account.hears_nothing()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no JSON", 400),
        ({"action": "auth", "key": "x", "secret": "y"}, 402),
        ({"action": "subscribe", "quotes": ["AAPL"]}, 401),
    ],
)
def test_market_when_nobody_has_logged_in_then_it_is_refused(market, message, code):
    assert market.ask(message)[0]["code"] == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"action": "auth"}, 403),
        ({"action": "guess"}, 400),
        ({"action": "subscribe", "prices": ["AAPL"]}, 400),
        ({"action": "subscribe", "quotes": [str(number) for number in range(31)]}, 405),
    ],
)
def test_market_when_it_is_asked_for_what_there_is_not_then_it_is_refused(reader, message, code):
    assert reader.ask(message)[0]["code"] == code


@pytest.mark.parametrize(("path", "code"), [("/v2/sip", 409), ("/v2/iex", 406)])
def test_market_when_the_plan_does_not_allow_it_then_it_is_refused(reader, open_stream, fake, path, code):
    other = open_stream(path)
    other.hear()

    assert other.ask({"action": "auth", "key": fake.key, "secret": fake.secret})[0]["code"] == code


def test_market_when_a_symbol_is_subscribed_then_its_quotes_come_until_it_is_not(reader, fake):
    assert reader.ask({"action": "subscribe", "quotes": ["AAPL"]})[0]["quotes"] == ["AAPL"]
    fake.market.move("AAPL", "101", bid="100.9", ask="101.1")
    [quote] = reader.hear()
    assert [quote[name] for name in ("T", "S", "bp", "ap")] == ["q", "AAPL", 100.9, 101.1]

    assert reader.ask({"action": "unsubscribe", "quotes": ["AAPL"]})[0]["quotes"] == []
    fake.market.move("AAPL", "102")
    assert reader.hears_nothing()


def test_stream_when_it_stalls_then_it_is_open_and_answers_no_ping(account, fake):
    assert account.socket.ping().wait(60)
    fake.streams.stall()

    assert not account.socket.ping().wait(0.2)


def test_stream_when_it_is_down_then_nobody_gets_in(open_stream, fake):
    fake.streams.is_down = True
    with pytest.raises(InvalidStatus):
        open_stream("/stream")
