"""Where orders fill within bars, against ledgers that were worked out by hand."""

from decimal import Decimal

import pytest

from tests.services.backtest.tapes import alert, at, played, series

pytestmark = pytest.mark.unit

QUIET = (100, 101, 99, 100)
EXITS = {"attach_sl_tp": True, "sl_pct": Decimal("0.05"), "tp_pct": Decimal("0.10")}


def only_trade(result):
    (trade,) = result.trades
    return trade


def test_round_trip_when_alerts_come_at_bars_ends_then_fills_at_the_next_opening_to_the_cent():
    bars = series(QUIET, (101, 103, 100, 102), (104, 106, 103, 105), (103, 104, 102, 103))
    alerts = [alert(1, "buy", 100), alert(3, "sell", 105)]
    fees = {"paper_fee_per_order": Decimal("1.50"), "paper_fee_pct": Decimal("0.001")}

    result = played({"AAPL": bars}, alerts, settings=fees)

    trade = only_trade(result)
    # Bought 10 at the open of bar 1 (101), sold at the open of bar 3 (103); two fees of 1.50 and 0.1 %.
    assert (trade.entry_price, trade.exit_price, trade.quantity) == (101, 103, 10)
    assert (trade.entry_time, trade.exit_time, trade.reason) == (at(1), at(3), "alert")
    assert trade.fees == Decimal("3.00") + Decimal("1.01") + Decimal("1.03")
    assert trade.gain == Decimal(20) - trade.fees
    assert result.final_equity == Decimal(100_000) + trade.gain
    assert result.fees == trade.fees
    assert result.slippage == Decimal((101 - 100) * 10 + (105 - 103) * 10)


def test_stop_and_target_when_one_bar_has_both_then_the_stop_is_taken_to_come_first():
    result = played({"AAPL": series(QUIET, QUIET, (100, 120, 90, 118))}, [alert(1, "buy", 100)], **EXITS)

    trade = only_trade(result)
    assert (trade.exit_price, trade.reason) == (95, "stop_loss")


def test_stop_when_the_market_opens_beyond_it_then_fills_at_the_opening():
    result = played({"AAPL": series(QUIET, QUIET, (91, 93, 90, 92))}, [alert(1, "buy", 100)], **EXITS)

    assert (only_trade(result).exit_price, only_trade(result).reason) == (91, "stop_loss")


@pytest.mark.parametrize(
    ("rising", "price"),
    [((100, 112, 99, 111), 110), ((113, 114, 112, 113), 113)],
    ids=["inside the bar", "at a better opening"],
)
def test_target_when_it_is_reached_then_fills_there_or_better(rising, price):
    result = played({"AAPL": series(QUIET, QUIET, rising)}, [alert(1, "buy", 100)], **EXITS)

    assert (only_trade(result).exit_price, only_trade(result).reason) == (price, "take_profit")


def test_short_when_one_bar_has_both_then_its_stop_above_comes_first():
    short = alert(1, "sell", 100, long=False)

    result = played({"AAPL": series(QUIET, QUIET, (100, 120, 80, 85))}, [short], **EXITS)

    assert (only_trade(result).exit_price, only_trade(result).gain) == (105, -50)


def test_trailing_stop_when_prices_rise_and_fall_then_follows_the_best_and_never_falls_back():
    bars = series(QUIET, QUIET, (100, 109, 100, 109), (109, 109, 103, 103))

    result = played({"AAPL": bars}, [alert(1, "buy", 100)], **EXITS, trailing_stop_pct=Decimal("0.05"))

    # The best price was 109: the stop stands 5 % below it.
    assert (only_trade(result).exit_price, only_trade(result).reason) == (Decimal("103.55"), "stop_loss")


def test_slippage_when_it_is_set_then_each_fill_is_worse_by_it():
    bars = series(QUIET, (101, 103, 100, 102), (104, 106, 103, 105))
    slips = {"paper_slippage_pct": Decimal("0.01")}

    trade = only_trade(played({"AAPL": bars}, [alert(1, "buy", 101), alert(2, "sell", 104)], settings=slips))

    assert (trade.entry_price, trade.exit_price) == (Decimal("102.01"), Decimal("102.96"))


def test_alert_when_it_comes_inside_a_bar_then_fills_at_the_price_that_it_saw():
    trade = only_trade(
        played(
            {"AAPL": series(QUIET, (100, 110, 95, 105), QUIET)},
            [alert(1.5, "buy", 107), alert(2, "sell", 105)],
        )
    )

    assert (trade.entry_price, trade.exit_price) == (107, 100)


def test_alert_when_there_are_no_bars_of_its_symbol_then_fills_at_its_own_price():
    trade = only_trade(
        played(
            {"AAPL": series(QUIET, QUIET)},
            [alert(0, "buy", 50, symbol="MSFT"), alert(1, "sell", 60, symbol="MSFT")],
        )
    )

    assert (trade.symbol, trade.gain) == ("MSFT", 100)


def test_position_when_it_is_open_at_the_end_then_is_told_with_what_it_is_worth():
    result = played({"AAPL": series(QUIET, QUIET, (100, 108, 100, 107))}, [alert(1, "buy", 100)])

    (held,) = result.open_trades
    assert (held.gain, held.reason, result.trades) == (70, "open", ())
    assert result.final_equity == 100_070


def test_refused_alerts_when_played_then_are_counted_by_reason_and_lose_nothing_else():
    alerts = [
        alert(1, "sell", 100),
        alert(2, "buy", 100),
        alert(3, "buy", 100, strategy_order_contracts=10_000_000),
        alert(4, "buy", 100, strategy_order_price="free"),
    ]

    result = played({"AAPL": series(*[QUIET] * 6)}, alerts)

    assert result.refusals == {"POSITION_NONE": 1, "BUYING_POWER_INSUFFICIENT": 1, "ALERT_MALFORMED": 1}
    assert len(result.open_trades) == 1
    assert "strategy_order_price" in result.notes[0]
