"""The line in front of a database, where it ends."""

import gc
import socket
import time
from random import Random

import pytest

from tests.reliability.fleet.line import Line, LineLoop

pytestmark = pytest.mark.integration
TIMES, CONNECTIONS = 20, 20


@pytest.fixture
def database():
    with socket.create_server(("127.0.0.1", 0), backlog=TIMES * CONNECTIONS) as listener:
        yield listener.getsockname()[1]


# What stays open is told when it is collected, and pytest makes a failure of it.
def test_close_when_connections_end_at_that_moment_then_none_stays_open(database):
    random = Random(1)
    for _ in range(TIMES):
        loop = LineLoop()
        line = Line(loop, database, random)
        callers = [socket.create_connection(("127.0.0.1", line.port)) for _ in range(CONNECTIONS)]
        for caller in callers:
            caller.sendall(b"asked")
        time.sleep(0.02)
        for caller in callers:
            caller.close()
        time.sleep(random.uniform(0, 0.0005))
        loop.close()
    gc.collect()
