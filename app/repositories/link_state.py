"""What of logins at Fyers must be done once, whichever process does it."""

from dataclasses import field
from datetime import date, datetime

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

KEY = "state/fyers-login"


@dataclass(frozen=True, slots=True)
class LinkState:
    """Links used, codes tried, messages sent; tokens and codes are remembered by digest."""

    signing_key: str = field(repr=False)
    used_links: dict[str, datetime] = field(default_factory=dict)
    tried_code: str | None = None
    told_token: str | None = None
    reminded_on: date | None = None


def stored_link_state(store: Store) -> StoredRecord[LinkState]:
    """Return the record under `state/fyers-login`."""
    return StoredRecord(store, KEY, LinkState)
