"""The numbers of bots, by which commands name them: never given twice, also not after a bot is gone."""

from app.repositories.numbers import Numbers
from app.storage.base import Store

KEY = "state/bot-numbers"


class BotNumbers(Numbers):
    """Gives a bot its number."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, KEY, block=1)
