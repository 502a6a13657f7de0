from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from app.brokers.alpaca.broker import AlpacaBroker
from app.domain.instruments import AssetClass, Instrument
from app.errors import BrokerUnavailable
from tests.brokers.alpaca.harness import DATA, refusal
from tests.brokers.builders import APPLE, BITCOIN, CALL
from tests.simulators.alpaca import FakeAlpaca

STOCK_BARS = f"{DATA}/v2/stocks/bars"
START = datetime(2025, 3, 3, 12, tzinfo=UTC)
END = START + timedelta(hours=1)
ROW = {"t": "2025-03-03T12:00:00Z", "o": 100.1, "h": 101, "l": 99.5, "c": 100.5, "v": 1200, "n": 9, "vw": 100}


def page(*rows, symbol: str = "AAPL", following: str | None = None) -> dict:
    return {"json": {"bars": {symbol: list(rows)} if rows else {}, "next_page_token": following}}


def asked(api, call: int = -1) -> dict[str, str]:
    query = parse_qs(urlsplit(api.calls[call].request.url).query)
    return {name: values[0] for name, values in query.items()}


@pytest.mark.unit
def test_bars_when_there_are_some_then_prices_are_exact(alpaca, api):
    api.get(STOCK_BARS, **page(ROW))
    bar = alpaca.bars(APPLE, START, END, 1)[0]

    assert (bar.at, bar.open, bar.low, bar.volume) == (START, Decimal("100.1"), Decimal("99.5"), 1200)


@pytest.mark.unit
def test_bars_when_asked_for_then_the_last_one_ends_by_the_end(alpaca, api):
    api.get(STOCK_BARS, **page(ROW))
    alpaca.bars(APPLE, START, END, 15)

    assert asked(api)["end"] == "2025-03-03T12:45:00Z"
    assert (asked(api)["timeframe"], asked(api)["start"]) == ("15Min", "2025-03-03T12:00:00Z")


@pytest.mark.unit
@pytest.mark.parametrize(("minutes", "timeframe"), [(5, "5Min"), (120, "2Hour"), (1440, "1Day")])
def test_bars_when_long_then_alpacas_own_unit_is_asked_for(alpaca, api, minutes, timeframe):
    api.get(STOCK_BARS, **page(ROW))
    alpaca.bars(APPLE, START - timedelta(days=3), END, minutes)

    assert asked(api)["timeframe"] == timeframe


@pytest.mark.unit
def test_bars_when_the_end_is_too_recent_then_only_what_alpaca_tells_is_asked(alpaca, api):
    api.get(STOCK_BARS, **page(ROW))
    alpaca.bars(APPLE, START, datetime(2025, 3, 4, tzinfo=UTC), 1)

    assert asked(api)["end"] == "2025-03-03T14:44:00Z"
    assert alpaca.bars(APPLE, datetime(2025, 3, 3, 14, 50, tzinfo=UTC), END, 1) == []


@pytest.mark.unit
def test_bars_when_there_are_more_pages_then_all_are_read(alpaca, api):
    api.get(STOCK_BARS, **page(ROW, following="more"))
    api.get(STOCK_BARS, **page(ROW | {"t": "2025-03-03T12:01:00Z"}))

    assert len(alpaca.bars(APPLE, START, END, 1)) == 2
    assert asked(api)["page_token"] == "more"


@pytest.mark.unit
def test_bars_when_pages_never_end_then_unavailable(alpaca, api):
    api.get(STOCK_BARS, **page(ROW, following="more"))

    with pytest.raises(BrokerUnavailable, match="no end"):
        alpaca.bars(APPLE, START, END, 1)


@pytest.mark.unit
@pytest.mark.parametrize("answer", [page(), {"json": {"bars": None}}, {"status": 400, "json": refusal("no")}])
def test_bars_when_nothing_was_traded_then_none(alpaca, api, answer):
    api.get(STOCK_BARS, **answer)

    assert alpaca.bars(APPLE, START, END, 1) == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("instrument", "path", "symbol"),
    [
        (BITCOIN, "/v1beta3/crypto/us/bars", "BTC/USD"),
        (CALL, "/v1beta1/options/bars", "AAPL250620C00100000"),
    ],
)
def test_bars_when_no_share_then_its_own_address_is_asked(alpaca, api, instrument, path, symbol):
    api.get(f"{DATA}{path}", **page(ROW, symbol=symbol))

    assert len(alpaca.bars(instrument, START, END, 1)) == 1


@pytest.mark.unit
@pytest.mark.parametrize("other", [replace(APPLE, venue="nse"), Instrument("EUR-USD", AssetClass.FOREX)])
def test_bars_when_alpaca_does_not_know_the_market_then_it_is_not_asked(alpaca, api, other):
    assert alpaca.bars(other, START, END, 1) == []


@pytest.mark.unit
@pytest.mark.parametrize(
    "answer",
    [
        {"json": []},
        {"json": {"bars": {"AAPL": [{}]}}},
        page(ROW | {"h": 1}),
        page(ROW | {"o": "x"}),
        {"status": 403, "json": refusal("subscription does not permit querying recent SIP data")},
        {"status": 500},
    ],
)
def test_bars_when_they_cannot_be_read_then_unavailable(alpaca, api, answer):
    api.get(STOCK_BARS, **answer)

    with pytest.raises(BrokerUnavailable):
        alpaca.bars(APPLE, START, END, 1)


@pytest.mark.integration
def test_bars_when_read_from_the_simulator_then_they_are_what_was_moved(clock):
    with FakeAlpaca(checked=True) as fake:
        for price in ("100", "103", "99", "101"):
            fake.market.move("AAPL", Decimal(price))
        clock.now = datetime.now(UTC) + timedelta(hours=1)
        urls = {"trading_url": fake.url, "data_url": fake.url}
        alpaca = AlpacaBroker(fake.key, fake.secret, paper=True, **urls, timeout_seconds=2, clock=clock)
        bars = alpaca.bars(APPLE, clock.now - timedelta(hours=2), clock.now, 1)

        assert fake.misfits == []
    assert (max(bar.high for bar in bars), min(bar.low for bar in bars), bars[-1].close) == (103, 99, 101)
