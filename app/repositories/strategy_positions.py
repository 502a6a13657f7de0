"""Where strategies stand by their alerts: what came last, and what is missing before it."""

import logging

from app.dataclass import dataclass
from app.domain.json_codec import from_json, to_json
from app.domain.strategy_positions import StrategyState
from app.domain.trades import Place
from app.storage.base import Change, Create, Document, Replace, Store

PREFIX = "strategy_positions/"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredStrategy:
    """What was read under a place, None where nothing of ours is; `version` tells which writing was read."""

    place: Place
    state: StrategyState | None = None
    version: int | None = None


class StrategyPositions:
    """States under `strategy_positions/{bot}/{broker}:{symbol}`, one for each bot and symbol."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, place: Place) -> StoredStrategy:
        """Return how a bot's strategy stands in a symbol."""
        document = self._store.get(_key(place))
        if document is None:
            return StoredStrategy(place)
        return StoredStrategy(place, _understood(document), document.version)

    def writing(self, known: StoredStrategy, state: StrategyState) -> Change:
        """Return the change that writes a state over the one that was read."""
        key, value = _key(known.place), to_json(state)
        if known.version is None:
            return Create(key, value)
        return Replace(Document(key, {}, known.version), value)


def _understood(document: Document) -> StrategyState | None:
    try:
        return from_json(StrategyState, document.value)
    except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError):
        # It tells the order of arrival only: without it an alert is taken as it comes.
        _logger.warning("%s holds something that is not ours; it will be replaced", document.key)
        return None


def _key(place: Place) -> str:
    return f"{PREFIX}{place.bot}/{place.broker}:{place.symbol}"
