"""Two PostgreSQL servers: a primary, and a standby that has every commit before anybody is told of it."""

import tempfile
import time
from pathlib import Path

import psycopg

from tests.reliability.fleet.node import Node

SYNC_SECONDS = 30.0
_IN_SYNC = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"


class Pair:
    """`nodes` keep their places; which of them is the primary changes with each promotion."""

    def __init__(self) -> None:
        # A folder of its own: whom PostgreSQL runs as may not look into a test's.
        self._folder = Path(tempfile.mkdtemp(prefix="gatehouse-pair-"))
        self._folder.chmod(0o755)
        self.nodes = (Node(self._folder / "a"), Node(self._folder / "b"))
        self.primary, self.standby = self.nodes

    @property
    def url(self) -> str:
        """Both servers, past every line; whoever connects finds the primary."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write&connect_timeout=5"

    def start(self) -> None:
        """Make both, and wait until they are in step."""
        self.primary.create()
        self.primary.start()
        self.add_standby()

    def add_standby(self) -> None:
        """Build a fresh standby in place of the server that is gone; commits wait for it from then on."""
        self.standby.copy(self.primary)
        self.standby.start()
        self._wait_for("*")
        deadline = time.monotonic() + SYNC_SECONDS
        while not self.is_in_step():
            if time.monotonic() > deadline:
                raise RuntimeError("The standby does not get in step with its primary.")
            time.sleep(0.05)

    def is_in_step(self) -> bool:
        """Tell whether every commit of now waits for the standby, so that the primary may die."""
        if not (self.primary.is_running and self.standby.is_running):
            return False
        try:
            with self.primary.session() as session:
                row = session.execute(_IN_SYNC).fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and row[0] == 1

    def fail_over(self) -> None:
        """Let the standby take the place of a primary that was killed."""
        self.primary, self.standby = self.standby, self.primary
        self.primary.promote()

    def close(self) -> None:
        """End both and remove what they stored; their logs stay until the folder goes."""
        for node in self.nodes:
            node.remove()
        for log in self._folder.iterdir():
            log.unlink()
        self._folder.rmdir()

    def _wait_for(self, names: str) -> None:
        with self.primary.session() as session:
            session.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
            session.execute("SELECT pg_reload_conf()")
