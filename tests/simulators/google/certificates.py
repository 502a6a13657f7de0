"""A loopback server of Google's certificates: cache headers, rotation, outages; strict in what it takes."""

from typing import ClassVar

from tests.simulators.google.tokens import SigningKey
from tests.simulators.loopback.messages import Answer, Request, in_json
from tests.simulators.loopback.server import Connection
from tests.simulators.loopback.simulator import Simulator

PATH = "/oauth2/v1/certs"
FRESH = {"Cache-Control": "public, max-age=19800, must-revalidate, no-transform", "Age": "300"}


class CertificateConnection(Connection):
    """Answers one address; whatever else is asked, or told, is a misfit."""

    def carry_out(self, request: Request) -> bool:
        fake: FakeGoogle = self.fake
        fake.requests.append(request)
        if request.method != "GET" or request.path != PATH:
            fake.misfits.append(f"{request.method} {request.path}")
            return self.tell(in_json({"error": "not found"}, 404))
        told = {"authorization", "cookie"} & set(request.headers)
        if told or request.content:
            fake.misfits.append(f"it was told {sorted(told) or 'a body'}")
        return self.behave(fake)

    def behave(self, fake: "FakeGoogle") -> bool:
        if fake.behaviour == "silent":
            self.wait(None)
            return False
        if fake.behaviour == "trickling":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
            while not fake.stopping.wait(0.1):
                self.wfile.write(b" ")
            return False
        if fake.behaviour == "torn":
            return self.tear(fake.answer())
        return self.tell(fake.answer())


class FakeGoogle(Simulator):
    """`keys` are those that it publishes; `behaviour` is well, silent, trickling, torn, or a whole answer."""

    connection: ClassVar[type[Connection]] = CertificateConnection

    def __init__(self, *keys: SigningKey) -> None:
        super().__init__()
        self.keys = keys
        self.headers = dict(FRESH)
        self.behaviour: str | Answer = "well"

    @property
    def certs_url(self) -> str:
        return self.url + PATH

    def answer(self) -> Answer:
        if isinstance(self.behaviour, Answer):
            return self.behaviour
        answer = in_json({key.name: key.certificate for key in self.keys})
        return Answer(200, answer.content, answer.headers | self.headers)
