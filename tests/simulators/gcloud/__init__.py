from tests.simulators.gcloud.stand_in import Killed, StandIn

__all__ = ["Killed", "StandIn"]
