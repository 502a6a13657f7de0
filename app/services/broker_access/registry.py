"""From a bot's broker to the module that speaks to it; brokers are built when they are first needed."""

import threading
from collections.abc import Callable, Mapping

from app.brokers.base import Broker
from app.domain.capabilities import Capabilities

BrokerFactory = Callable[[], Broker]


class BrokerNotConfigured(LookupError):
    """No broker of that name has what it needs here."""


class BrokerRegistry:
    """The configured brokers by name, and what each of the `known` ones can do, configured or not."""

    def __init__(
        self,
        factories: Mapping[str, BrokerFactory],
        known: Mapping[str, Capabilities],
        needs: Mapping[str, str] | None = None,
    ) -> None:
        self._factories = dict(factories)
        self._known = dict(known)
        self._needs = dict(needs or {})
        self._brokers: dict[str, Broker] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The brokers that can be used here."""
        return list(self._factories)

    @property
    def known(self) -> list[str]:
        """Every broker that there is, whether it can be used here or not."""
        return list(dict.fromkeys([*self._known, *self._factories]))

    def get(self, name: str) -> Broker:
        """Return a broker; raise BrokerNotConfigured."""
        broker = self._brokers.get(name)
        if broker is not None:
            return broker
        # Two adapters for one account would each keep a count of their own of the requests that it allows.
        with self._lock:
            if name not in self._factories:
                raise BrokerNotConfigured(name)
            if name not in self._brokers:
                self._brokers[name] = self._factories[name]()
            return self._brokers[name]

    def capabilities(self, name: str) -> Capabilities:
        """Return what a broker can do, configured here or not; a stranger may trade anything."""
        if name in self._factories:
            return self.get(name).capabilities
        return self._known.get(name) or Capabilities(name)

    def needs(self, name: str) -> str:
        """Return the settings without which a broker is not there, in words; nothing for a stranger."""
        return self._needs.get(name, "")

    def close(self) -> None:
        """End what works in the background for those that were built."""
        for broker in list(self._brokers.values()):
            broker.close()

    def all(self) -> list[Broker]:
        """Return every configured broker."""
        return [self.get(name) for name in self._factories]
