import json
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from app.domain.backtest.listed_trades import ListedTrade, alerts_of
from app.domain.orders import Side
from app.services.backtest.reports import report_of, side_by_side
from tests.services.backtest.tapes import alert, at, played, series

pytestmark = pytest.mark.unit


def random_tape(seed: int, length: int):
    chance = Random(seed)
    rows, price = [], 100.0
    for _ in range(length):
        last = round(price * (1 + chance.uniform(-0.006, 0.006)), 2)
        rows.append((price, round(max(price, last) + 0.2, 2), round(min(price, last) - 0.2, 2), last))
        price = last
    alerts = [
        alert(place, "buy" if place % 20 else "sell", rows[place - 1][3], long=chance.random() < 0.7)
        for place in range(1, length, 10)
    ]
    return {"AAPL": series(*rows)}, alerts


def test_tape_when_played_twice_then_the_reports_are_equal_to_the_byte():
    keys = {"attach_sl_tp": True, "settings": {"paper_partial_fill_probability": Decimal("0.3")}}
    once, again = (json.dumps(report_of(played(*random_tape(3, 300), **keys))) for _ in range(2))

    assert once == again
    assert len(json.loads(once)["trades"]) > 5


def test_equity_when_added_up_from_trades_then_is_the_accounts():
    result = played(*random_tape(5, 400), attach_sl_tp=True, settings={"paper_fee_pct": Decimal("0.0005")})

    gains = sum((trade.gain for trade in (*result.trades, *result.open_trades)), Decimal(0))
    assert abs(result.final_equity - result.initial_equity - gains) < Decimal("0.01")
    assert result.metrics["trades"] == len(result.trades) > 10


def listed(number: int, quantity: int, profit: int) -> ListedTrade:
    return ListedTrade(
        number=str(number),
        symbol="AAPL",
        side=Side.BUY,
        quantity=Decimal(quantity),
        entry_time=at(1),
        entry_price=Decimal(101),
        exit_time=at(3),
        exit_price=Decimal(103),
        profit=Decimal(profit),
    )


BARS = {"AAPL": series((100, 101, 99, 100), (101, 103, 100, 102), (104, 106, 103, 105), (103, 104, 102, 103))}


def test_list_when_played_with_its_own_sizes_then_every_trade_is_the_same():
    trades = [listed(1, 10, 20)]

    (difference,) = played(BARS, alerts_of(trades, BARS), trades=trades).comparison

    assert (difference.difference, difference.why) == (0, "the same")


def test_list_when_sizes_fees_and_prices_differ_then_each_part_is_explained_and_adds_up():
    trades = [listed(1, 10, 20)]
    slips = {"paper_fee_per_order": Decimal(1), "paper_slippage_pct": Decimal("0.01")}

    result = played(
        BARS,
        alerts_of(trades, BARS),
        trades=trades,
        settings=slips,
        use_strategy_contracts=False,
        notional=Decimal(505),
    )

    (difference,) = result.comparison
    assert difference.difference == result.trades[0].gain - 20
    parts = [Decimal(part.rpartition(": ")[2]) for part in difference.why.split("; ")]
    assert abs(sum(parts) - difference.difference) < Decimal("0.03")
    assert [part.split(" ")[0] for part in difference.why.split("; ")] == ["size", "entry", "exit", "fees"]


def test_trade_of_a_list_when_it_was_refused_here_then_says_so():
    trades = [listed(1, 10, 20)]

    (difference,) = played(BARS, alerts_of(trades, BARS), trades=trades, daily_order_cap=0).comparison

    assert difference.ours is None
    assert difference.why == "Not traded here: DAILY_ORDER_CAP."


def test_reports_when_laid_side_by_side_then_only_what_differs_is_told():
    one, other = (
        report_of(
            played(
                BARS,
                [alert(1, "buy", 100), alert(3, "sell", 105)],
                settings={"paper_fee_per_order": Decimal(fee)},
            )
        )
        for fee in (0, 2)
    )

    rows = {name: (before, after) for name, before, after in side_by_side(one, other)}

    assert rows["fees"] == ("0", "4")
    assert "trades" not in rows
    assert side_by_side(one, one) == []


def test_exposure_when_held_for_half_the_time_then_is_a_half():
    result = played(BARS, [alert(1, "buy", 100), alert(3, "sell", 105)])

    assert result.metrics["exposure"] == pytest.approx(0.5, abs=0.01)
    assert result.last - result.first == pytest.approx(timedelta(minutes=20), abs=timedelta(seconds=1))
