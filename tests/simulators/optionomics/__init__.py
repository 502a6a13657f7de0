"""A loopback Optionomics: a real MCP server with made-up, repeatable market data."""

from tests.simulators.optionomics.simulator import FakeOptionomics
from tests.simulators.optionomics.switches import Switches

__all__ = ["FakeOptionomics", "Switches"]
