"""HTTP/1.1 over sockets as the other simulators have it, with lines that trickle, hang and break."""

from contextlib import suppress

from tests.simulators.loopback.messages import Answer, Request
from tests.simulators.loopback.server import Connection, hang_up
from tests.simulators.openai.behaviours import Behaviour

SHORT_WAIT_SECONDS = 0.2
TRICKLE_SECONDS = 0.02
LONGEST_TRICKLE = 10_000_000


class OpenAIConnection(Connection):
    """Requests of one client, one after the other."""

    def handle(self) -> None:
        with suppress(OSError):  # the client went away
            super().handle()

    def carry_out(self, request: Request) -> bool:
        answer, line = self.fake.answer(request)
        return self.tell(answer) if line is None else self.misbehave(answer, line)

    def misbehave(self, answer: Answer, line: Behaviour) -> bool:
        match line.kind:
            case "slow":
                self.wait(SHORT_WAIT_SECONDS if line.seconds is None else line.seconds)
                return self.tell(answer)
            case "trickle":
                return self.trickle(TRICKLE_SECONDS if line.seconds is None else line.seconds)
            case "cut":
                return self.tear(answer)
            case "hang":
                self.wait(line.seconds)
                return hang_up(self.connection)
        return self.reset()

    def trickle(self, seconds: float) -> bool:
        """Send a blank from time to time, as the beginning of a JSON text that never comes."""
        head = Answer(200, b"", {"Content-Type": "application/json"}).as_bytes({})
        length = f"Content-Length: {LONGEST_TRICKLE}".encode()
        self.wfile.write(head.replace(b"Content-Length: 0", length))
        while not self.fake.stopping.wait(seconds):
            self.wfile.write(b" ")
        return hang_up(self.connection)
