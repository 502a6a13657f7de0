"""What the settings mean for a part of the house."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.config import Settings
from app.domain.limits import Limits, ceilings
from app.parsing import SOURCE_PRESETS
from app.services.intake.left_alerts import RecoveryRules
from app.services.operator.health import SHORT_SECRET
from app.services.trading.context import TradingRules

USAGE_REFRESH_SECONDS = 2.0
LONGEST_QUEUE_SECONDS = 900
SOURCE_LISTS = ("allowed_source_ips", "idea_source_ips", "command_source_ips", "chat_source_ips")


def trading_rules(settings: Settings) -> TradingRules:
    """Return what the environment says about trading, for every bot."""
    ceiling = Limits(
        **ceilings(settings),
        # One figure twice: no bot may lose more alone than all of them may together.
        account_loss_limit=settings.daily_loss_limit,
        stale_after_seconds=settings.stale_alert_seconds,
    )
    return TradingRules(
        ceiling=ceiling,
        default_broker=settings.default_broker,
        allow_live=settings.allow_live_trading,
        idea_notional=settings.max_notional_usd,
        min_confidence=settings.min_llm_confidence,
    )


def recovery_rules(settings: Settings) -> RecoveryRules:
    """Return how what a crash left is judged."""
    rules = RecoveryRules(
        default_broker=settings.default_broker,
        claim_seconds=settings.inbox_claim_seconds,
        pursuit_seconds=settings.exit_pursuit_seconds,
    )
    stale = settings.stale_alert_seconds
    return rules if stale is None else replace(rules, stale_seconds=stale)


def lock_folder(settings: Settings) -> Path:
    """Return where the processes of this machine keep their locks."""
    return settings.database_path.parent / "locks"


def tells_people(settings: Settings) -> bool:
    """Return whether the activity log may repeat itself on the console; in the cloud that is for JSON."""
    return settings.log_level in {"DEBUG", "INFO"} and not settings.use_cloud_logging


def longest_wait(settings: Settings) -> timedelta:
    """Return how long an alert may be asked about before its entry is sent: an analyst first, then a person.

    The entry of a reversal waits for as long as its exit is pursued.
    """
    if not settings.state_home.is_shared:
        # One process, which knows its own entries; reading far back is expensive in a bucket.
        return timedelta()
    asked = settings.stale_alert_seconds or LONGEST_QUEUE_SECONDS
    return timedelta(seconds=max(asked + settings.approval_timeout_seconds, settings.exit_pursuit_seconds))


def usage_refresh_seconds(settings: Settings) -> float:
    """Return for how long counted entries are believed without a look at the store."""
    # A bucket is served by one process, which knows its own entries; listing it is expensive.
    return 0 if settings.state_home.is_shared else USAGE_REFRESH_SECONDS


def notices(settings: Settings) -> list[str]:
    """Return what about the settings is worth a look."""
    return _secret_notices(settings) + _source_notices(settings)


def _secret_notices(settings: Settings) -> list[str]:
    short = [
        name
        for name in ("webhook_secret", "operator_token")
        if len(getattr(settings, name) or "") < SHORT_SECRET
    ]
    if settings.viewer_token is not None and len(settings.viewer_token) < SHORT_SECRET:
        short.append("viewer_token")
    return [f"{name.upper()} is shorter than {SHORT_SECRET} characters; use a longer one." for name in short]


def _source_notices(settings: Settings) -> list[str]:
    lists = [name for name in SOURCE_LISTS if getattr(settings, name)]
    is_behind_proxy = (settings.public_url or "").startswith("https://")
    if not lists or settings.trusted_proxy_count or not is_behind_proxy:
        return []
    names = " and ".join(name.upper() for name in lists)
    end = "and without TRUSTED_PROXY_COUNT the proxy counts as the sender; set it to the number of proxies."
    return [f"{names}: PUBLIC_URL is https, which a proxy in front ends, {end}"]


def shared_addresses() -> frozenset[str]:
    """Return the addresses from which strangers' alerts come beside the owner's: TradingView's own."""
    return frozenset(SOURCE_PRESETS["tradingview"].split(","))
