"""Our ids as Fyers' order tags: Fyers keeps thirty letters and digits, and looks at nothing in them."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import sha256
from threading import Lock

from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, Order, OrderType
from app.errors import BrokerUnavailable, StoreError

# The book shows an order at the market as a limit order; its tag keeps what it was.
_MARKET, _OTHER = "ghm", "gho"
# An order of several legs has a row for each: its tag tells how many there must be.
_OF_LEGS = {2: "gh2", 3: "gh3"}
_TAG = re.compile(r"(ghm|gho|gh[23])([0-9a-f]{26})")
_USERS = "1:"
REMEMBERED = 5000


def tag_of(order: Order) -> str:
    """Return the tag that an order is sent with."""
    return (_MARKET if order.type is OrderType.MARKET else _OTHER) + digest(order.client_order_id)


def tag_of_legs(name: str, legs: int) -> str:
    """Return the tag that an order of two or three legs is sent with."""
    return _OF_LEGS[legs] + digest(name)


def legs_in(tag: str) -> int:
    """Return how many rows of the book an order with this tag has."""
    return next((legs for legs, begins in _OF_LEGS.items() if tag.startswith(begins)), 1)


def digest(name: str) -> str:
    """Return the part of a tag that stands for our id."""
    # 29 of 30 characters with the three letters before it; 104 bits keep any two ids apart.
    return sha256(name.encode()).hexdigest()[:26]


def tagged(text: str) -> str:
    """Return the tag of an order in the book; empty for one that Fyers tagged itself."""
    return text.removeprefix(_USERS) if text.startswith(_USERS) else ""


def digest_in(tag: str) -> str | None:
    """Return what a tag of ours stands for."""
    match = _TAG.fullmatch(tag)
    return match[2] if match is not None else None


def is_market(tag: str) -> bool:
    """True for the tag of an order that was sent at the market."""
    return tag.startswith(_MARKET) and digest_in(tag) is not None


class Names:
    """Tell our ids from tags: those of what was sent here, and those that others know of."""

    def __init__(self, known: Callable[[], Iterable[str]]) -> None:
        self._known = known
        self._names: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def remember(self, names: Iterable[str]) -> None:
        """Keep ids, the newest of them."""
        with self._lock:
            for name in names:
                self._names[digest(name)] = name
                self._names.move_to_end(digest(name))
            while len(self._names) > REMEMBERED:
                self._names.popitem(last=False)

    def learn(self, tags: Iterable[str]) -> None:
        """Ask others for the ids behind tags of ours that are not known here; raise BrokerUnavailable.

        An order of ours must never pass for a stranger's because the store was away.
        """
        digests = {found for tag in tags if (found := digest_in(tag)) is not None}
        if digests <= self._names.keys():
            return
        try:
            known = set(self._known())
        except StoreError as error:
            raise BrokerUnavailable("Whose orders these are cannot be looked up.") from error
        # An entry that has filled is tracked no more, but its legs are: their names tell its own.
        parents = {_parent(name) for name in known}
        self.remember(name for name in known | parents if digest(name) in digests)

    def of(self, tag: str) -> str | None:
        """Return the id behind a tag; None where nobody knows it."""
        with self._lock:
            return self._names.get(digest_in(tag) or "")


def _parent(name: str) -> str:
    return name.removesuffix(STOP_LOSS_SUFFIX).removesuffix(TAKE_PROFIT_SUFFIX)
