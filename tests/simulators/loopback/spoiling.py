"""A connection on which faults spoil the exchange of messages."""

from typing import Any

from tests.simulators.loopback.messages import Request
from tests.simulators.loopback.server import Connection, hang_up

SHORT_WAIT_SECONDS = 0.2


class SpoilingConnection(Connection):
    """Asks its simulator for a fault first: `arrive` returns it and what else is out of the ordinary."""

    def carry_out(self, request: Request) -> bool:
        fault, whims = self.fake.arrive(request)
        if fault is None:
            return self.tell(self.fake.answer(request, whims))
        if fault.kind == "latency":
            self.wait(SHORT_WAIT_SECONDS if fault.seconds is None else fault.seconds)
            return self.tell(self.fake.answer(request, whims))
        return self.spoil(request, whims, fault)

    def spoil(self, request: Request, whims: Any, fault: Any) -> bool:
        answer = fault.answer() if fault.is_before else self.fake.answer(request, whims)
        match fault.kind:
            case "timeout":
                self.wait(fault.seconds)
                if fault.is_before or fault.seconds is None:
                    return hang_up(self.connection)
                return self.tell(answer)
            case "reset":
                return self.reset()
            case "torn":
                return self.tear(answer)
        return self.tell(fault.answer())
