"""What structures of options cost: commands, choosing contracts, joining Alpaca's chain, marking trades.

`python -m benchmarks.options` prints markdown tables beside the most that each figure may be. Times are the
medians of some rounds; processor time where nothing is waited for, so that a busy machine changes little.
"""
# ruff: noqa: T201  # its result is what it prints

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import exp
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID, uuid4

from app import create_app
from app.brokers.alpaca.structures.chains import ChainReader
from app.brokers.alpaca.structures.contracts import ContractBook
from app.brokers.alpaca.structures.quotes import read_quotes
from app.brokers.alpaca.transport import Transport
from app.config import Settings
from app.domain.instruments import Instrument, OptionContract
from app.domain.structures.chain import Chain
from app.domain.structures.expiry_choice import ExpiryTerms
from app.domain.structures.kinds import StructureKind
from app.domain.structures.legs import Leg, compose
from app.domain.structures.selection import SelectionTerms, select
from app.domain.structures.strike_choice import StrikeBy, StrikeTerms
from app.domain.structures.trades import StructureTrade, TradeState
from app.domain.symbols.derivatives import option_instrument
from app.services.portfolio.structure_marks import instruments_of
from app.storage.memory import MemoryStore
from app.wiring.container import EXTENSION, Services
from benchmarks.measure import ours
from benchmarks.processes import cpu_seconds
from tests.reliability.server import Answer, Server, ask

NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
DAY = date(2026, 12, 18)
SPOT = Decimal(700)
STRIKES = [Decimal(100) + Decimal(step) / 2 for step in range(2_500)]
ROUNDS = 9
# The account takes 60 requests a minute.
COMMANDS, WARM_UP = 50, 5
TRADES = 100
SECRET = "9f9c3ab0-6c1f-4c1c-8a58-0a5f3e0f7a11"  # noqa: S105  # nothing but this process knows it
CONDOR = {
    "underlying": "SPY",
    "structure": "iron_condor",
    "days_to_expiry": 30,
    "strike_by": "delta",
    "strike_value": "0.2",
    "wing_width": "5",
}
OK = 200


def main() -> None:
    """Measure and print."""
    print("| structures | unit | measured | at most |\n|---|---|---:|---:|")
    for name, unit, figure, most in (*commands(), *choices(), *joins(), *marks()):
        print(f"| {name} | {unit} | {figure:.1f} | {'' if most is None else most} |", flush=True)


Row = tuple[str, str, float, int | None]


def commands() -> Iterator[Row]:
    """Enter a condor again and again at a served Gatehouse, on paper."""
    with tempfile.TemporaryDirectory() as folder:
        server = ours(Path(folder))
        server.settings["ACCOUNT_SECRET"] = SECRET
        server.start()
        try:
            _prepare(server)
            _ = [_command(server, place) for place in range(WARM_UP)]
            begun = cpu_seconds(server.pid)
            taken = [_command(server, WARM_UP + place) for place in range(COMMANDS)]
            processor = (cpu_seconds(server.pid) - begun) * 1000 / COMMANDS
        finally:
            server.drain()
    yield f"enter by a bot's settings on paper, p50 of {len(taken)}", "ms", median(taken), None
    yield "enter by a bot's settings on paper, p95", "ms", quantiles(taken, n=20)[-1], 300
    yield "the server's processor time for each, ladders that go on included", "CPU ms", processor, None


def _prepare(server: Server) -> None:
    server.call("PUT", "/api/paper/prices", {"SPY": "700"})
    server.create_bot("condors", **CONDOR)


def _command(server: Server, place: int) -> float:
    body = json.dumps({"idempotency_key": str(place)}).encode()
    begun = time.perf_counter()
    answer: Answer = ask(server.port, "POST", f"/webhook/{SECRET}/enter/2", body)
    taken = (time.perf_counter() - begun) * 1000
    if answer.status != OK:
        raise RuntimeError(f"A command was refused: {answer}")
    return taken


def choices() -> Iterator[Row]:
    """Choose a condor's four contracts out of a chain of thousands."""
    chain = _chain(Kept(has_greeks=True))()
    terms = SelectionTerms(
        StructureKind.IRON_CONDOR,
        ExpiryTerms(18),
        StrikeTerms(StrikeBy.DELTA, Decimal("0.2")),
        Decimal(5),
    )
    figure = median(_cpu(lambda: select(terms, chain, [DAY])) for _ in range(ROUNDS))
    yield f"four contracts out of {len(chain.contracts):,}", "CPU ms", figure, 50


def joins() -> Iterator[Row]:
    """Join what Alpaca lists and what it quotes, with greeks of its own and with ours."""
    for has_greeks, told in ((True, "Alpaca's greeks"), (False, "ours")):
        read = _chain(Kept(has_greeks=has_greeks))
        first = _cpu(read)
        size = f"{2 * len(STRIKES):,} contracts at Alpaca"
        yield f"the day's first chain of {size}, {told}", "CPU ms", first, None
        figure = median(_cpu(read) for _ in range(ROUNDS))
        yield f"a chain of {size}, {told}", "CPU ms", figure, 100


