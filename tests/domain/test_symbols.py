from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.instruments import AssetClass, OptionContract
from app.domain.symbols import SymbolRefused, get_asset_class, option_instrument, parse_symbol

pytestmark = pytest.mark.unit

CRYPTO, EQUITY, FOREX = AssetClass.CRYPTO, AssetClass.EQUITY, AssetClass.FOREX
FUTURE, OPTION, UNKNOWN = AssetClass.FUTURE, AssetClass.OPTION, AssetClass.UNKNOWN

CANONICAL = [
    # the bridge document's table
    ("BINANCE:BTCUSDT", "BTC-USD", CRYPTO, "binance"),
    ("COINBASE:BTCUSD", "BTC-USD", CRYPTO, "coinbase"),
    ("NASDAQ:AAPL", "AAPL", EQUITY, "nasdaq"),
    ("BATS:SPY", "SPY", EQUITY, "bats"),
    ("OANDA:EURUSD", "EUR-USD", FOREX, "oanda"),
    # coins
    ("BTCUSD", "BTC-USD", CRYPTO, None),
    ("BTC-USD", "BTC-USD", CRYPTO, None),
    ("BTC/USD", "BTC-USD", CRYPTO, None),
    ("BTC_USD", "BTC-USD", CRYPTO, None),
    ("BTC.USD", "BTC-USD", CRYPTO, None),
    ("btcusdt", "BTC-USD", CRYPTO, None),
    ("ETH/USDC", "ETH-USD", CRYPTO, None),
    ("ETHBTC", "ETH-BTC", CRYPTO, None),
    ("SOLEUR", "SOL-EUR", CRYPTO, None),
    ("SHIBUSD", "SHIB-USD", CRYPTO, None),
    ("BTCBUSD", "BTC-USD", CRYPTO, None),
    ("BINANCE:BTCTUSD", "BTC-USD", CRYPTO, "binance"),
    ("ARBUSD", "ARB-USD", CRYPTO, None),
    ("COINBASE:ARBUSD", "ARB-USD", CRYPTO, "coinbase"),
    ("COINBASE:LITUSD", "LIT-USD", CRYPTO, "coinbase"),
    ("COINBASE:BLASTUSD", "BLAST-USD", CRYPTO, "coinbase"),
    ("AR-BUSD", "AR-USD", CRYPTO, None),
    ("USDTUSD", "USDT-USD", CRYPTO, None),
    ("USDCUSDT", "USDC-USD", CRYPTO, None),
    ("WBTCBTC", "WBTC-BTC", CRYPTO, None),
    ("1INCHUSD", "1INCH-USD", CRYPTO, None),
    ("DASHUSD", "DASH-USD", CRYPTO, None),
    ("KRAKEN:XBTFOOUSD", "XBTFOO-USD", CRYPTO, "kraken"),
    ("BINANCE:1000SATSUSDT", "1000SATS-USD", CRYPTO, "binance"),
    ("BINANCE:FOOB-USD", "FOOB-USD", CRYPTO, "binance"),
    ("OANDA:BTCUSD", "BTC-USD", CRYPTO, "oanda"),
    # currencies
    ("EURUSD", "EUR-USD", FOREX, None),
    ("EUR/USD", "EUR-USD", FOREX, None),
    ("EUR_USD", "EUR-USD", FOREX, None),
    ("FX:USDJPY", "USD-JPY", FOREX, "fx"),
    ("FX_IDC:GBPINR", "GBP-INR", FOREX, "fx_idc"),
    ("XAUUSD", "XAU-USD", FOREX, None),
    ("BINANCE:EURUSDT", "EUR-USD", FOREX, "binance"),
    # shares
    ("AAPL", "AAPL", EQUITY, None),
    (" aapl ", "AAPL", EQUITY, None),
    ("F", "F", EQUITY, None),
    ("BRK.B", "BRK.B", EQUITY, None),
    ("BRK-B", "BRK.B", EQUITY, None),
    ("BRK/B", "BRK.B", EQUITY, None),
    ("NYSE:BF.B", "BF.B", EQUITY, "nyse"),
    ("FBTC", "FBTC", EQUITY, None),
    ("DASH", "DASH", EQUITY, None),
    ("NOK", "NOK", EQUITY, None),
    ("AMEX:BTC", "BTC", EQUITY, "amex"),
    ("NYSE:LTC", "LTC", EQUITY, "nyse"),
    ("NASDAQ_DLY:AAPL", "AAPL", EQUITY, "nasdaq"),
    ("NASDAQ_DL:AAPL", "AAPL", EQUITY, "nasdaq"),
    ("AAPL_DLY", "AAPL", EQUITY, None),
    ("NSE:RELIANCE", "RELIANCE", EQUITY, "nse"),
    ("NSE:M&M", "M&M", EQUITY, "nse"),
    ("NSE:M_M", "M&M", EQUITY, "nse"),
    ("NSE:BAJAJ-AUTO", "BAJAJ-AUTO", EQUITY, "nse"),
    ("NSE:BAJAJ_AUTO", "BAJAJ-AUTO", EQUITY, "nse"),
    ("NSE:SBIN-EQ", "SBIN", EQUITY, "nse"),
    ("BSE:360ONE", "360ONE", EQUITY, "bse"),
    ("NSE:LICNETFN50", "LICNETFN50", EQUITY, "nse"),
    # perpetuals and futures
    ("BTCUSD.P", "BTC-USD.P", FUTURE, None),
    ("BYBIT:BTCUSDT.P", "BTC-USD.P", FUTURE, "bybit"),
    ("BTCUSDTPERP", "BTC-USD.P", FUTURE, None),
    ("BTC-PERP", "BTC-USD.P", FUTURE, None),
    ("BTC-USD.P", "BTC-USD.P", FUTURE, None),
    ("ES1!", "ES1!", FUTURE, None),
    ("CME_MINI:ES1!", "ES1!", FUTURE, "cme_mini"),
    ("CME_MINI_DL:NQ2!", "NQ2!", FUTURE, "cme_mini"),
    ("NSE:NIFTY1!", "NIFTY1!", FUTURE, "nse"),
    ("ESZ2025", "ESZ2025", FUTURE, None),
    ("NQH26", "NQH2026", FUTURE, None),
    ("ESZ5", "ESZ5", FUTURE, None),
    ("6EM2026", "6EM2026", FUTURE, None),
    ("EUREX:FGBLZ2025", "FGBLZ2025", FUTURE, "eurex"),
    ("NSE:NIFTY25NOVFUT", "NIFTY25NOVFUT", FUTURE, "nse"),
    # options
    ("AAPL250620C00100000", "AAPL250620C00100000", OPTION, None),
    ("AAPL  250620P00100000", "AAPL250620P00100000", OPTION, None),
    ("OPRA:AAPL250620C100.0", "AAPL250620C00100000", OPTION, "opra"),
    ("OPRA:SPXW250620C5912.5", "SPXW250620C05912500", OPTION, "opra"),
    ("AAPL1250620C00100000", "AAPL1250620C00100000", OPTION, None),
    ("NSE:NIFTY251127C26000", "NIFTY251127C26000000", OPTION, "nse"),
    ("NIFTY251127C26000000", "NIFTY251127C26000000", OPTION, "nse"),
    ("NSE:M&M251127P3500", "M&M251127P03500000", OPTION, "nse"),
]

