"""What names mean: exchanges, currencies, coins, indices and futures, as TradingView writes them."""

from enum import Enum, auto


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Family(Enum):
    """What an exchange lists, as far as it decides how a name is read."""

    NONE = auto()  # no exchange came with the name
    US = auto()
    INDIA = auto()
    CRYPTO = auto()
    FOREX = auto()
    FUTURES = auto()
    OPTIONS = auto()
    INDEX = auto()


_EXCHANGES = {
    Family.US: _words(
        """
        NASDAQ NYSE AMEX ARCA NYSEARCA NYSE_ARCA NYSEAMERICAN NYSE_AMERICAN BATS CBOE CBOEBZX IEX OTC
        OTCMKTS BOATS EDGX
        """
    ),
    Family.INDIA: _words("NSE BSE"),
    Family.CRYPTO: _words(
        """
        BINANCE BINANCEUS BINGX BITFINEX BITGET BITHUMB BITMART BITMEX BITSTAMP BITTREX BITVAVO BYBIT
        COINBASE COINEX CRYPTO CRYPTOCOM DERIBIT GATE GATEIO GEMINI HITBTC HTX HUOBI HYPERLIQUID KRAKEN
        KUCOIN LBANK MEXC OKCOIN OKX PHEMEX POLONIEX TOKENIZE UPBIT WHITEBIT WOONETWORK
        """
    ),
    Family.FOREX: _words(
        """
        OANDA FX FX_IDC FXCM FOREXCOM IDC SAXO PEPPERSTONE CAPITALCOM EIGHTCAP ICMARKETS FXOPEN
        BLACKBULL VANTAGE THINKMARKETS EASYMARKETS CMCMARKETS ACTIVTRADES TICKMILL FPMARKETS
        FUSIONMARKETS
        """
    ),
    Family.FUTURES: _words(
        """
        CME CME_MINI CME_GBX CBOT CBOT_MINI NYMEX NYMEX_MINI COMEX COMEX_MINI CFE ICE ICEUS ICEEUR
        ICEUSA EUREX MCX NCDEX SGX
        """
    ),
    Family.OPTIONS: _words("OPRA"),
    Family.INDEX: _words(
        """
        TVC SP DJ INDEX CRYPTOCAP CBOEFTSE ECONOMICS FRED FTSE RUSSELL SPCFD USI
        """
    ),
}
EXCHANGES = {name: family for family, names in _EXCHANGES.items() for name in names}

METALS = _words("XAG XAU XPD XPT")
CURRENCIES = METALS | _words(
    """
    AED AUD BRL CAD CHF CNH CNY COP CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PEN PHP
    PLN RON RUB SAR SEK SGD THB TRY TWD USD ZAR
    """
)

# Coins that stand for a dollar: as a quote they are the dollar, as a base they are themselves.
DOLLAR_COINS = _words("BUSD FDUSD TUSD USDC USDT")
# Dollar coins that are gone or rare.
RARE_QUOTES = _words("BUSD FDUSD TUSD")
QUOTES = (
    *DOLLAR_COINS,
    *("AUD", "BRL", "CAD", "CHF", "EUR", "GBP", "INR", "JPY", "KRW", "TRY", "USD"),
    *("BNB", "BTC", "ETH"),
)

# No coin of one letter belongs here: it would turn listed funds such as FBTC or TSOL into pairs.
COINS = _words(
    """
    1INCH AAVE ADA AERO AGIX AKT ALGO ANKR APE APT AR ARB ARKM ASTR ATOM AUDIO AVAX AXL AXS BAL BAND BAT
    BCH BLUR BNB BONK BSV BTC CAKE CBBTC CBETH CELO CELR CFX CHZ COMP CRO CRV CVX DAI DASH DOGE DOT DYDX
    EGLD ENA ENJ ENS EOS ETC ETH ETHFI FDUSD FET FIL FLOKI FLOW FTM GALA GLM GMT GMX GNO GRT HBAR HNT
    HYPE ICP ICX IMX INJ IOTA IOTX JASMY JTO JUP KAS KAVA KCS KSM LDO LINK LPT LRC LTC MANA MASK MATIC
    MINA MKR MNT MORPHO NEAR NEO OCEAN OKB OM ONDO ONE OP ORDI PAXG PENDLE PENGU PEPE POL POPCAT PYTH
    PYUSD QNT QTUM RAY RENDER RLC RNDR ROSE RPL RSR RUNE SAND SEI SHIB SKL SKY SNX SOL SPELL STETH STORJ
    STRK STX SUI SUPER SUSHI TAO TIA TON TRB TRUMP TRX TUSD TWT UMA UNI USDC USDT USUAL VET VIRTUAL WBTC
    WETH WIF WLD WOO XCN XDC XLM XMR XRP XTZ YFI ZEC ZEN ZIL ZRO ZRX
    """
)

# Coins at exchanges of coins only, where their last letters and USD would make BUSD, TUSD or FDUSD. Elsewhere
# some of these names are funds and companies.
TAILED_COINS = _words(
    "ACT ANT AST BLAST BNT BOB DENT GHST GOAT HFT HOT IOST LAB LIT NEST NOT ONT PNUT PROMPT SWEAT TST XPRT"
)

# Listed companies that share a name with a lesser coin or a currency: alone, the name is the company.
_COMPANIES = _words(
    "APE APT AR AXS BAND BSV CAKE COMP COP CVX DASH ENS EOS FET NEO NOK OM ONE PEN QTUM SKY SNX STRK STX"
)
AMBIGUOUS = ((COINS | CURRENCIES) - _COMPANIES) | {"DAX"}

INDIAN_INDICES = {
    **dict.fromkeys(("NIFTY", "NIFTY50", "BANKNIFTY", "NIFTYBANK", "FINNIFTY"), "NSE"),
    **dict.fromkeys(("MIDCPNIFTY", "NIFTYNXT50", "CNX100", "CNX200", "CNX500", "CNXIT", "INDIAVIX"), "NSE"),
    **dict.fromkeys(("SENSEX", "SENSEX50", "BANKEX"), "BSE"),
}
INDICES = frozenset(INDIAN_INDICES) | _words(
    """
    AUS200 BKX CAC40 DE30 DE40 DJI DJIA DXY ES35 EU50 FRA40 FTSE FVX GER30 GER40 GVZ HK50 HSI IXIC JP225
    KOSPI MNX NAS100 NDX NETH25 NI225 NYA OEX OTHERS OTHERS.D OVX RUA RUI RUT RVX SOX SPX SPX500 TNX
    TOTAL TOTAL2 TOTAL3 TYX UK100 UKX US100 US2000 US30 US500 USDC.D USDT.D VIX VIX1D VIX3M VIX9D VVIX
    VXN XSP
    """
)

FUTURES_ROOTS = _words(
    """
    6A 6B 6C 6E 6J 6M 6N 6S BTC BZ CC CL CT DX EMD ES ETH FDAX FESX GC GF HE HG HO KC LBR LE M2K M6A M6B
    M6E MBT MCL MES MET MGC MHG MNG MNQ MYM NG NKD NQ OJ PA PL QG QM RB RTY SB SI SIL SR1 SR3 TN UB VX
    VXM YM ZB ZC ZF ZL ZM ZN ZO ZR ZS ZT ZW
    """
)

# TradingView writes `_` for both `&` and `-`; names that are not here have a `-`.
AMPERSANDS = {
    name.replace("&", "_"): name
    for name in _words("M&M M&MFIN L&TFH J&KBANK ARE&M GVT&D GMRP&UI S&SPOWER SURANAT&P COX&KINGS IL&FSENGG")
}
