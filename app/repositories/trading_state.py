"""The global kill switch, read from the store for every alert."""

from app.domain.json_codec import from_json, to_json
from app.domain.trading_state import StateSwitch
from app.errors import AlreadyExists, Conflict
from app.storage.base import Store

KEY = "state/trading"


class GlobalSwitch:
    """The trading state that holds for every bot, under `state/trading`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> StateSwitch:
        """Return the switch as it stands now; ACTIVE when it was never thrown."""
        document = self._store.get(KEY)
        return StateSwitch() if document is None else from_json(StateSwitch, document.value)

    def throw(self, switch: StateSwitch) -> None:
        """Set the switch; the last of two writers wins."""
        while True:
            document = self._store.get(KEY)
            try:
                if document is None:
                    self._store.create(KEY, to_json(switch))
                else:
                    self._store.replace(document, to_json(switch))
            except (AlreadyExists, Conflict):
                continue
            return