REFUSED = [
    ("", "SYMBOL_MALFORMED"),
    ("   ", "SYMBOL_MALFORMED"),
    ("A" * 41, "SYMBOL_MALFORMED"),
    ("AAPL\n", "SYMBOL_MALFORMED"),
    ("AA\x00PL", "SYMBOL_MALFORMED"),
    ("\uff21\uff21\uff30\uff2c", "SYMBOL_MALFORMED"),  # full-width
    ("\u0410APL", "SYMBOL_MALFORMED"),  # Cyrillic
    ("AAPL\u200b", "SYMBOL_MALFORMED"),  # zero width
    ("\u00dfAPL", "SYMBOL_MALFORMED"),
    ("AAPL;", "SYMBOL_MALFORMED"),
    ("$AAPL", "SYMBOL_MALFORMED"),
    ("../AAPL", "SYMBOL_MALFORMED"),
    (":AAPL", "SYMBOL_MALFORMED"),
    ("NASDAQ:", "SYMBOL_MALFORMED"),
    ("NASDAQ:AAPL/NYSE:F", "SYMBOL_MALFORMED"),
    ("AAPL251320C00100000", "SYMBOL_MALFORMED"),
    ("AAPL250620C00000000", "SYMBOL_MALFORMED"),
    ("ABCDEF", "SYMBOL_UNKNOWN"),
    ("FOOUSD", "SYMBOL_UNKNOWN"),
    ("FOO-USD", "SYMBOL_UNKNOWN"),
    ("BTC-BTC", "SYMBOL_UNKNOWN"),
    ("USD-USDT", "SYMBOL_UNKNOWN"),
    ("NASDAQ:BTCUSD", "SYMBOL_UNKNOWN"),
    ("COINBASE:BTC", "SYMBOL_UNKNOWN"),
    ("OANDA:AAPL", "SYMBOL_UNKNOWN"),
    ("LSE:VOD", "SYMBOL_UNKNOWN"),
    ("AAPL/MSFT", "SYMBOL_UNKNOWN"),
    ("AAPL.P", "SYMBOL_UNKNOWN"),
    ("RELIANCE", "SYMBOL_UNKNOWN"),
    ("XYZZ26", "SYMBOL_UNKNOWN"),
    ("NSE:NIFTY25N1126000CE", "SYMBOL_UNKNOWN"),
    ("12345", "SYMBOL_UNKNOWN"),
    ("BTC", "SYMBOL_AMBIGUOUS"),
    ("eth", "SYMBOL_AMBIGUOUS"),
    ("WBTC", "SYMBOL_AMBIGUOUS"),
    ("EUR", "SYMBOL_AMBIGUOUS"),
    ("BINANCE:FOOBUSD", "SYMBOL_AMBIGUOUS"),
    ("SPX", "SYMBOL_INDEX"),
    ("NASDAQ:NDX", "SYMBOL_INDEX"),
    ("CBOE:VIX", "SYMBOL_INDEX"),
    ("TVC:DXY", "SYMBOL_INDEX"),
    ("TVC:GOLD", "SYMBOL_INDEX"),
    ("NSE:NIFTY", "SYMBOL_INDEX"),
    ("NSE:NIFTY50-INDEX", "SYMBOL_INDEX"),
    ("NSE:CNXAUTO", "SYMBOL_INDEX"),
    ("BSE:SENSEX", "SYMBOL_INDEX"),
    ("FOREXCOM:SPX500", "SYMBOL_INDEX"),
    ("CRYPTOCAP:BTC.D", "SYMBOL_INDEX"),
    ("BTC.D", "SYMBOL_INDEX"),
]

