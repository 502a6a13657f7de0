from datetime import timedelta

import pytest

from app.domain.instruments import AssetClass, Instrument
from app.schemas.bar_rows import read_bar_rows
from app.services.opinion_scores.price_sources import BrokerPrices, TablePrices
from tests.builders import ScriptedBroker
from tests.past_opinions import NOON, bar_rows

pytestmark = pytest.mark.unit

NVIDIA = Instrument("NVDA", AssetClass.EQUITY)
HOUR = timedelta(hours=1)


class Keeper(ScriptedBroker):
    def bars(self, instrument, *_):
        return [f"bar of {instrument.symbol}"]


def test_broker_when_only_one_keeps_bars_then_it_is_asked():
    series = BrokerPrices([ScriptedBroker(), Keeper()]).series(NVIDIA, NOON, NOON + HOUR, 5)

    assert (series.bars, series.span) == (("bar of NVDA",), timedelta(minutes=5))
    assert series.covers(NOON, NOON + HOUR)


def test_broker_when_none_trades_the_kind_then_there_are_no_prices():
    keeper = Keeper(asset_classes=frozenset({AssetClass.CRYPTO}))

    assert BrokerPrices([keeper]).series(NVIDIA, NOON, NOON + HOUR, 5) is None


def test_table_when_it_has_the_symbol_then_its_bars():
    prices = TablePrices(read_bar_rows(bar_rows(3).splitlines()))

    assert prices.series(NVIDIA, NOON, NOON + HOUR, 5).span == HOUR
    assert prices.series(Instrument("MSFT", AssetClass.EQUITY), NOON, NOON + HOUR, 5) is None