def marks() -> Iterator[Row]:
    """Look at a hundred open condors, no two of them with a contract in common."""
    services = _services()
    trades = [_trade(number) for number in range(1, TRADES + 1)]
    for trade in trades:
        services.store.apply(services.structures.trades.opening(trade))
    services.brokers.registry.get("paper").set_prices({"SPY": SPOT})  # type: ignore[attr-defined]
    asked = _counted(services)
    taken = [_wall(services.structures.watch.run) for _ in range(ROUNDS)]
    yield f"a look at {TRADES} open trades on paper", "ms", median(taken), None
    yield "calls of a look on paper", "calls", len(asked) / ROUNDS, 5
    transport = Kept(has_greeks=True)
    read_quotes(transport.as_transport, instruments_of(trades), "indicative")
    yield f"calls of a look at Alpaca, {4 * TRADES} contracts", "calls", transport.calls, 5


@dataclass
class Kept:
    """Answers as Alpaca does, from memory; `calls` are how many there were."""

    has_greeks: bool
    calls: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    snapshots: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the rows before anything is measured."""
        for strike in STRIKES:
            for kind in ("call", "put"):
                row = _listed(kind, strike)
                self.rows.append(row)
                self.snapshots[row["symbol"]] = _snapshot(kind, strike, has_greeks=self.has_greeks)

    @property
    def as_transport(self) -> Transport:
        """Pass for the line to Alpaca."""
        return self  # type: ignore[return-value]  # it has what is asked of a transport here

    def read(self, path: str, _query: object = None, **_: object) -> dict[str, Any]:
        """Answer a read."""
        self.calls += 1
        if path.endswith("/contracts"):
            return {"option_contracts": self.rows}
        return {"quotes": {}} if path.endswith("/latest") else {"snapshots": self.snapshots}


def _chain(kept: Kept) -> Callable[[], Chain]:
    now = [NOW]

    def clock() -> datetime:
        return now[0]

    reader = ChainReader(kept.as_transport, ContractBook(kept.as_transport, clock), clock, "indicative")

    def read() -> Chain:
        # What was read seconds ago is not read again.
        now[0] += timedelta(seconds=5)
        return reader.read("SPY", [DAY], SPOT)

    return read


def _listed(kind: str, strike: Decimal) -> dict[str, Any]:
    return {
        "symbol": f"SPY{DAY:%y%m%d}{kind[0].upper()}{int(strike * 1000):08d}",
        "underlying_symbol": "SPY",
        "root_symbol": "SPY",
        "expiration_date": DAY.isoformat(),
        "strike_price": str(strike),
        "type": kind,
        "style": "american",
        "multiplier": "100",
        "status": "active",
        "tradable": True,
        "open_interest": "120",
        "deliverables": [{"type": "equity", "amount": "100"}],
    }


def _snapshot(kind: str, strike: Decimal, *, has_greeks: bool) -> dict[str, Any]:
    away = float(strike - SPOT)
    inside = max(-away if kind == "call" else away, 0.0)
    mid = inside + 15 * exp(-abs(away) / 40) + 0.05
    row: dict[str, Any] = {
        "latestQuote": {"bp": round(mid - 0.02, 2), "ap": round(mid + 0.02, 2), "t": "2026-11-30T15:59:59Z"},
        "dailyBar": {"v": 12, "t": "2026-11-30T05:00:00Z"},
    }
    if has_greeks:
        delta = 1 / (1 + exp(away / 20))
        signed = delta if kind == "call" else delta - 1
        row |= {"greeks": {"delta": round(signed, 4)}, "impliedVolatility": 0.2}
    return row


def _services() -> Services:
    settings = Settings.from_environment({"WEBHOOK_SECRET": "a-secret", "OPERATOR_TOKEN": "a-token"})
    app = create_app(settings, store=MemoryStore(), clock=lambda: NOW)
    services: Services = app.extensions[EXTENSION]
    return services


def _counted(services: Services) -> list[int]:
    """Let the paper desk note how many quotes each call is asked for."""
    desk: Any = services.brokers.registry.get("paper").structures
    asked, quotes = list[int](), desk.quotes

    def counting(some: Sequence[Instrument]) -> Any:
        asked.append(len(some))
        return quotes(some)

    desk.quotes = counting
    return asked


def _trade(number: int) -> StructureTrade:
    middle = Decimal(100 + 10 * number)
    places = (("put", -4, 1), ("put", -2, -1), ("call", 2, -1), ("call", 4, 1))
    legs = [
        Leg(option_instrument(OptionContract("SPY", DAY, middle + away, kind)), ratio)  # type: ignore[arg-type]
        for kind, away, ratio in places
    ]
    structure, _ = compose(legs)
    return StructureTrade(
        id=str(uuid4()),
        number=number,
        bot="default",
        broker="paper",
        kind=StructureKind.IRON_CONDOR,
        structure=structure,
        state=TradeState.OPEN,
        created_at=NOW,
        tickets=(UUID(int=number),),
        entered_units=1,
        entered_value=Decimal("-0.5"),
        legs={leg.instrument.symbol: leg.quantity for leg in legs},
    )


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def _wall(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
