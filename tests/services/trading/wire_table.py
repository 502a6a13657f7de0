"""The trade-type table: what Alpaca receives for every trade, size and kind of entry, with and without exits.

Apple trades at 100 and Bitcoin at 50,000; stops lie 2 % and targets 4 % away. `ID` stands for a client order
id without its suffix. A position that is held before has the exits of its row.
"""

from itertools import product
from typing import NamedTuple

from tests.builders import ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT

Body = dict[str, object]


class Row(NamedTuple):
    """What is held, what Alpaca receives for the alert, what is left, and what it receives at the stop.

    `code` is why nothing was sent, or no entry. At the stop Alpaca itself fills the legs that it holds.
    """

    trade: str
    size: str
    entry: str
    exits: str
    held: str
    sent: list[Body]
    left: str
    at_stop: Body | None = None
    code: str | None = None

    @property
    def name(self) -> tuple[str, str, str, str]:
        """Trade, size, kind of entry and exits: every combination is there once."""
        return self[:4]


def target(side: str, now: str, before: str, size: str) -> dict[str, str]:
    """Build a reversal the way TradingView tells it: by the position before and after."""
    sizes = {"market_position_size": size, "prev_market_position_size": size}
    return {"strategy_order_action": side, "market_position": now, "prev_market_position": before, **sizes}


TRADES = ("enter long", "exit long", "enter short", "exit short", "turn short", "turn long")
SIZES = {"whole": "10", "fraction": "10.5", "coin": "0.5"}
NAMES = set(product(TRADES, SIZES, ("market", "limit"), ("bare", "exits")))


def alert_of(row: Row) -> dict[str, str]:
    """Return what makes a strategy alert the row's own."""
    size = SIZES[row.size]
    coin = {"symbol": "BTCUSD", "strategy_order_price": "50000"} if row.size == "coin" else {}
    terms = {
        "enter long": ENTER_LONG,
        "exit long": EXIT_LONG,
        "enter short": ENTER_SHORT,
        "exit short": EXIT_SHORT,
        "turn short": target("sell", "short", "long", size),
        "turn long": target("buy", "long", "short", size),
    }
    return {"strategy_order_contracts": size, **coin, **terms[row.trade]}


STOCK: Body = {"symbol": "AAPL", "type": "market", "time_in_force": "day", "client_order_id": "ID"}
COIN: Body = {"symbol": "BTC/USD", "type": "market", "time_in_force": "gtc", "client_order_id": "ID"}
AT_100: Body = {"type": "limit", "limit_price": "100"}
AT_50000: Body = {"type": "limit", "limit_price": "50000"}
GTC: Body = {"time_in_force": "gtc"}

BUY: Body = STOCK | {"side": "buy", "qty": "10"}
SELL: Body = STOCK | {"side": "sell", "qty": "10"}
BUY_PART: Body = BUY | {"qty": "10.5"}
PART_AT_100: Body = BUY_PART | AT_100
BUY_COIN: Body = COIN | {"side": "buy", "qty": "0.5"}

SELL_OUT: Body = SELL | {"position_intent": "sell_to_close"}
BUY_BACK: Body = BUY | {"position_intent": "buy_to_close"}
SELL_PART_OUT: Body = SELL_OUT | {"qty": "10.5"}
SELL_COIN_OUT: Body = COIN | {"side": "sell", "qty": "0.5"}

LEVELS: Body = {"take_profit": {"limit_price": "104"}, "stop_loss": {"stop_price": "98"}}
LONG_LEGS: Body = {"order_class": "bracket"} | LEVELS
SHORT_LEGS: Body = LONG_LEGS | {"take_profit": {"limit_price": "96"}, "stop_loss": {"stop_price": "102"}}
# The whole shares' exits; its type is the target's, its own id the target's too.
PAIR: Body = SELL | GTC | LEVELS | {"type": "limit", "order_class": "oco", "client_order_id": "ID-tp"}

REST_STOPPED: Body = SELL_OUT | {"qty": "0.5", "client_order_id": "ID-sl"}
COIN_STOPPED: Body = SELL_COIN_OUT | {"client_order_id": "ID-sl"}

