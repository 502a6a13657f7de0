"""Gatehouse for a demonstration: on a port that is free, and gone when the demonstration is."""

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 10


def port_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of `--port`, which is PORT where it is not given."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8080)
    return parser


def free_port(port: int) -> int:
    """Return the port; end with one sentence where something listens on it."""
    try:
        with socket.create_server(("", port)):
            return port
    except (OSError, OverflowError) as error:
        raise SystemExit(
            f"Port {port} is not free; choose another one, for example PORT={port + 1}."
        ) from error


@contextmanager
def serving(settings: dict[str, str]) -> Iterator[subprocess.Popen[Any]]:
    """Serve with these settings; SIGTERM, Ctrl-C and a closed terminal end the server first."""
    # Ctrl-C too: a shell starts what runs in the background deaf to it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    # A group of its own: Ctrl-C reaches the server once, through us.
    server = subprocess.Popen(
        [sys.executable, "main.py"], cwd=ROOT, env=os.environ | settings, start_new_session=True
    )
    try:
        yield server
    except KeyboardInterrupt:
        pass
    finally:
        _stop(server)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _stop(server: subprocess.Popen[Any]) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
