"""The application and all its parts: the one door to the wiring."""

import os
import time
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.brokers.base import Broker
from app.cli import is_running_a_command, register_commands
from app.clock import Clock, Monotonic, Wait, system_clock, system_wait
from app.config import Settings
from app.domain.tickets import Randomness
from app.first_start import with_secrets
from app.logs import register_secrets
from app.services.analyst.base import Analyst
from app.services.observability.notifier import Send
from app.storage.base import Store
from app.wiring.application import Wiring
from app.wiring.container import BARE, EXTENSION, Bare, Services
from app.wiring.foundation import Foundation
from app.wiring.stores import open_store
from app.wiring.wings import assembled

__all__ = ["bare_application", "create_app", "open_store"]

RECOVERY_WAIT_SECONDS = 5
HOME = str(Path(__file__).parent)


def create_app(  # noqa: PLR0913  # the one door: whatever comes from outside comes in here
    settings: Settings | None = None,
    *,
    store: Store | None = None,
    brokers: Mapping[str, Broker] | None = None,
    clock: Clock = system_clock,
    wait: Wait = system_wait,
    monotonic: Monotonic = time.monotonic,
    randomness: Randomness = os.urandom,
    notify: Send | None = None,
    analyst: Analyst | None = None,
    background: bool = False,
) -> Flask:
    """Build the application.

    `settings` default to the environment's, `store` and `brokers` to what the settings ask for; `wait` is how
    a broker is waited for, `monotonic` tells when tasks of the clock are due, `randomness` makes ids,
    `notify` replaces apprise where NOTIFICATION_URL is set, `analyst` the model or the rule; `background`
    starts the clock's thread and those that research. Raise SettingsError or StoreUnavailable.
    """
    settings, _ = with_secrets(settings if settings is not None else Settings.from_environment())
    register_secrets(*settings.secrets)
    base = Foundation(
        settings,
        store if store is not None else open_store(settings),
        brokers,
        clock,
        wait=wait,
        monotonic=monotonic,
        randomness=randomness,
        notify=notify,
        analyst=analyst,
        on_console=background,
    )
    wired = assembled(Wiring(base))
    _prepare(wired)
    app = _flask(settings, wired)
    if background and not is_running_a_command():
        _start_threads(wired)
    return app


def _prepare(wired: Services) -> None:
    """Bring what is stored to where this version wants it, before the first request."""
    wired.operations.bots.ensure_default(wired.settings.webhook_secret)
    wired.operations.bots.ensure_numbers()
    wired.operations.account.adopt(wired.settings.account_secret)


def _start_threads(wired: Services) -> None:
    if not wired.settings.background_worker:
        # A scheduler is the clock: of its tasks nothing but a job may take longer than its calls.
        wired.operations.jobs.start(at_once=False)
        return
    wired.intake.pool.start()
    wired.operations.jobs.start()
    # What a crash left is settled before new alerts build on it, unless a broker keeps us waiting.
    wired.supervisor.start(wait_seconds=RECOVERY_WAIT_SECONDS)


def bare_application(settings: Settings, *, clock: Clock = system_clock) -> Flask:
    """Build what commands run in that move stores: no store is opened, and nothing is written."""
    register_secrets(*settings.secrets)
    app = Flask("gatehouse", static_folder=None)
    app.extensions[BARE] = Bare(settings, clock)
    register_commands(app)
    return app


class _Synchronous(Flask):
    """Flask that does not ask of each function, at each request, whether it is a coroutine: none here is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


# What the blueprints come to in an application. No setting changes it.
REGISTERED = (
    *("blueprints", "view_functions", "error_handler_spec", "url_value_preprocessors"),
    *("before_request_funcs", "after_request_funcs", "teardown_request_funcs", "template_context_processors"),
)


@cache
def _pattern() -> Flask:
    """Register every blueprint once in a process: anew it is half of what a further application costs."""
    from app.blueprints import register_blueprints
    from app.blueprints.route import Route
    from app.dashboard.blueprint import bp as dashboard

    pattern = _empty()
    pattern.url_rule_class = Route
    register_blueprints(pattern)
    pattern.register_blueprint(dashboard)
    return pattern


def _empty() -> Flask:
    # Said, or it would be looked for on every path that modules come from.
    return _Synchronous("gatehouse", static_folder=None, root_path=HOME, instance_path=HOME)


def _flask(settings: Settings, wired: Services) -> Flask:
    from app.blueprints.security_headers import SecurityHeaders

    app, pattern = _empty(), _pattern()
    app.url_map = pattern.url_map
    for name in REGISTERED:
        setattr(app, name, copy(getattr(pattern, name)))
    app.extensions[EXTENSION] = wired
    app.config["MAX_CONTENT_LENGTH"] = settings.max_content_length
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider
    app.json.compact = True  # type: ignore[attr-defined]
    if settings.trusted_proxy_count:
        hops = settings.trusted_proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    register_commands(app)
    is_https = (settings.public_url or "").startswith("https://")
    app.wsgi_app = SecurityHeaders(app.wsgi_app, is_https=is_https)  # type: ignore[method-assign]
    return app
