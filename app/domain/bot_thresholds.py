"""What bots want of the circuit breakers; a fraction out of its bounds counts for nothing."""

from collections.abc import Iterable
from decimal import Decimal

from app.domain.bot_keys import BotKey, keys_of
from app.domain.bots import Bot, BotConfiguration
from app.domain.circuit_breaker import Threshold

_KEYS = keys_of(BotConfiguration)
STOP_LOSS, TAKE_PROFIT = "global_sl_pct", "global_tp_pct"


def wanted_thresholds(bots: Iterable[Bot], default_broker: str) -> dict[str, tuple[Threshold, ...]]:
    """Return what bots want, by the broker that they trade at."""
    wanted: dict[str, tuple[Threshold, ...]] = {}
    for bot in bots:
        broker = bot.configuration.broker or default_broker
        threshold = Threshold(bot.id, _usable(bot, STOP_LOSS), _usable(bot, TAKE_PROFIT))
        if threshold.glb_sl is not None or threshold.glb_tp is not None:
            wanted[broker] = (*wanted.get(broker, ()), threshold)
    return wanted


def ignored_fractions(bot: Bot) -> list[str]:
    """Say which fractions of a bot count for nothing since they are out of their bounds."""
    if not bot.configuration.enable_global_sl_tp:
        return []
    return [
        f"`{name}` of bot {bot.id} is {_value(bot, name)} and is ignored; give a fraction {_bounds(key)}."
        for name, key in _KEYS.items()
        if name in {STOP_LOSS, TAKE_PROFIT} and not key.allows(_value(bot, name))
    ]


def _usable(bot: Bot, name: str) -> Decimal | None:
    # A former version took any fraction and acted on none: 1 as a stop-loss would sell everything at once.
    value = _value(bot, name)
    return value if bot.configuration.enable_global_sl_tp and _KEYS[name].allows(value) else None


def _value(bot: Bot, name: str) -> Decimal:
    value: Decimal = getattr(bot.configuration, name)
    return value


def _bounds(key: BotKey) -> str:
    bounds = (("above", key.above), ("below", key.below))
    return " and ".join(f"{word} {bound}" for word, bound in bounds if bound is not None)
