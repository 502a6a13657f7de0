"""A report as one page that needs no network: figures, plots of equity and drawdown, trades."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from app.services.backtest.plots import plots
from app.services.backtest.reports import SCRIPT_PLACE

_STYLE = Markup("""
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; white-space: nowrap; }
tr { border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; } td.words { white-space: normal; text-align: left; }
.figures .wide { max-height: none; } .figures table { display: block; }
.figures tbody { columns: 18rem; display: block; }
.figures tr { break-inside: avoid; display: grid; grid-template-columns: 1fr auto; }
.wide { overflow-x: auto; max-height: 32rem; }
""")
TRADES = (
    "symbol",
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
FRACTIONS = frozenset(
    {"total_return", "buy_and_hold", "cagr", "volatility", "max_drawdown", "exposure", "win_rate"}
)
COMPARED = ("trade", "difference", "why")


def page(report: Mapping[str, Any]) -> str:
    """Return the page; the library of its plots goes to `SCRIPT_PLACE`."""
    title = f"Backtest {report['from'][:10]} to {report['to'][:10]}"
    parts = [
        Markup(
            "<!doctype html><html lang=en><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width'>"
        ),
        Markup("<title>{0}</title><style>{1}</style><body><h1>{0}</h1>").format(title, _STYLE),
        _paragraph(_summary(report)),
        *(_paragraph(note) for note in report["notes"]),
        # The plot library's own script and markup: none of it comes from an alert.
        Markup(SCRIPT_PLACE + plots(report["equity_curve"])),  # noqa: S704
        Markup("<div class=figures>{}</div>").format(_section("Figures", _table(("", ""), _figures(report)))),
        _section("Refused", _table(("Reason", "Alerts"), list(report["refusals"].items()))),
        _section("By month", _table(("Month", "Gain"), months(report["equity_curve"]))),
        _section("Beside the other list", _rows(COMPARED, report["comparison"])),
        _section("Trades", _rows(TRADES, report["trades"])),
        _section("Still open", _rows(TRADES, report["open_trades"])),
        _section("Set differently", _table(("Key", "Value"), list(report["settings"].items()))),
    ]
    return str(Markup("\n").join(parts)) + "\n"


def months(curve: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return what each month brought, as money."""
    ends: dict[str, float] = {}
    for at, equity in curve:
        ends[at[:7]] = float(equity)
    before = float(curve[0][1])
    rows = []
    for month, worth in ends.items():
        rows.append((month, f"{worth - before:+,.2f}"))
        before = worth
    return rows


def _figures(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return every figure as people read it: fractions in per cent, what cannot be told left out."""
    return [
        (
            name.upper() if name in {"sqn", "cagr"} else name.replace("_", " ").capitalize(),
            f"{float(value) * 100:,.2f} %" if name in FRACTIONS else str(value),
        )
        for name, value in report["metrics"].items()
        if value is not None
    ]


def _summary(report: Mapping[str, Any]) -> str:
    metrics = report["metrics"]
    return (
        f"{report['alerts']} alerts, {metrics['trades']} closed trades. From {report['initial_equity']} to "
        f"{report['final_equity']} {report['currency']}, fees {report['fees']}, "
        f"refused {sum(report['refusals'].values())}."
    )


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _section(title: str, table: Markup) -> Markup:
    return Markup("<h2>{}</h2><div class=wide>{}</div>").format(title, table) if table else Markup()


def _rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Markup:
    return _table(columns, [[row[name] for name in columns] for row in rows])


def _table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup:
    if not rows:
        return Markup()
    head = Markup().join(Markup("<th scope=col>{}</th>").format(name.replace("_", " ")) for name in headings)
    body = Markup("\n").join(
        Markup("<tr>{}</tr>").format(
            Markup().join(_cell(name, value) for name, value in zip(headings, row, strict=True))
        )
        for row in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)


def _cell(name: str, value: Any) -> Markup:
    shown = "" if value is None else escape(str(value))
    cell = Markup("<td class=words>{}</td>") if name == "why" else Markup("<td>{}</td>")
    return cell.format(shown)
