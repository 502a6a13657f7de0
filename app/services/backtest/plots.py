"""The plots of a report: what the account was worth, and how far below its peak.

They are written as the library that draws them reads them: its own Python classes take longer to check two
lines than a short backtest takes in all.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

_CLEAR = "rgba(0,0,0,0)"
_AXIS = {
    "automargin": True,
    "gridcolor": "white",
    "linecolor": "white",
    "ticks": "",
    "title": {"standoff": 15},
    "zerolinecolor": "white",
    "zerolinewidth": 2,
}
_LAYOUT = {
    "autotypenumbers": "strict",
    "colorway": ["#636efa", "#EF553B"],
    "font": {"color": "#888"},
    "height": 520,
    "hoverlabel": {"align": "left"},
    "hovermode": "closest",
    "margin": {"l": 60, "r": 20, "t": 20, "b": 40},
    "paper_bgcolor": _CLEAR,
    "plot_bgcolor": _CLEAR,
    # The equity above, and below it, by the same times, the drawdown.
    "xaxis": _AXIS | {"anchor": "y", "domain": [0, 1], "matches": "x2", "showticklabels": False},
    "yaxis": _AXIS | {"anchor": "x", "domain": [0.328, 1], "tickformat": ",.2f"},
    "xaxis2": _AXIS | {"anchor": "y2", "domain": [0, 1]},
    "yaxis2": _AXIS | {"anchor": "x2", "domain": [0, 0.288], "tickformat": ".2%"},
}
_PLACE = "equity"


def plots(curve: Sequence[Sequence[str]]) -> str:
    """Return the markup and the script that draw a curve of times and worths, the library being there."""
    times = [datetime.fromisoformat(at).isoformat() for at, _ in curve]
    worths = [float(worth) for _, worth in curve]
    lines = [
        _line("Equity", times, worths, line={"width": 1.5}, xaxis="x", yaxis="y"),
        _line("Drawdown", times, below(worths), line={"width": 1}, fill="tozeroy", xaxis="x2", yaxis="y2"),
    ]
    arguments = ", ".join(map(json.dumps, (_PLACE, lines, _LAYOUT, {"responsive": True})))
    return (
        f'<div style="height:520px; width:100%;"><div id="{_PLACE}" style="height:100%; width:100%;"></div>'
        f"<script>Plotly.newPlot({arguments});</script></div>"
    )


def below(worths: Iterable[float]) -> list[float]:
    """Return how far each lies below the highest before it, as a fraction."""
    fractions, peak = [], 0.0
    for worth in worths:
        peak = max(peak, worth)
        fractions.append(worth / peak - 1 if peak > 0 else 0.0)
    return fractions


def _line(name: str, times: list[str], values: list[float], **terms: Any) -> dict[str, Any]:
    return {"type": "scatter", "name": name, "x": times, "y": values, **terms}
