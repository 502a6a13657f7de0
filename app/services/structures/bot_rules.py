"""What a bot's keys say of structures, in the words of the rules that use them."""

from datetime import time

from app.domain.bots import BotConfiguration
from app.domain.structures.exit_rules import ExitRules


def exit_rules(configuration: BotConfiguration) -> ExitRules:
    """Return when a bot's trades are left by themselves."""
    return ExitRules(
        profit_target_pct=configuration.profit_target_pct,
        stop_loss_pct=configuration.stop_loss_pct,
        trailing_stop_pct=configuration.trailing_stop_pct,
        stop_on_underlying=configuration.stop_on_underlying,
        exit_days_before_expiry=configuration.exit_days_before_expiry,
        expiry_exit_time=time.fromisoformat(configuration.expiry_exit_time),
        let_expire=configuration.let_expire,
    )
