"""The global kill switch, read from the store for every alert."""

from app.domain.audit import Actor, Deed, audited_switch
from app.domain.json_codec import from_json, to_json
from app.domain.trading_state import StateSwitch
from app.errors import AlreadyExists, Conflict
from app.repositories.audit import AuditLog
from app.storage.base import Document, Store

KEY = "state/trading"
# Whose switch it is, in the audit.
EVERY_BOT = "every bot"
NEVER_THROWN = StateSwitch()


class GlobalSwitch:
    """The trading state that holds for every bot, under `state/trading`."""

    def __init__(self, store: Store, audit: AuditLog) -> None:
        self._store = store
        self._audit = audit

    def read(self) -> StateSwitch:
        """Return the switch as it stands now; ACTIVE when it was never thrown."""
        return global_switch(self._store)

    def throw(self, switch: StateSwitch, *, by: str = Actor.OPERATOR) -> None:
        """Set the switch; the last of two writers wins."""
        while True:
            document = self._store.get(KEY)
            before, after = audited_switch(_read(document)), audited_switch(switch)
            try:
                with self._audit.change(by, Deed.SET_TRADING_STATE, EVERY_BOT, before=before, after=after):
                    if document is None:
                        self._store.create(KEY, to_json(switch))
                    else:
                        self._store.replace(document, to_json(switch))
            except (AlreadyExists, Conflict):
                continue
            return


def global_switch(store: Store) -> StateSwitch:
    """Return the switch of every bot as it stands now; ACTIVE when it was never thrown."""
    return _read(store.get(KEY))


def _read(document: Document | None) -> StateSwitch:
    return NEVER_THROWN if document is None else from_json(StateSwitch, document.value)
