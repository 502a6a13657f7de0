"""HTTP/1.1 over sockets as the other simulators have it, with lines that trickle, hang and break."""

from contextlib import suppress
from typing import TYPE_CHECKING

from tests.simulators.alpaca.messages import Answer, Request, read_request
from tests.simulators.alpaca.server import Connection as PlainConnection
from tests.simulators.alpaca.server import Server as PlainServer
from tests.simulators.alpaca.server import hang_up
from tests.simulators.openai.behaviours import Behaviour

if TYPE_CHECKING:
    from tests.simulators.openai.simulator import FakeOpenAI

SHORT_WAIT_SECONDS = 0.2
TRICKLE_SECONDS = 0.02
LONGEST_TRICKLE = 10_000_000


class Server(PlainServer):
    """One thread per connection; closing it closes them all."""

    def __init__(self, address: tuple[str, int], fake: "FakeOpenAI") -> None:
        super().__init__(address, fake)  # type: ignore[arg-type]  # only our connections ask it
        self.RequestHandlerClass = Connection


class Connection(PlainConnection):
    """Requests of one client, one after the other."""

    fake: "FakeOpenAI"  # type: ignore[assignment]

    def handle(self) -> None:
        with suppress(OSError):  # the client went away
            while (request := read_request(self.rfile)) is not None:
                if not self.respond(request):
                    return

    def respond(self, request: Request) -> bool:
        """Answer a request; False when the connection is done with."""
        own = self.fake.answer_admin(request)
        if own is not None:
            return self.tell(own)
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

    def tell(self, answer: Answer) -> bool:
        self.wfile.write(answer.as_bytes({}))
        return True

    def tear(self, answer: Answer) -> bool:
        whole = answer.as_bytes({})
        self.wfile.write(whole[: len(whole) - len(answer.content) // 2 - 1])
        return hang_up(self.connection)

    def trickle(self, seconds: float) -> bool:
        """Send a blank from time to time, as the beginning of a JSON text that never comes."""
        head = Answer(200, b"", {"Content-Type": "application/json"}).as_bytes({})
        length = f"Content-Length: {LONGEST_TRICKLE}".encode()
        self.wfile.write(head.replace(b"Content-Length: 0", length))
        while not self.fake.stopping.wait(seconds):
            self.wfile.write(b" ")
        return hang_up(self.connection)
