"""What the settings are to each other: which need, exclude or must differ from which."""

from dataclasses import fields
from typing import TYPE_CHECKING

from app.errors import SettingsError

if TYPE_CHECKING:
    from app.config.settings import Settings

# What is on, or written, for a broker that is not set up would do nothing.
_OF_BROKERS = {
    "alpaca_streams": "alpaca_api_key",
    "fyers_structures": "fyers_app_id",
    "fyers_redirect_uri": "fyers_app_id",
}
_OF_CHAT = ("chat_bot", "chat_response_hosts", "chat_source_ips")


def _check_effects(settings: "Settings") -> None:
    for item in fields(settings):
        needed = item.metadata["needs"] or _OF_BROKERS.get(item.name)
        if needed and getattr(settings, item.name) != item.default and getattr(settings, needed) is None:
            one, other = item.name.upper(), needed.upper()
            raise SettingsError(f"{one} has no effect without {other}: set {other} too, or leave {one} out")
    url, topic = settings.notification_url, settings.notification_topic
    if url is not None and topic is not None and not url.lower().startswith(("https://", "http://")):
        raise SettingsError("Only an https:// NOTIFICATION_URL has a topic: leave NOTIFICATION_TOPIC out")


def _check_chat(settings: "Settings") -> None:
    """Refuse settings of chat that nothing would come of."""
    heard = {"slack": settings.slack_signing_secret, "discord": settings.discord_public_key}
    keys = {"slack": "SLACK_SIGNING_SECRET", "discord": "DISCORD_PUBLIC_KEY"}
    for name in settings.chat_operators:
        platform = name.partition(":")[0]
        if heard[platform] is None:
            raise SettingsError(f"CHAT_OPERATORS names {name}, who is not heard without {keys[platform]}")
    # A question whose buttons nobody hears would be a trap.
    for name in ("slack", "discord"):
        if getattr(settings, f"{name}_channel") is not None and heard[name] is None:
            raise SettingsError(f"{name.upper()}_CHANNEL needs {keys[name]}: its buttons would not be heard")
    has_use = settings.discord_channel is not None or settings.discord_application_id is not None
    if settings.discord_bot_token is not None and not has_use:
        raise SettingsError(
            "DISCORD_BOT_TOKEN has no effect without DISCORD_CHANNEL or DISCORD_APPLICATION_ID"
        )
    if any(heard.values()):
        return
    for item in fields(settings):
        if item.name in _OF_CHAT and getattr(settings, item.name) != item.default:
            raise SettingsError(
                f"{item.name.upper()} has no effect without SLACK_SIGNING_SECRET or DISCORD_PUBLIC_KEY"
            )


def check_together(settings: "Settings") -> None:
    """Raise SettingsError with a sentence that names settings which do not go together."""
    _check_effects(settings)
    _check_chat(settings)
    home = settings.state_home
    if settings.web_concurrency > 1 and not home.is_shared:
        raise SettingsError(
            f"WEB_CONCURRENCY must be 1 when {home.setting} has the state: several need DATABASE_URL"
        )
    # Of the processes that share a state each would make secrets of its own.
    for name in () if home.is_local else ("webhook_secret", "operator_token"):
        if getattr(settings, name) is None:
            raise SettingsError(f"{name.upper()} must be set when {home.setting} is set")
    has_audience = settings.tasks_oidc_audience is not None or settings.public_url is not None
    if settings.tasks_service_account is not None and not has_audience:
        raise SettingsError("TASKS_SERVICE_ACCOUNT needs TASKS_OIDC_AUDIENCE or PUBLIC_URL")
    if settings.backup_time is not None and not settings.background_worker:
        raise SettingsError(
            "BACKUP_TIME needs BACKGROUND_WORKER=true: without a clock let a scheduler post to /tasks/backup"
        )
    if settings.alpaca_streams and settings.web_concurrency > 1:
        raise SettingsError("ALPACA_STREAMS needs WEB_CONCURRENCY=1: one process only may listen to quotes")
    if not settings.alpaca_paper and not settings.allow_live_trading:
        raise SettingsError("ALPACA_PAPER is false, which needs ALLOW_LIVE_TRADING to be true")
    if settings.webhook_secret is not None and settings.webhook_secret == settings.operator_token:
        raise SettingsError("OPERATOR_TOKEN must differ from WEBHOOK_SECRET")
    if settings.viewer_token in {settings.webhook_secret, settings.operator_token} - {None}:
        raise SettingsError("VIEWER_TOKEN must differ from OPERATOR_TOKEN and WEBHOOK_SECRET")
