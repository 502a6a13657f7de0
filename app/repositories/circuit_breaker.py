"""The portfolio's circuit breaker as it was armed, and how far it has come."""

from app.domain.circuit_breaker import CircuitBreaker
from app.domain.json_codec import from_json, to_json
from app.storage.base import Store

KEY = "state/circuit-breaker"


class StoredBreaker:
    """The breaker under `state/circuit-breaker`; whoever writes holds its lock."""

    def __init__(self, store: Store, default_broker: str) -> None:
        self._store = store
        self._default_broker = default_broker

    def read(self) -> CircuitBreaker:
        """Return the breaker as it stands; one that was never armed watches the default broker."""
        document = self._store.get(KEY)
        # What cannot be read is an error, never a breaker that is off.
        return (
            CircuitBreaker(broker=self._default_broker)
            if document is None
            else from_json(CircuitBreaker, document.value)
        )

    def write(self, breaker: CircuitBreaker) -> None:
        """Write it over what stands; raise Conflict when somebody else writes too."""
        document = self._store.get(KEY)
        if document is None:
            self._store.create(KEY, to_json(breaker))
        else:
            self._store.replace(document, to_json(breaker))