CLASSES = [
    ("BTC/USD", CRYPTO),
    ("BTC-USD", CRYPTO),
    ("BTC.USD", CRYPTO),
    ("BTC_USD", CRYPTO),
    ("BTCUSD", CRYPTO),
    ("ETH/USDT", CRYPTO),
    ("eth-btc", CRYPTO),
    ("DOGEUSDT", CRYPTO),
    ("BINANCE:SOL/USDT", CRYPTO),
    ("EUR/USD", FOREX),
    ("EUR-USD", FOREX),
    ("EUR.USD", FOREX),
    ("gbpjpy", FOREX),
    ("OANDA:XAU_USD", FOREX),
    ("AAPL", EQUITY),
    ("BRK.B", EQUITY),
    ("BRK-B", EQUITY),
    ("BRK/B", EQUITY),
    ("NASDAQ:GOOGL", EQUITY),
    ("NSE:BAJAJ-AUTO", EQUITY),
    ("AAPL250620C00100000", OPTION),
    ("BTCUSD.P", FUTURE),
    ("ES1!", FUTURE),
    ("SPX", UNKNOWN),
    ("BTC", UNKNOWN),
    ("FOO/BAR", UNKNOWN),
    ("FOO-BAR", UNKNOWN),
    ("FOO.BAR", UNKNOWN),
    ("BTC//USD", UNKNOWN),
    ("-", UNKNOWN),
    ("", UNKNOWN),
    ("\u0410\u0410PL", UNKNOWN),
]

