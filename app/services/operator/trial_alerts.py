"""Alerts that an owner sends to see that everything works: the real way, on paper, by a bot of their own."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.bots import TEST_BOT, Bot, BotConfiguration
from app.domain.trades import Place
from app.errors import AlreadyExists, RequestRefused
from app.repositories.bots import BotDirectory
from app.repositories.trades import Trades
from app.services.broker_access.registry import BrokerRegistry
from app.services.operator.simulated_prices import PriceBoard

# A name that no exchange lists, so that no price of yours is moved; it costs what the alert says.
SYMBOL, PRICE = "TEST", Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialAlerts:
    """Makes the bot and the alert; what becomes of it is told like any alert's.

    `follows_alerts`: the simulated market believes an alert's price; else the first one is set by hand.
    """

    registry: BrokerRegistry
    bots: BotDirectory
    trades: Trades
    prices: PriceBoard
    follows_alerts: bool

    @property
    def broker(self) -> str:
        """Where they go, whatever the default broker is; raise RequestRefused where there is none."""
        names = (name for name in self.registry.names if self.registry.capabilities(name).simulated)
        found = next(names, None)
        if found is None:
            raise RequestRefused("The paper broker is not set up here; a test alert goes nowhere else.")
        return found

    def bot(self) -> Bot:
        """Return the bot of test alerts, made at the first one; raise RequestRefused for another's."""
        known = self.bots.find(TEST_BOT) or self._made()
        if known.configuration.broker != self.broker:
            told = f"There is a bot `{TEST_BOT}` that trades elsewhere; set its `broker` to {self.broker}."
            raise RequestRefused(f"{told} Test alerts are for paper alone.")
        return known

    def alert(self, bot: Bot, number: UUID) -> dict[str, Any]:
        """Return a strategy alert that buys one unit, or sells it where the last test has bought it."""
        if not self.follows_alerts and SYMBOL not in self.prices.show():
            self.prices.move({SYMBOL: PRICE})
        holds = self.trades.find(*Place(bot.id, self.broker, SYMBOL)) is not None
        return {
            "symbol": SYMBOL,
            "strategy_order_id": "long",
            "strategy_order_action": "sell" if holds else "buy",
            "strategy_order_contracts": "1",
            "strategy_order_price": str(PRICE),
            "strategy_order_comment": f"Test alert {number}",
        }

    def _made(self) -> Bot:
        keys = BotConfiguration(name="Test alerts", broker=self.broker, use_strategy_contracts=True)
        try:
            return self.bots.create(TEST_BOT, keys)[0]
        except AlreadyExists:
            # Somebody else has pressed the button at the same time.
            return self.bots.get(TEST_BOT)[0]
