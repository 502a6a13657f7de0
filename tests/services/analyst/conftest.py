import pytest

from tests.services.analyst.builders import response
from tests.services.analyst.stub import Stub


@pytest.fixture
def model():
    """The model's server; it has a good decision unless told otherwise."""
    with Stub([(200, response())]) as stub:
        yield stub


@pytest.fixture
def mcp():
    """An MCP server that answers what it is told to."""
    with Stub() as stub:
        yield stub