WORDS = "BTC ETH APE USD USDT EUR NSE: BINANCE: CME: OPRA: PERP .P C00100000 250620"
PIECES = st.sampled_from([*"ABCDEPUST019 .:-/_!&", *WORDS.split()])


@pytest.mark.parametrize(("text", "symbol", "asset_class", "venue"), CANONICAL)
def test_symbol_when_known_then_canonical(text, symbol, asset_class, venue):
    instrument = parse_symbol(text)

    assert (instrument.symbol, instrument.asset_class, instrument.venue) == (symbol, asset_class, venue)


@pytest.mark.parametrize("text", [row[0] for row in CANONICAL])
def test_canonical_symbol_when_parsed_with_its_venue_then_unchanged(text):
    first = parse_symbol(text)

    assert parse_symbol(first.symbol, exchange=first.venue) == first


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_symbol_when_not_certain_then_refused(text, code):
    with pytest.raises(SymbolRefused) as refusal:
        parse_symbol(text)

    assert refusal.value.code == code
    assert refusal.value.message.isascii()


@pytest.mark.parametrize(("symbol", "asset_class"), CLASSES)
def test_asset_class_when_asked_then_never_raises(symbol, asset_class):
    assert get_asset_class(symbol) is asset_class


@pytest.mark.parametrize(
    ("exchange", "venue"), [("NYSE Arca", "nyse_arca"), ("nasdaq_dly", "nasdaq"), ("", None), (None, None)]
)
def test_exchange_when_given_apart_then_becomes_the_venue(exchange, venue):
    assert parse_symbol("SPY", exchange=exchange).venue == venue


def test_exchange_when_the_symbol_has_a_prefix_then_the_prefix_counts():
    assert parse_symbol("NYSE:F", exchange="NASDAQ").venue == "nyse"


@pytest.mark.parametrize("exchange", ["NAS\nDAQ", "N\u0410SDAQ", "A" * 41, "NYSE;", " "])
def test_exchange_when_malformed_then_refused(exchange):
    with pytest.raises(SymbolRefused, match=r"written like|at most"):
        parse_symbol("AAPL", exchange=exchange)


def test_bare_coin_when_the_exchange_settles_it_then_read():
    assert parse_symbol("BTC", exchange="AMEX").asset_class is EQUITY


def test_option_when_parsed_then_has_its_terms():
    contract = parse_symbol("OPRA:AAPL250620P102.5").option

    assert contract == OptionContract("AAPL", date(2025, 6, 20), Decimal("102.5"), "put")


def test_indian_option_when_parsed_then_counts_units():
    assert parse_symbol("NSE:BANKNIFTY251127C50000").multiplier == 1


@pytest.mark.parametrize("strike", ["0", "-1", "100.0001", "100000"])
def test_option_when_the_strike_has_no_code_then_refused(strike):
    with pytest.raises(SymbolRefused, match="not a strike"):
        option_instrument(OptionContract("AAPL", date(2025, 6, 20), Decimal(strike), "call"))


@pytest.mark.parametrize(
    ("text", "increment", "tick"),
    [
        ("BTCUSD", "0.000000001", "0.01"),
        ("DOGEUSD", "0.000000001", "0.0001"),
        ("ETHBTC", "0.000000001", "0.00000001"),
        ("AAPL", "0.000000001", "0.01"),
        ("EURUSD", "1", "0.00001"),
        ("USDJPY", "1", "0.001"),
        ("AAPL250620C00100000", "1", "0.01"),
        ("NSE:SBIN", "0.000000001", "0.05"),
    ],
)
def test_steps_when_parsed_then_fit_the_class(text, increment, tick):
    instrument = parse_symbol(text)

    assert (instrument.quantity_increment, instrument.price_tick) == (Decimal(increment), Decimal(tick))


@settings(deadline=None)
@given(st.text(max_size=45) | st.lists(PIECES, max_size=8).map("".join), st.none() | st.text(max_size=12))
def test_any_text_when_parsed_then_refused_or_stable(text, exchange):
    try:
        first = parse_symbol(text, exchange=exchange)
    except SymbolRefused:
        return

    assert parse_symbol(first.symbol, exchange=first.venue) == first
