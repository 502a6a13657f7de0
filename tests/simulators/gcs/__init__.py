from tests.simulators.gcs.simulator import FakeGcs

__all__ = ["FakeGcs"]
