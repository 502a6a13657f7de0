"""A strict loopback Cloud Storage: the JSON API as google-cloud-storage speaks it, with faults on demand."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from tests.simulators.gcs.bucket import Bucket
from tests.simulators.gcs.refusals import Refused
from tests.simulators.gcs.uploads import Uploads
from tests.simulators.loopback.admin import MALFORMED
from tests.simulators.loopback.messages import Answer, Request, in_json
from tests.simulators.loopback.server import Connection, hang_up
from tests.simulators.loopback.simulator import Simulator


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request: something before it, a refusal, an answer lost or torn after it."""

    status: int | None = None
    delay_seconds: float = 0
    before: Callable[[], object] | None = None
    drop: bool = False
    tear: bool = False


class BucketConnection(Connection):
    """Meets the fault that its request was planned to meet."""

    def carry_out(self, request: Request) -> bool:
        fault = self.fake.arrive(request)
        if fault.delay_seconds:
            self.wait(fault.delay_seconds)
        if fault.before is not None:
            fault.before()
        answer = self.fake.answer(request, fault)
        if fault.drop:
            return hang_up(self.connection)
        return self.tear(answer) if fault.tear else self.tell(answer)


class FakeGcs(Simulator):
    """One bucket on a loopback port; use as a context manager and read `url`."""

    connection = BucketConnection

    def __init__(
        self, bucket: str = "gatehouse", *, port: int = 0, update_interval_seconds: float = 0
    ) -> None:
        self.bucket = Bucket(bucket, update_interval_seconds)
        self._uploads = Uploads(self.bucket)
        self._lock = threading.Lock()
        self._faults: dict[int, Fault] = {}
        super().__init__(port)

    def refuse(self, status: int, *, nth: int = 1, times: int = 1) -> None:
        """Refuse the n-th request from now, and `times - 1` after it."""
        self._plan(Fault(status=status), nth, times)

    def delay(self, seconds: float, *, nth: int = 1, times: int = 1) -> None:
        """Let the n-th request from now wait before it is looked at."""
        self._plan(Fault(delay_seconds=seconds), nth, times)

    def meanwhile(self, action: Callable[[], object], *, nth: int = 1) -> None:
        """Let something else happen just before the n-th request from now."""
        self._plan(Fault(before=action), nth, 1)

    def commit_then_drop(self, *, nth: int = 1, times: int = 1) -> None:
        """Carry the n-th request from now out, then close the connection without an answer."""
        self._plan(Fault(drop=True), nth, times)

    def tear(self, *, nth: int = 1, times: int = 1) -> None:
        """Send only half of the answer to the n-th request from now."""
        self._plan(Fault(tear=True), nth, times)

    def arrive(self, request: Request) -> Fault:
        """Write a request down; return what is planned for it."""
        with self._lock:
            self.requests.append(request)
            return self._faults.pop(len(self.requests), Fault())

    def answer(self, request: Request, fault: Fault) -> Answer:
        """Carry a request out, or refuse it."""
        media = request.query.get("alt") == "media"
        if fault.status is not None:
            return Refused(fault.status, "Injected.").answer_to(media=media)
        try:
            return self._answered(request)
        except Refused as refusal:
            return refusal.answer_to(media=media)
        except MALFORMED:
            return Refused(400, "Parse Error").answer_to(media=media)

    def upload(self, request: Request) -> Answer:
        return self._uploads.take(request, self.url)

    def resume(self, request: Request) -> Answer:
        return self._uploads.go_on(request)

    def read(self, request: Request, name: str) -> Answer:
        held = self.bucket.read(request.query, name)
        if request.query.get("alt") == "media":
            return Answer(200, held.content, held.headers())
        return in_json(held.resource(self.bucket.name))

    def patch(self, request: Request, name: str) -> Answer:
        return in_json(self.bucket.patch(request.query, name, request.body))

    def remove(self, request: Request, name: str) -> Answer:
        self.bucket.remove(request.query, name)
        return Answer(204)

    def list(self, request: Request) -> Answer:
        return in_json(self.bucket.list(request.query))

    def bucket_itself(self, _request: Request) -> Answer:
        return in_json({"kind": "storage#bucket", "id": self.bucket.name, "name": self.bucket.name})

    def _answered(self, request: Request) -> Answer:
        for method, pattern, action in ROUTES:
            if method == request.method and (match := re.fullmatch(pattern, request.path)):
                bucket, *name = (unquote(part) for part in match.groups())
                if bucket != self.bucket.name:
                    raise Refused(404, "The specified bucket does not exist.")
                with self._lock:
                    return action(self, request, *name)
        raise Refused(404, "Not Found")

    def _plan(self, fault: Fault, nth: int, times: int) -> None:
        first = len(self.requests) + nth
        self._faults |= dict.fromkeys(range(first, first + times), fault)


ROUTES = (
    ("POST", r"/upload/storage/v1/b/([^/]+)/o", FakeGcs.upload),
    ("PUT", r"/upload/storage/v1/b/([^/]+)/o", FakeGcs.resume),
    ("GET", r"(?:/download)?/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs.read),
    ("PATCH", r"/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs.patch),
    ("DELETE", r"/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs.remove),
    ("GET", r"/storage/v1/b/([^/]+)/o", FakeGcs.list),
    ("GET", r"/storage/v1/b/([^/]+)", FakeGcs.bucket_itself),
)
