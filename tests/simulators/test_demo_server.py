"""A demonstration takes a free port, and leaves nothing on it."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.reliability.server import ROOT, Lost, ask, free_port
from tests.simulators import demo_server

START_SECONDS = 20


@pytest.mark.unit
@pytest.mark.parametrize(("environment", "port"), [({}, 8080), ({"PORT": "9123"}, 9123)])
def test_port_when_the_environment_names_one_then_it_is_that(monkeypatch, environment, port):
    monkeypatch.delenv("PORT", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert demo_server.port_parser(None).parse_args([]).port == port


@pytest.mark.integration
def test_port_when_it_is_taken_then_one_sentence_says_which_and_how_to_choose():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {port} is not free; .* PORT={port + 1}"):
            demo_server.free_port(port)


@pytest.mark.integration
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_demo_when_it_is_ended_then_its_server_goes_too(number):
    port = free_port()
    demo = subprocess.Popen(
        [sys.executable, "-m", "tests.simulators.demo_alpaca"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_serves(port)
        demo.send_signal(number)

        assert demo.wait(START_SECONDS) == 0
        with pytest.raises(Lost):
            ask(port, "GET", "/health")
    finally:
        demo.kill()
        demo.wait()


def wait_until_it_serves(port):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(Lost):
            return ask(port, "GET", "/health")
        time.sleep(0.1)
    raise AssertionError("The demonstration did not start.")
