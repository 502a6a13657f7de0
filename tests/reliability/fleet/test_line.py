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
    with socket.create_server(("127.0.0.1", 0), backlog=CONNECTIONS) as listener:
        yield listener


# What stays open is told when it is collected, and pytest makes a failure of it.
def test_close_when_connections_end_at_that_moment_then_none_stays_open(database):
    random = Random(1)
    for _ in range(TIMES):
        loop = LineLoop()
        line = Line(loop, database.getsockname()[1], random)
        callers = [socket.create_connection(("127.0.0.1", line.port)) for _ in range(CONNECTIONS)]
        reached = [database.accept()[0] for _ in callers]
        for caller in callers:
            caller.close()
        # Its ends are met at one step or another of theirs.
        time.sleep(random.uniform(0, 0.0005))
        loop.close()
        for each in reached:
            each.close()
    gc.collect()
