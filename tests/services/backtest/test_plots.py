import json
import re

import pytest

from app.services.backtest.plots import below, plots

pytestmark = pytest.mark.unit

CURVE = [("2026-06-01T10:00:00Z", "100"), ("2026-06-02T10:00:00Z", "120"), ("2026-06-03T10:00:00Z", "90")]


@pytest.fixture
def drawn():
    """Return what the library is told to draw: where, which lines, and how."""
    (arguments,) = re.findall(r"<script>Plotly\.newPlot\((.*)\);</script>", plots(CURVE))
    return json.loads(f"[{arguments}]")


def test_plots_when_made_then_equity_and_drawdown_stand_at_every_time(drawn):
    place, (equity, drawdown), *_ = drawn

    assert f'id="{place}"' in plots(CURVE)
    assert equity["x"] == drawdown["x"] == [time.replace("Z", "+00:00") for time, _ in CURVE]
    assert (equity["y"], drawdown["y"]) == ([100, 120, 90], [0, 0, -0.25])


def test_plots_when_made_then_each_line_has_axes_of_its_own(drawn):
    _, lines, layout, _ = drawn
    axes = [(line["xaxis"], line["yaxis"].replace("y", "yaxis")) for line in lines]

    assert [layout[name]["tickformat"] for _, name in axes] == [",.2f", ".2%"]
    assert layout["xaxis"]["matches"] == axes[1][0]
    assert layout["yaxis2"]["domain"][1] < layout["yaxis"]["domain"][0]


def test_below_when_there_was_nothing_then_nothing_is_below():
    assert below([0, -5]) == [0, 0]
