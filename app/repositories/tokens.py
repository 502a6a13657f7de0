"""The tokens of the last login at a broker."""

from app.domain.broker_logins import Login
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

KEY = "tokens/fyers"


def stored_login(store: Store, key: str) -> StoredRecord[Login]:
    """Return the record of the login at Fyers; in a bucket the operator may name its object."""
    return StoredRecord(store, key, Login)
