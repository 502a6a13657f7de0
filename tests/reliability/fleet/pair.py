"""Two PostgreSQL servers: a primary, and a standby that has every commit before anybody is told of it."""

import time

import psycopg

from tests.reliability.fleet.node import Node

SYNC_SECONDS = 30.0
_IN_SYNC = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"


class Pair:
    """`nodes` keep their places; which of them is the primary changes with each promotion."""

    def __init__(self) -> None:
        self.nodes = (Node(), Node())
        self.primary, self.standby = self.nodes

    @property
    def url(self) -> str:
        """Both servers, past every line; whoever connects finds the primary."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write&connect_timeout=5"

    def start(self) -> None:
        """Make both, and wait until they are in step."""
        self.primary.make()
        self.primary.start()
        self.add_standby()

    def add_standby(self) -> None:
        """Build a fresh standby in place of the server that is gone; commits wait for it from then on."""
        self.standby.follow(self.primary)
        self.standby.start()
        self._wait_for("*")
        deadline = time.monotonic() + SYNC_SECONDS
        while not self.is_in_step():
            if time.monotonic() > deadline:
                raise RuntimeError("The standby does not get in step with its primary.")
            time.sleep(0.05)

    def is_in_step(self) -> bool:
        """Tell whether every commit of now waits for the standby, so that the primary may die."""
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
        """End both and remove what they stored."""
        for node in self.nodes:
            node.remove()

    def _wait_for(self, names: str) -> None:
        with self.primary.session() as session:
            session.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
            session.execute("SELECT pg_reload_conf()")
