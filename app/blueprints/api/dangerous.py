"""What asks a session for the token again: real money, trading after a stop, new secrets; never a stop."""

from app.blueprints.authentication import token_again
from app.domain.bots import BotConfiguration
from app.domain.trading_state import StateSwitch, TradingState
from app.wiring.container import operations, portfolio, services

GO_ON = "let trading with real money go on"


def before_real_money(current: BotConfiguration | None, wanted: BotConfiguration) -> None:
    """Ask where a bot is about to trade with real money; `current` is None for a new one."""
    if wanted.live and not (current is not None and current.live):
        token_again("let a bot trade with real money")


def before_trading_goes_on(current: StateSwitch, wanted: StateSwitch, *, bot: str | None) -> None:
    """Ask where trading, of one bot or of all, is about to go on while real money is concerned."""
    # By way of REDUCING it is the same step, taken twice.
    is_stopped = current.at(services().clock()) is not TradingState.ACTIVE
    if is_stopped and _ends_sooner(current, wanted) and _is_live(bot):
        token_again(GO_ON)


def before_breaker_lets_go() -> None:
    """Ask where a circuit breaker is about to lift its pause while real money is concerned."""
    if any(breaker.paused is not None for breaker in portfolio().breaker.all().values()) and _is_live(None):
        token_again(GO_ON)


def before_new_secret() -> None:
    """Ask where a secret is about to be replaced."""
    token_again("replace a secret")


def _ends_sooner(current: StateSwitch, wanted: StateSwitch) -> bool:
    """Tell whether trading would go on at once, or by itself at an earlier time than now."""
    if wanted.state is TradingState.ACTIVE or wanted.until is None:
        return wanted.state is TradingState.ACTIVE
    return current.until is None or wanted.until < current.until


def _is_live(bot: str | None) -> bool:
    found = (each for each, _ in operations().bots.all())
    return any(each.configuration.live for each in found if bot in {None, each.id})
