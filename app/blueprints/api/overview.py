"""`/api/overview`, `/api/brokers`, `/api/bot-cards`, `/api/notifications/test`: what people see first."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.repositories.notification_trials import NotificationTrial
from app.services.observability.events import EventKind
from app.wiring.container import observability, overview, services

TRIAL = "You asked for it in the dashboard."


@bp.get("/overview")
def show_overview() -> ResponseReturnValue:
    """Show the first page at once: mode, accounts, positions, the last tickets, and what needs you.

    It is what the clock saw last; no broker is asked. Each account is in its own currency.
    """
    return jsonify(overview().home.show())


@bp.get("/brokers")
def list_brokers() -> ResponseReturnValue:
    """List every broker: whether it answers, its account, its login, its circuit breaker, what it can do.

    `calls` are the orders, cancels and changes that this process sent last. What is not set up here says what
    it `needs`.
    """
    return jsonify({"brokers": overview().brokers.show()})


@bp.get("/bot-cards")
def list_bot_cards() -> ResponseReturnValue:
    """List every bot: where it trades, what it holds, what it did today, and the limits that hold for it.

    Orders and their value count from midnight UTC, the gain from midnight at the account; no broker is asked.
    """
    return jsonify({"bots": overview().bots.show()})


@bp.post("/notifications/test")
def test_notifications() -> ResponseReturnValue:
    """Send you a message, to see whether messages arrive.

    Without NOTIFICATION_URL there is nobody to tell, and the answer says so.
    """
    if services().settings.notification_url is None:
        return jsonify({"status": "not_set_up"}), 202
    observability().notifier.notify(EventKind.TRIAL, TRIAL)
    overview().trial.change(lambda _: NotificationTrial(services().clock()))
    return jsonify({"status": "sent"}), 202
