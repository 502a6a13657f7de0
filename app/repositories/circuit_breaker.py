"""The circuit breakers of the brokers' accounts as they were armed, and how far each has come."""

from contextlib import suppress

from app.domain.circuit_breaker import CircuitBreaker
from app.domain.json_codec import from_json, to_json
from app.errors import AlreadyExists
from app.storage.base import Store

# Formerly the one breaker there was; today `{KEY}/{broker}` holds each broker's.
KEY = "state/circuit-breaker"


class StoredBreakers:
    """The breakers under `state/circuit-breaker/{broker}`; whoever writes holds their lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._has_moved = False

    def read(self, broker: str) -> CircuitBreaker:
        """Return a broker's breaker as it stands; one that was never armed is off."""
        return self._armed(broker) or CircuitBreaker(broker)

    def knows_equity(self, broker: str) -> bool:
        """Tell whether entries at a broker may go on: false while a watched account cannot be seen."""
        breaker = self._armed(broker)
        return breaker is None or breaker.equity_known or not breaker.thresholds

    def _armed(self, broker: str) -> CircuitBreaker | None:
        # The former one first: moved after this look, it is found at its broker's key.
        former = self._former()
        document = self._store.get(f"{KEY}/{broker}")
        if document is not None:
            # What cannot be read is an error, never a breaker that is off.
            return from_json(CircuitBreaker, document.value)
        return former if former is not None and former.broker == broker else None

    def all(self) -> dict[str, CircuitBreaker]:
        """Return every breaker that was ever armed, by broker."""
        former = self._former()
        found = [from_json(CircuitBreaker, document.value) for document in self._store.list(f"{KEY}/")]
        if former is not None:
            found.insert(0, former)
        return {breaker.broker: breaker for breaker in found}

    def write(self, breaker: CircuitBreaker) -> None:
        """Write it over what stands; raise Conflict when somebody else writes too."""
        key = f"{KEY}/{breaker.broker}"
        document = self._store.get(key)
        if document is None:
            self._store.create(key, to_json(breaker))
        else:
            self._store.replace(document, to_json(breaker))

    def move_former(self) -> None:
        """Give the one breaker of former versions its broker's key; a crash in between repeats it."""
        document = self._store.get(KEY)
        if document is None:
            return
        former = from_json(CircuitBreaker, document.value)
        # An earlier move may have been interrupted before its deletion.
        with suppress(AlreadyExists):
            self._store.create(f"{KEY}/{former.broker}", to_json(former))
        self._store.delete(document)

    def _former(self) -> CircuitBreaker | None:
        """Return the breaker of a former version until it has moved: it counts from the first alert on."""
        # Once gone an entry need not ask for it; what an older process still writes, the clock moves.
        if self._has_moved:
            return None
        document = self._store.get(KEY)
        self._has_moved = document is None
        return None if document is None else from_json(CircuitBreaker, document.value)
