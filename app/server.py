"""Gatehouse under gunicorn: one process with threads, told to drain by SIGTERM."""

import logging
import os
import socket
import time
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from app.clock import Wait, system_clock, system_wait
from app.config import Settings, StateHome
from app.errors import SettingsError, StoreUnavailable
from app.first_start import greeting, invitation, secrets_file, welcome, with_secrets
from app.logs import tame_server_log
from app.starting import undisturbed
from app.wiring.container import EXTENSION, Services

# Cloud Run kills ten seconds after SIGTERM.
DRAIN_SECONDS = 8
# An opinion that is not there within this time is asked for again by the next start.
LAST_OPINIONS_SECONDS = 5
# A job that cannot end its step within this time is interrupted by the next start.
LAST_STEP_SECONDS = 1
# What was to be told is sent within this time at a stop, or not at all.
LAST_MESSAGES_SECONDS = 2
# A worker that does not answer its master for so long is replaced; requests are bounded by broker timeouts.
STUCK_SECONDS = 120
# A process that begins while the database is away looks for it so often.
DATABASE_PAUSE_SECONDS = 1


_logger = logging.getLogger("gatehouse")


class EntryLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own lines and tracebacks on the way of all others, where each is one entry."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.error_log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our options; the application is built in each worker, after the fork."""

    def __init__(self, build: Callable[[], Any], options: dict[str, Any]) -> None:
        self._build = build
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application."""
        return self._build()


def serve(settings: Settings) -> None:
    """Serve until told to stop; raise an AppError before the first request when that cannot work."""
    with undisturbed():
        _try_port(settings.port)
        _try_notifications(settings)
        _try_store(settings)
        _try_brokers(settings)
        settings, made = with_secrets(settings)
        _greet(settings, made)
    Server(lambda: _application(settings), _options(settings)).run()


def _greet(settings: Settings, made: tuple[str, ...]) -> None:
    """Say where the service is found, with new secrets only where the owner alone reads the console."""
    if settings.use_cloud_logging:
        kept = f"; its new secrets are kept in {secrets_file(settings)}" if made else ""
        _logger.info("%s%s", greeting(settings), kept)
        return
    told = welcome(settings, secrets_file(settings), made) if made else greeting(settings)
    print(f"{_way_in(settings)}{told}", flush=True)  # noqa: T201  # the owner's next step


def _application(settings: Settings) -> Any:
    from app import create_app

    tame_server_log()
    _wait_for_database(settings)
    with undisturbed():
        return built(settings, lambda: create_app(settings, background=True))


def built(settings: Settings, build: Callable[[], Any], wait: Wait = system_wait) -> Any:
    """Build the application; a process that loses its database over that gives way to another one.

    Half of an application would keep its threads and sessions, so nothing is tried twice in one process. Any
    other exit than by SystemExit would let gunicorn stop all processes.
    """
    try:
        return build()
    except StoreUnavailable as error:
        if settings.state_home is not StateHome.DATABASE:
            raise
        _logger.warning("Another process begins in place of this one: %s", error.message)
        wait(DATABASE_PAUSE_SECONDS)
        raise SystemExit(1) from error


def _wait_for_database(settings: Settings) -> None:
    """Wait while the database is away; a process that ends at its start would end all the others.

    That it can be used at all was seen before the first process began: this one comes in another's place.
    """
    from app import open_store

    while settings.state_home is StateHome.DATABASE:
        try:
            open_store(settings).close()
        except StoreUnavailable as error:
            _logger.warning("This process waits for the database: %s", error.message)
            time.sleep(DATABASE_PAUSE_SECONDS)
        else:
            return


def _try_store(settings: Settings) -> None:
    """Fail now, with a sentence that names the setting, rather than in every worker."""
    from app import open_store

    try:
        store = open_store(settings)
        try:
            store.ping()
        finally:
            store.close()
    except StoreUnavailable as error:
        raise SettingsError(f"{settings.state_home.setting}: {error.message}") from error


def _way_in(settings: Settings) -> str:
    """Return a link that signs in, for whoever sits at this console; logs of a cloud have other readers."""
    from app import open_store
    from app.repositories.sessions import StoredSessions
    from app.services.sessions.links import new_code, start_link

    if settings.gcs_bucket_name is not None or settings.use_cloud_logging:
        return ""
    store = open_store(settings)
    try:
        code, _ = new_code(StoredSessions(store), system_clock())
    finally:
        store.close()
    return invitation(start_link(f"http://127.0.0.1:{settings.port}", code))


def _try_notifications(settings: Settings) -> None:
    from app.services.observability.notifier import check_address

    if settings.notification_url is not None:
        check_address(settings.notification_url, settings.notification_topic)


def _try_brokers(settings: Settings) -> None:
    from app.brokers.registry import BROKERS

    for entry in BROKERS.values():
        if entry.has_settings(settings):
            entry.check(settings)


def _try_port(port: int) -> None:
    """Fail now when another program listens there; gunicorn would try again and again."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError as error:
            raise SettingsError(f"PORT: {port} cannot be listened on: {error.strerror}") from error


def _options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "bind": [f"0.0.0.0:{settings.port}"],
        "workers": settings.web_concurrency,
        "threads": settings.web_threads,
        "worker_class": "gthread",
        "timeout": STUCK_SECONDS,
        "graceful_timeout": DRAIN_SECONDS,
        "keepalive": 65,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
        "worker_exit": lambda _server, worker: _leave_tidy(worker),
        "on_exit": lambda _server: _leave_one_file(settings),
    }
    if settings.use_cloud_logging:
        options |= {"logger_class": EntryLog, "errorlog": None}
    if settings.web_concurrency > 1:
        options |= _shared_metrics(settings)
    return options


def _leave_tidy(worker: Any) -> None:
    """Close the store at a clean stop: SQLite then leaves everything in its one file."""
    application = getattr(worker, "wsgi", None)
    if application is not None:
        wired: Services = application.extensions[EXTENSION]
        deadline = time.monotonic() + LAST_OPINIONS_SECONDS
        wired.intake.pool.stop(0)
        wired.operations.jobs.stop(LAST_STEP_SECONDS)
        wired.supervisor.stop()
        wired.intake.pool.stop(max(0, deadline - time.monotonic()))
        wired.chat.counter.close(max(0, deadline - time.monotonic()))
        wired.chat.announcer.close(LAST_STEP_SECONDS)
        wired.brokers.registry.close()
        wired.observability.refusals.close()
        if wired.observability.archive is not None:
            wired.observability.archive.close()
        wired.observability.notifier.close(LAST_MESSAGES_SECONDS)
        wired.store.close()


def _leave_one_file(settings: Settings) -> None:
    """Two processes that close at the same moment each leave the tidying to the other; the last one here."""
    from app import open_store

    if settings.state_home.is_local:
        open_store(settings).close()


def _shared_metrics(settings: Settings) -> dict[str, Any]:
    """Let the processes count together; the folder must be known before the first series is made."""
    folder = settings.database_path.parent / "metrics"
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))
    from app.services.observability.metrics import process_ended, start_afresh

    start_afresh()
    return {"child_exit": lambda _server, worker: process_ended(worker.pid)}
