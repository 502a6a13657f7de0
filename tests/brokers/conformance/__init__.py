"""What every broker adapter must do: subclass it with the fixtures below, and it runs against yours.

AAPL trades at 100 when a test starts, its market is open, and the account has 100,000 dollars. The fixtures:

- `under_test`: a `BrokerUnderTest` around the adapter;
- `partial_under_test`: the same, but orders fill in part at first and wholly at the next price;
- `lose_order`: a context manager inside which the adapter's writes do not arrive and nobody says so;
- `lose_answer`: one inside which they are carried out, and the answer is lost or unreadable;
- `cut_line`: one inside which nothing can be read.

The last three are parametrized with the ways in which this may happen: timeouts, resets, 5xx, bad JSON.
"""

from decimal import Decimal
from typing import Protocol

from app.brokers.base import Broker
from tests.brokers.conformance.lines import LineConformance
from tests.brokers.conformance.orders import OrderConformance
from tests.brokers.conformance.parts import LegConformance, PartConformance


class BrokerUnderTest(Protocol):
    """A broker under test, the market behind it, and a count of the tries to change something there."""

    broker: Broker

    def move(self, price: Decimal) -> None:
        """Set the price of AAPL."""

    def writes(self) -> int:
        """Count the submits, cancels and replaces that were tried, those that were lost included."""


class BrokerConformance(OrderConformance, LegConformance, PartConformance, LineConformance):
    """The whole suite."""
