from tests.simulators.google.certificates import PATH, FakeGoogle
from tests.simulators.google.tokens import SigningKey, signing_key

__all__ = ["PATH", "FakeGoogle", "SigningKey", "signing_key"]