NOTHING, NO_SHORT = "POSITION_NONE", "SHORT_UNSUPPORTED"

ROWS = (
    Row("enter long", "whole", "market", "bare", "0", [BUY], "10"),
    Row("enter long", "whole", "market", "exits", "0", [BUY | GTC | LONG_LEGS], "10"),
    Row("enter long", "whole", "limit", "bare", "0", [BUY | AT_100], "10"),
    Row("enter long", "whole", "limit", "exits", "0", [BUY | AT_100 | LONG_LEGS], "10"),
    Row("enter long", "fraction", "market", "bare", "0", [BUY_PART], "10.5"),
    Row("enter long", "fraction", "market", "exits", "0", [BUY_PART, PAIR], "10.5", REST_STOPPED),
    Row("enter long", "fraction", "limit", "bare", "0", [PART_AT_100], "10.5"),
    Row("enter long", "fraction", "limit", "exits", "0", [PART_AT_100, PAIR], "10.5", REST_STOPPED),
    Row("enter long", "coin", "market", "bare", "0", [BUY_COIN], "0.5"),
    Row("enter long", "coin", "market", "exits", "0", [BUY_COIN], "0.5", COIN_STOPPED),
    Row("enter long", "coin", "limit", "bare", "0", [BUY_COIN | AT_50000], "0.5"),
    Row("enter long", "coin", "limit", "exits", "0", [BUY_COIN | AT_50000], "0.5", COIN_STOPPED),
    # Exits ignore the alert's size, go to the market, and Alpaca lets none of them open a position.
    Row("exit long", "whole", "market", "bare", "10", [SELL_OUT], "0"),
    Row("exit long", "whole", "market", "exits", "10", [SELL_OUT], "0"),
    Row("exit long", "whole", "limit", "bare", "10", [SELL_OUT], "0"),
    Row("exit long", "whole", "limit", "exits", "10", [SELL_OUT], "0"),
    Row("exit long", "fraction", "market", "bare", "10.5", [SELL_PART_OUT], "0"),
    Row("exit long", "fraction", "market", "exits", "10.5", [SELL_PART_OUT], "0"),
    Row("exit long", "fraction", "limit", "bare", "10.5", [SELL_PART_OUT], "0"),
    Row("exit long", "fraction", "limit", "exits", "10.5", [SELL_PART_OUT], "0"),
    Row("exit long", "coin", "market", "bare", "0.5", [SELL_COIN_OUT], "0"),
    Row("exit long", "coin", "market", "exits", "0.5", [SELL_COIN_OUT], "0"),
    Row("exit long", "coin", "limit", "bare", "0.5", [SELL_COIN_OUT], "0"),
    Row("exit long", "coin", "limit", "exits", "0.5", [SELL_COIN_OUT], "0"),
    Row("enter short", "whole", "market", "bare", "0", [SELL], "-10"),
    Row("enter short", "whole", "market", "exits", "0", [SELL | GTC | SHORT_LEGS], "-10"),
    Row("enter short", "whole", "limit", "bare", "0", [SELL | AT_100], "-10"),
    Row("enter short", "whole", "limit", "exits", "0", [SELL | AT_100 | SHORT_LEGS], "-10"),
    Row("enter short", "fraction", "market", "bare", "0", [], "0", code=NO_SHORT),
    Row("enter short", "fraction", "market", "exits", "0", [], "0", code=NO_SHORT),
    Row("enter short", "fraction", "limit", "bare", "0", [], "0", code=NO_SHORT),
    Row("enter short", "fraction", "limit", "exits", "0", [], "0", code=NO_SHORT),
    Row("enter short", "coin", "market", "bare", "0", [], "0", code=NO_SHORT),
    Row("enter short", "coin", "market", "exits", "0", [], "0", code=NO_SHORT),
    Row("enter short", "coin", "limit", "bare", "0", [], "0", code=NO_SHORT),
    Row("enter short", "coin", "limit", "exits", "0", [], "0", code=NO_SHORT),
    # Only whole shares can be held short, and no coins.
    Row("exit short", "whole", "market", "bare", "-10", [BUY_BACK], "0"),
    Row("exit short", "whole", "market", "exits", "-10", [BUY_BACK], "0"),
    Row("exit short", "whole", "limit", "bare", "-10", [BUY_BACK], "0"),
    Row("exit short", "whole", "limit", "exits", "-10", [BUY_BACK], "0"),
    Row("exit short", "fraction", "market", "bare", "-10", [BUY_BACK], "0"),
    Row("exit short", "fraction", "market", "exits", "-10", [BUY_BACK], "0"),
    Row("exit short", "fraction", "limit", "bare", "-10", [BUY_BACK], "0"),
    Row("exit short", "fraction", "limit", "exits", "-10", [BUY_BACK], "0"),
    Row("exit short", "coin", "market", "bare", "0", [], "0", code=NOTHING),
    Row("exit short", "coin", "market", "exits", "0", [], "0", code=NOTHING),
    Row("exit short", "coin", "limit", "bare", "0", [], "0", code=NOTHING),
    Row("exit short", "coin", "limit", "exits", "0", [], "0", code=NOTHING),
    # A reversal is the exit, then the entry; where the entry is refused, the exit still happens.
    Row("turn short", "whole", "market", "bare", "10", [SELL_OUT, SELL], "-10"),
    Row("turn short", "whole", "market", "exits", "10", [SELL_OUT, SELL | GTC | SHORT_LEGS], "-10"),
    Row("turn short", "whole", "limit", "bare", "10", [SELL_OUT, SELL | AT_100], "-10"),
    Row("turn short", "whole", "limit", "exits", "10", [SELL_OUT, SELL | AT_100 | SHORT_LEGS], "-10"),
    Row("turn short", "fraction", "market", "bare", "10.5", [SELL_PART_OUT], "0", code=NO_SHORT),
    Row("turn short", "fraction", "market", "exits", "10.5", [SELL_PART_OUT], "0", code=NO_SHORT),
    Row("turn short", "fraction", "limit", "bare", "10.5", [SELL_PART_OUT], "0", code=NO_SHORT),
    Row("turn short", "fraction", "limit", "exits", "10.5", [SELL_PART_OUT], "0", code=NO_SHORT),
    Row("turn short", "coin", "market", "bare", "0.5", [SELL_COIN_OUT], "0", code=NO_SHORT),
    Row("turn short", "coin", "market", "exits", "0.5", [SELL_COIN_OUT], "0", code=NO_SHORT),
    Row("turn short", "coin", "limit", "bare", "0.5", [SELL_COIN_OUT], "0", code=NO_SHORT),
    Row("turn short", "coin", "limit", "exits", "0.5", [SELL_COIN_OUT], "0", code=NO_SHORT),
    Row("turn long", "whole", "market", "bare", "-10", [BUY_BACK, BUY], "10"),
    Row("turn long", "whole", "market", "exits", "-10", [BUY_BACK, BUY | GTC | LONG_LEGS], "10"),
    Row("turn long", "whole", "limit", "bare", "-10", [BUY_BACK, BUY | AT_100], "10"),
    Row("turn long", "whole", "limit", "exits", "-10", [BUY_BACK, BUY | AT_100 | LONG_LEGS], "10"),
    Row("turn long", "fraction", "market", "bare", "-10", [BUY_BACK, BUY_PART], "10.5"),
    Row("turn long", "fraction", "market", "exits", "-10", [BUY_BACK, BUY_PART, PAIR], "10.5", REST_STOPPED),
    Row("turn long", "fraction", "limit", "bare", "-10", [BUY_BACK, PART_AT_100], "10.5"),
    Row(
        "turn long", "fraction", "limit", "exits", "-10", [BUY_BACK, PART_AT_100, PAIR], "10.5", REST_STOPPED
    ),
    Row("turn long", "coin", "market", "bare", "0", [BUY_COIN], "0.5"),
    Row("turn long", "coin", "market", "exits", "0", [BUY_COIN], "0.5", COIN_STOPPED),
    Row("turn long", "coin", "limit", "bare", "0", [BUY_COIN | AT_50000], "0.5"),
    Row("turn long", "coin", "limit", "exits", "0", [BUY_COIN | AT_50000], "0.5", COIN_STOPPED),
)
