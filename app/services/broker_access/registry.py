"""From a bot's broker to the module that speaks to it; brokers are built when they are first needed."""

import threading
from collections.abc import Callable, Mapping

from app.brokers.base import Broker

BrokerFactory = Callable[[], Broker]


class BrokerNotConfigured(LookupError):
    """No broker of that name has what it needs here."""


class BrokerRegistry:
    """The configured brokers by name."""

    def __init__(self, factories: Mapping[str, BrokerFactory]) -> None:
        self._factories = dict(factories)
        self._brokers: dict[str, Broker] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The brokers that can be used here."""
        return list(self._factories)

    def get(self, name: str) -> Broker:
        """Return a broker; raise BrokerNotConfigured."""
        broker = self._brokers.get(name)
        if broker is not None:
            return broker
        with self._lock:
            if name not in self._factories:
                raise BrokerNotConfigured(name)
            if name not in self._brokers:
                self._brokers[name] = self._factories[name]()
            return self._brokers[name]

    def all(self) -> list[Broker]:
        """Return every configured broker."""
        return [self.get(name) for name in self._factories]
