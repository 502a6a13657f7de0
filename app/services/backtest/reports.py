"""A result as files: `report.json` (the same tape, the same bytes), `trades.csv`, `equity.csv`, HTML."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from app.domain.backtest.result import BacktestResult, BacktestTrade
from app.domain.json_codec import timestamp, to_json
from app.errors import InvalidRequest

JSON_NAME, HTML_NAME, TRADES_NAME, EQUITY_NAME = "report.json", "report.html", "trades.csv", "equity.csv"
# What a page shows of lists and curves; the files have all of them.
MOST_ROWS = 1000
MOST_POINTS = 2000
EQUITY_COLUMNS = ("time", "equity")
# Where a page waits for the library of its plots, which is larger than all the rest and the same for all.
SCRIPT_PLACE = "<!-- the script of the plots -->"
TRADE_COLUMNS = (
    "symbol",
    "bot",
    "side",
    "quantity",
    "entry_time",
    "entry_price",
    "exit_time",
    "exit_price",
    "gain",
    "fees",
    "reason",
)


def report_of(result: BacktestResult) -> dict[str, Any]:
    """Return a result as JSON; decimals are text, times RFC 3339 in UTC."""
    return {
        "from": timestamp(result.first),
        "to": timestamp(result.last),
        "alerts": result.alerts,
        "currency": result.currency,
        "bars": dict(result.bars),
        "settings": dict(result.settings),
        "initial_equity": to_json(result.initial_equity),
        "final_equity": to_json(result.final_equity),
        "fees": to_json(result.fees),
        "slippage": to_json(result.slippage),
        "metrics": dict(result.metrics),
        "refusals": dict(result.refusals),
        "trades": [_trade(trade) for trade in result.trades],
        "open_trades": [_trade(trade) for trade in result.open_trades],
        "comparison": [to_json(each) for each in result.comparison],
        "equity_curve": [[timestamp(at), to_json(worth)] for at, worth in result.equity_curve],
        "bots": to_json(dict(result.bots)),
        "notes": list(result.notes),
    }


def excerpt(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page shows of a report: no more rows of a list, and no more points, than can be seen."""
    shown = {name: report[name][:MOST_ROWS] for name in ("trades", "open_trades", "comparison")}
    return dict(report) | shown | {"equity_curve": thinned(report["equity_curve"], MOST_POINTS)}


def thinned(curve: Sequence[Sequence[str]], most: int) -> list[Sequence[str]]:
    """Return about so many points of a curve: both ends, and of each piece the lowest and the highest."""
    if len(curve) <= most:
        return list(curve)
    size = -(-2 * len(curve) // (most - 2))
    kept = {0, len(curve) - 1}
    for begin in range(0, len(curve), size):
        piece = range(begin, min(begin + size, len(curve)))
        worth = [float(curve[place][1]) for place in piece]
        kept |= {begin + worth.index(min(worth)), begin + worth.index(max(worth))}
    return [curve[place] for place in sorted(kept)]


def files_of(report: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of all four files by their names; the page is without the script of its plots."""
    from app.services.backtest.html import page

    equity = [dict(zip(EQUITY_COLUMNS, row, strict=True)) for row in report["equity_curve"]]
    return {
        JSON_NAME: json.dumps(report, indent=1, ensure_ascii=False) + "\n",
        TRADES_NAME: _csv(TRADE_COLUMNS, report["trades"] + report["open_trades"]),
        EQUITY_NAME: _csv(EQUITY_COLUMNS, equity),
        HTML_NAME: page(report),
    }


def whole(name: str, text: str) -> str:
    """Return a file as people get it: a page with the script that draws its plots, and needs no network."""
    if name != HTML_NAME:
        return text
    script = resources.files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")
    return text.replace(SCRIPT_PLACE, f"<script>{script}</script>", 1)


def write_report(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write all four files into a folder, which is made; raise InvalidRequest where it cannot be written."""
    texts = files_of(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(whole(name, text), encoding="utf-8")
    except OSError as error:
        raise InvalidRequest(f"{folder} cannot be written: {error.strerror}.") from error
    return [folder / name for name in texts]


def read_report(path: Path) -> dict[str, Any]:
    """Read a `report.json`, or the one in a folder; raise InvalidRequest where it is none."""
    file = path / JSON_NAME if path.is_dir() else path
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidRequest(f"{file} is no report of a backtest.") from error
    if not isinstance(report, dict) or not {"metrics", "equity_curve", "final_equity"} <= report.keys():
        raise InvalidRequest(f"{file} is no report of a backtest.")
    return report


def side_by_side(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the figures, the settings and the refusals that differ: their names, and both values."""
    rows: list[tuple[str, Any, Any]] = []
    for section in ("metrics", "settings", "refusals"):
        known = dict(one[section]), dict(other[section])
        rows += [
            (name, known[0].get(name), known[1].get(name))
            for name in dict.fromkeys([*known[0], *known[1]])
            if known[0].get(name) != known[1].get(name)
        ]
    return rows


def _trade(trade: BacktestTrade) -> dict[str, Any]:
    return {name: to_json(getattr(trade, name)) for name in TRADE_COLUMNS}


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
