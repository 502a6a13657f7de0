"""A loopback OpenAI that speaks the Responses API, with a model that does what a test tells it to."""

from tests.simulators.openai.behaviours import Behaviour
from tests.simulators.openai.simulator import FakeOpenAI

__all__ = ["Behaviour", "FakeOpenAI"]
