"""A strict loopback Fyers for tests, torture and demonstrations."""

from tests.simulators.fyers.simulator import FakeFyers

__all__ = ["FakeFyers"]
