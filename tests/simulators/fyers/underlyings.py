"""What NSE lists derivatives on, with the facts that the symbol master repeats."""

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

LARGEST_BLOCK = 8_192
STOCK_BLOCK = 512
FIRST_TOKEN = 35_000

# name: index symbol, scrip code, level, lot, tick of futures, step of strikes, freeze quantity
INDICES = {
    "BANKNIFTY": ("NIFTYBANK", 26009, 56000.0, 30, "0.2", 100.0, 600),
    "FINNIFTY": ("FINNIFTY", 26037, 26500.0, 60, "0.1", 50.0, 1200),
    "MIDCPNIFTY": ("MIDCPNIFTY", 26074, 13500.0, 120, "0.05", 25.0, 2800),
    "NIFTY": ("NIFTY50", 26000, 25000.0, 65, "0.1", 50.0, 1800),
    "NIFTYNXT50": ("NIFTYNXT50", 26013, 68000.0, 25, "0.2", 100.0, 600),
}

# name: scrip code, price, lot, tick of futures
KNOWN = {
    "360ONE": (13061, 1150.0, 500, "0.1"),
    "ABB": (13, 5200.0, 125, "0.5"),
    "ABCAPITAL": (21614, 310.0, 3100, "0.05"),
    "ADANIENT": (25, 2400.0, 309, "0.1"),
    "ADANIPOWER": (17388, 145.0, 3550, "0.01"),
    "AXISBANK": (5900, 1230.0, 625, "0.1"),
    "BAJAJ-AUTO": (16669, 9000.0, 75, "1.0"),
    "BAJFINANCE": (317, 1020.0, 750, "0.1"),
    "RELIANCE": (2885, 1450.0, 500, "0.1"),
    "SBIN": (3045, 960.0, 750, "0.05"),
}

STOCKS = Path(__file__).with_name("stocks.txt").read_text(encoding="ascii").split()

# Below a price, the distance of strikes.
STEPS = ((100, 1.0), (250, 2.5), (500, 5.0), (1000, 10.0), (2500, 20.0), (5000, 50.0), (10_000, 100.0))
CONTRACT_WORTH = 600_000  # rupees, about what the exchange aims at
FREEZE_LOTS = 40


@dataclass(frozen=True, slots=True)
class Underlying:
    """One index or stock; `base` is its price on every first day."""

    name: str
    symbol: str
    is_index: bool
    token: int
    base: float
    lot: int
    future_tick: str
    step: float
    freeze: int
    first_token: int

    @property
    def fy_token(self) -> str:
        return f"1010000000{self.token:05}" if self.is_index else f"1010000000{self.token}"


def listed(stocks: int | None = None) -> list[Underlying]:
    """Return indices, then stocks, each by name; only so many stocks if told."""
    indices = [index(name, place) for place, name in enumerate(sorted(INDICES))]
    return indices + [stock(name, place) for place, name in enumerate(sorted(STOCKS)[:stocks])]


def index(name: str, place: int) -> Underlying:
    short, token, level, lot, tick, step, freeze = INDICES[name]
    first = FIRST_TOKEN + place * LARGEST_BLOCK
    return Underlying(name, f"NSE:{short}-INDEX", True, token, level, lot, tick, step, freeze, first)


def stock(name: str, place: int) -> Underlying:
    first = FIRST_TOKEN + len(INDICES) * LARGEST_BLOCK + place * STOCK_BLOCK
    chance = crc32(name.encode())
    price = float(80 + chance % 4_900) if chance % 7 else float(40 + chance % 60)
    unknown = (1_000 + place * 97, price, max(25, round(CONTRACT_WORTH / price / 25) * 25), "0.05")
    token, base, lot, tick = KNOWN.get(name, unknown)
    step = next((step for limit, step in STEPS if base < limit), 250.0)
    return Underlying(name, f"NSE:{name}-EQ", False, token, base, lot, tick, step, lot * FREEZE_LOTS, first)
