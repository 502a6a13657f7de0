"""What the house knows of a broker before it is built, and what it lends it to be built from."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.capabilities import Capabilities
from app.domain.instruments import Instrument
from app.storage.base import Store


class TokenSource(Protocol):
    """Tokens that may die at any time."""

    def token(self) -> str:
        """Return the token to send; raise BrokerLoginRequired, or BrokerUnavailable when it cannot be had."""

    def refused(self, token: str) -> str | None:
        """Hear that the broker does not take a token; return another one to try once, if there is any."""


class ListedContracts(Protocol):
    """The futures and options that are listed today, lots and ticks with them."""

    def by_ticker(self, ticker: str) -> Instrument | None:
        """Return the contract that brokers call so."""

    def ticker_of(self, instrument: Instrument) -> str | None:
        """Return what brokers call a contract."""

    def expiries(self, underlying: str) -> list[date]:
        """Return the days on which options of an underlying expire, the first one first."""

    def options(self, underlying: str, expiry: date) -> dict[str, Instrument]:
        """Return the options of an underlying that expire on a day, by what brokers call them."""


class PriceSource(Protocol):
    """Whoever knows what things cost at a time: the bars of a backtest, for one."""

    def price(self, symbol: str, at: datetime) -> Decimal | None:
        """Return what a symbol trades at; None where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerParts:
    """What an adapter may use of the house, beside its settings.

    `tokens` are there for brokers that a login is set up for, by name. `known_names` are the client order ids
    of every order in sight, for a broker that keeps a short form of them only. `prices` move a simulated
    market. `processes` tells how many use one account.
    """

    store: Store
    clock: Callable[[], datetime]
    wait: Callable[[float], None]
    tokens: Mapping[str, TokenSource]
    contracts: ListedContracts
    known_names: Callable[[], Iterable[str]]
    prices: PriceSource | None = None
    processes: Callable[[], int] = lambda: 1


def nothing_to_check(_settings: Any) -> None:
    """Find nothing wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerEntry:
    """One broker in the registry.

    `needs` are the settings without which it is not there; with `logs_in` a login must be set up for it too,
    whose own settings `login_needs` tells people of.
    `build` takes all settings and the parts; what it needs to import, an SDK above all, is imported then.
    `check` is asked at the start, without an SDK: it raises SettingsError for what could never work.
    """

    capabilities: Capabilities
    build: Callable[[Any, BrokerParts], Broker]
    check: Callable[[Any], None] = nothing_to_check
    needs: tuple[str, ...] = ()
    login_needs: tuple[str, ...] = ()
    logs_in: bool = False

    @property
    def name(self) -> str:
        """The name by which bots ask for it."""
        return self.capabilities.name

    @property
    def needed(self) -> str:
        """The settings that it needs, as the environment names them, in words."""
        return ", ".join([*(name.upper() for name in self.needs), *self.login_needs])

    def is_configured(self, settings: object, parts: BrokerParts) -> bool:
        """Return whether everything that it needs is there."""
        has_login = not self.logs_in or self.name in parts.tokens
        return has_login and self.has_settings(settings)

    def has_settings(self, settings: object) -> bool:
        """Return whether every setting that it needs is there."""
        return all(getattr(settings, name) for name in self.needs)
