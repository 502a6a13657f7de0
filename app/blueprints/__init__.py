"""HTTP and nothing else: authenticate, load, call one service, dump."""

from flask import Flask

from app.blueprints import approvals, chat, commands, health, ideas, login, operations, shares, tasks, webhook
from app.blueprints.api import (
    account,
    analytics,
    audit,
    bots,
    bp,
    changes,
    circuit_breaker,
    jobs,
    logins,
    openapi,
    opinions,
    options,
    overview,
    refusals,
    service,
    sessions,
    sharing,
    test_alerts,
    tickets,
    trades,
    trading,
    vocabulary,
)
from app.blueprints.door import watch_the_door
from app.blueprints.envelope import register_error_handlers
from app.blueprints.request_context import register_request_context

# Importing these modules gives the API's blueprint its views.
API_VIEWS = (
    account,
    analytics,
    audit,
    bots,
    changes,
    circuit_breaker,
    jobs,
    logins,
    openapi,
    opinions,
    options,
    overview,
    refusals,
    service,
    sharing,
    test_alerts,
    tickets,
    trades,
    trading,
    vocabulary,
)


def register_blueprints(app: Flask) -> None:
    """Give an application its routes, its error envelope and its request ids."""
    register_request_context(app)
    register_error_handlers(app)
    watch_the_door(app)
    for blueprint in (
        webhook.bp,
        ideas.bp,
        commands.bp,
        bp,
        sessions.bp,
        sessions.sign_in,
        approvals.bp,
        shares.bp,
        health.bp,
        login.bp,
        login.callback,
        operations.bp,
        tasks.bp,
        chat.slack,
        chat.discord,
    ):
        app.register_blueprint(blueprint)
