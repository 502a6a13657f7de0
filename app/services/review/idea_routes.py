"""Trade ideas go to the bot of a structure where their owner has mapped their labels."""

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.idea_structures import bot_of_label
from app.domain.signals import Signal
from app.repositories.bots import BotDirectory


@dataclass(frozen=True, slots=True)
class IdeaRoutes:
    """Look up who carries an idea out."""

    bots: BotDirectory

    def bot_for(self, signal: Signal, bot: Bot) -> Bot:
        """Return the bot that is mapped for an idea's label; its own where none is, or none that could."""
        return self._mapped(signal, bot) or bot

    def broken(self, signal: Signal, bot: Bot) -> str | None:
        """Say what is wrong with the mapping of an idea's label; an idea of it is not traded as shares."""
        name = self._name(signal, bot)
        if name is None or self._mapped(signal, bot) is not None:
            return None
        label = signal.idea.strategy if signal.idea is not None else ""
        return f"idea_structures of {bot.id} names {name} for {label}, which is no bot with a structure"

    def _mapped(self, signal: Signal, bot: Bot) -> Bot | None:
        name = self._name(signal, bot)
        found = None if name is None else self.bots.find(name)
        return found if found is not None and found.configuration.structure is not None else None

    def _name(self, signal: Signal, bot: Bot) -> str | None:
        if signal.idea is None:
            return None
        return bot_of_label(bot.configuration.idea_structures, signal.idea.strategy)
