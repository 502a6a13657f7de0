"""A strict loopback Alpaca for tests, torture and demonstrations."""

from tests.simulators.alpaca.simulator import FakeAlpaca

__all__ = ["FakeAlpaca"]
