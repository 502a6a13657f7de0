"""One measurement of one server: fresh database, warm-up, load."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.processes import cpu_seconds, memory_megabytes
from tests.reliability.server import GATEHOUSE, ROOT, ColdServer, Lost, Server, ask

WARM_UP_ALERTS = 200
OK = 200
GUNICORN = (
    *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning"),
    *("--worker-class", "gthread", "--threads", "16", "--workers", "1", "--keep-alive", "65"),
)


@dataclass(frozen=True, slots=True)
class Load:
    """What one load showed; latencies in milliseconds, processor time for 1,000 alerts."""

    alerts_per_second: float
    p50: float
    p99: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Start:
    """What a start costs until the first 200 on /health."""

    cpu_seconds: float
    seconds: float


def ours(folder: Path) -> Server:
    """Make Gatehouse as it comes, with a rate limit that lets the load pass."""
    return ColdServer(folder, GATEHOUSE)


def baseline(folder: Path, module: str = "baseline") -> Server:
    """Make the baseline, under the same server software with the same threads."""
    server = ColdServer(folder, (*GUNICORN, f"benchmarks.{module}:create_app()"))
    server.settings["GUNICORN_CMD_ARGS"] = f"--bind 0.0.0.0:{server.port}"
    return server


def prepare(server: Server) -> None:
    """Give our default bot a size that a long load does not run out of money with."""
    if server.command == GATEHOUSE:
        server.configure_bot("default", notional="1")


def measure_load(server: Server, *, concurrency: int, alerts: int) -> Load:
    """Warm up, then load and measure."""
    server.start()
    try:
        prepare(server)
        run_load(server, concurrency=concurrency, alerts=WARM_UP_ALERTS, name="warm-up")
        before = cpu_seconds(server.pid)
        result = run_load(server, concurrency=concurrency, alerts=alerts, name="load")
        used = cpu_seconds(server.pid) - before
    finally:
        server.kill()
    percentiles = quantiles(result["milliseconds"], n=100)
    return Load(alerts / result["seconds"], percentiles[49], percentiles[98], used * 1000 / alerts)


def run_load(server: Server, *, concurrency: int, alerts: int, name: str, symbols: int = 1) -> dict[str, Any]:
    """Run the load generator and return what it printed."""
    command = [sys.executable, "-m", "benchmarks.load", "--port", str(server.port), "--name", name]
    command += ["--alerts", str(alerts), "--concurrency", str(concurrency), "--symbols", str(symbols)]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
    result: dict[str, Any] = json.loads(printed)
    return result


def measure_start(server: Server) -> Start:
    """Start and wait for /health, asking rarely so that the asking does not count."""
    started = time.perf_counter()
    server.launch()
    try:
        while not _is_healthy(server):
            time.sleep(0.01)
        return Start(cpu_seconds(server.pid), time.perf_counter() - started)
    finally:
        server.kill()


def measure_memory(server: Server, *, alerts: int) -> dict[str, list[dict[str, float]]]:
    """Return each process's memory after the start and after some alerts."""
    server.start()
    try:
        prepare(server)
        fresh = memory_megabytes(server.pid)
        run_load(server, concurrency=8, alerts=alerts, name="memory")
        return {"after the start": fresh, f"after {alerts:,} alerts": memory_megabytes(server.pid)}
    finally:
        server.kill()


def _is_healthy(server: Server) -> bool:
    try:
        return ask(server.port, "GET", "/health").status == OK
    except Lost:
        return False
