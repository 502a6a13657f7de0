import json
import logging
import os
import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue

import pytest

from app.errors import SettingsError
from app.services.observability.events import Event, EventKind
from app.services.observability.notifier import CAPACITY, Notifier, NotSent, apprise_address

URL, TOPIC = "https://push.example", "the-secret-topic"
# apprise loads its plugins for the first message; one of them imports a module that Python will drop.
real_apprise = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

FORKED = """
import os, sys
from app.clock import system_clock
from app.services.observability.events import EventKind
from app.services.observability.notifier import Notifier

def send(event):
    os.write(1, f"{event.message} {'apprise' in sys.modules}\\n".encode())

notifier = Notifier("json://127.0.0.1", None, clock=system_clock, send=send)
notifier.notify(EventKind.RECOVERED, "parent")
child = os.fork()
if not child:
    notifier.notify(EventKind.RECOVERED, "child")
notifier.close(60)
if child:
    os.waitpid(child, 0)
"""


class Recorder:
    """Takes messages down; fails as often as it is told to."""

    def __init__(self) -> None:
        self.sent: list[Event] = []
        self.arrived: SimpleQueue[Event] = SimpleQueue()
        self.failures: list[Exception] = []

    def __call__(self, event: Event) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(event)
        self.arrived.put(event)

    @property
    def messages(self) -> list[str]:
        return [event.message for event in self.sent]


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def logged():
    """The lines that reach the root's handlers; unlike caplog's they have gone the real way."""
    lines, root = [], logging.getLogger()
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: lines.append(record.getMessage())
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)


@pytest.fixture
def make_notifier(clock, recorder):
    made = []

    def make(url=URL, topic=None, **changes):
        options = {"clock": clock, "send": recorder, "pauses_seconds": (0, 0)} | changes
        made.append(Notifier(url, topic, **options))
        return made[-1]

    yield make
    for notifier in made:
        notifier.close(60)


@pytest.fixture
def notifier(make_notifier):
    return make_notifier()


@pytest.fixture
def ntfy():
    """An ntfy server that keeps what is published and answers with `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.published.append((self.headers["Authorization"], json.loads(body)))
            self.send_response(server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        log_message = staticmethod(lambda *_: None)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.published, server.status = [], 200
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def leave(notifier, message="AAPL was rejected", *, kind=EventKind.REJECTED, key="default") -> None:
    notifier.notify(kind, message, key=key)


@pytest.mark.unit
def test_notify_when_there_is_an_address_then_sent_in_the_background(notifier, recorder):
    leave(notifier)

    assert recorder.arrived.get(timeout=60) == Event(EventKind.REJECTED, "AAPL was rejected", "default")


@pytest.mark.unit
def test_notify_when_there_is_no_address_then_nothing_happens(make_notifier, recorder):
    before = set(threading.enumerate())
    notifier = make_notifier(url=None)
    leave(notifier)
    notifier.close(60)

    assert (recorder.sent, set(threading.enumerate()) - before) == ([], set())


@pytest.mark.unit
def test_notify_when_repeated_then_one_message_counts_the_rest(notifier, recorder):
    for number in range(8):
        leave(notifier, f"number {number}")
    notifier.close(60)
    leave(notifier, "after the end", key="another")

    assert recorder.messages == ["number 0", "… 7 more in the last 5 minutes; the last: number 7"]


@pytest.mark.unit
def test_notify_when_kind_or_key_differs_then_not_folded(notifier, recorder):
    leave(notifier, "one")
    leave(notifier, "two", key="another bot")
    leave(notifier, "three", kind=EventKind.UNKNOWN)
    notifier.close(60)

    assert recorder.messages == ["one", "two", "three"]


@pytest.mark.unit
@pytest.mark.parametrize("minutes", [5, -1])
def test_notify_when_outside_the_window_then_sent_at_once(notifier, recorder, clock, minutes):
    leave(notifier, "one")
    clock.move(minutes=minutes)
    leave(notifier, "two")
    notifier.close(60)

    assert recorder.messages == ["one", "two"]


@pytest.mark.unit
def test_window_when_it_ends_then_the_rest_is_counted_by_itself(make_notifier, recorder, clock):
    notifier = make_notifier(window=timedelta(seconds=0.1))
    for message in ("one", "two"):
        leave(notifier, message)
    clock.move(seconds=1)
    first, second = (recorder.arrived.get(timeout=60).message for _ in range(2))

    assert (first, second) == ("one", "… 1 more in the last 0.1 seconds; the last: two")


@pytest.mark.unit
def test_notify_when_the_service_hangs_then_the_oldest_are_dropped_and_nobody_waits(make_notifier):
    sending, go_on, sent = threading.Event(), threading.Event(), []

    def hang(message: Event) -> None:
        sending.set()
        go_on.wait(60)
        sent.append(message.key)

    notifier = make_notifier(send=hang)
    leave(notifier, key="first")
    assert sending.wait(60)
    for number in range(CAPACITY + 3):
        leave(notifier, key=str(number))
    assert notifier.dropped == 3
    go_on.set()
    notifier.close(60)
    assert sent == ["first", *map(str, range(3, CAPACITY + 3))]


@pytest.mark.unit
@pytest.mark.parametrize(("failures", "sent"), [(2, ["first", "second"]), (3, ["second"])])
def test_send_when_it_fails_then_tried_again_and_given_up_in_the_end(notifier, recorder, failures, sent):
    recorder.failures = [NotSent("HTTP 500")] * failures
    for name in ("first", "second"):
        leave(notifier, name, key=name)
    for name in sent:
        assert recorder.arrived.get(timeout=60).message == name

    assert notifier.dropped == 2 - len(sent)


@pytest.mark.unit
def test_close_when_waiting_for_another_attempt_then_it_does_not_wait(make_notifier, recorder):
    failed = threading.Event()

    def fail(_) -> None:
        failed.set()
        raise NotSent("HTTP 500")

    notifier = make_notifier(send=fail, pauses_seconds=(600,))
    leave(notifier)
    assert failed.wait(60)
    notifier.close(60)

    assert notifier.dropped == 1


@pytest.mark.unit
def test_send_when_an_outage_lasts_then_logged_once_and_without_the_address(notifier, recorder, logged):
    recorder.failures = [ConnectionError(f"cannot reach {URL}")] * 5
    for key in ("one", "two", "three"):
        leave(notifier, key=key)
    notifier.close(60)

    assert logged == ["Notifications cannot be sent: ConnectionError"]


@pytest.mark.unit
def test_message_when_it_holds_a_secret_then_masked(notifier, recorder):
    notifier.notify(EventKind.REJECTED, "first line\nsecret: xyz789", about="token=abc123")
    notifier.close(60)

    assert (recorder.sent[0].about, recorder.messages) == ("token=***", ["first line\nsecret: ***"])


@pytest.mark.unit
def test_message_when_it_quotes_a_hostile_alert_then_nobody_is_called_and_it_is_cut(notifier, recorder):
    leave(notifier, "@everyone <!channel> \x1b[31m" + "x" * 2000)
    notifier.close(60)

    assert recorder.messages[0].startswith("@\u200beveryone <\u200b!channel> \\x1b[31mxx")
    assert len(recorder.messages[0]) == 1000


@pytest.mark.unit
@pytest.mark.parametrize(
    ("url", "topic", "address"),
    [
        ("https://ntfy.sh/", "a/b", "ntfys://ntfy.sh/a%2Fb"),
        (
            "http://user:pass@nas:8080?priority=high",
            "alerts",
            "ntfy://user:pass@nas:8080/alerts?priority=high",
        ),
        ("https://hooks.slack.com/services/T/B/x", None, "https://hooks.slack.com/services/T/B/x"),
        ("discord://4174216298/token", "alerts", "discord://4174216298/token"),
    ],
)
def test_address_when_a_web_address_has_a_topic_then_it_is_ntfy(url, topic, address):
    assert apprise_address(url, topic) == address


@pytest.mark.unit
@real_apprise
@pytest.mark.parametrize("url", ["https://push.example", "http://push.example/topic", "https://[oops"])
def test_address_when_no_service_is_behind_it_then_the_start_stops_and_says_the_cure(make_notifier, url):
    with pytest.raises(SettingsError) as refused:
        make_notifier(url, send=None)

    assert "NOTIFICATION_URL" in refused.value.message
    assert "set NOTIFICATION_TOPIC" in refused.value.message
    assert url not in refused.value.message


@pytest.mark.unit
@real_apprise
@pytest.mark.parametrize(
    ("url", "topic"),
    [
        ("https://push.example", TOPIC),
        ("https://ntfy.sh/the-topic", None),
        ("https://discord.com/api/webhooks/12345678901234567/abcdefghij", None),
        ("json://push.example", None),
    ],
)
def test_address_when_a_service_is_behind_it_then_it_is_taken(make_notifier, url, topic):
    assert make_notifier(url, topic, send=None).dropped == 0


@real_apprise
@pytest.mark.integration
def test_notify_when_it_goes_through_apprise_then_ntfy_has_it(make_notifier, ntfy):
    notifier = make_notifier(f"http://tk_abc@127.0.0.1:{ntfy.server_port}", TOPIC, send=None)
    leave(notifier, "Größer & <b>")
    notifier.close(60)

    sent = {"topic": TOPIC, "title": "The broker rejected an order", "message": "Größer & <\u200bb>"}
    assert ntfy.published == [("Bearer tk_abc", sent)]


@real_apprise
@pytest.mark.integration
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://tk_abc@127.0.0.1:{port}", "the service did not take the message: HTTP 403"),
        ("http://127.0.0.1:1", "the service did not take the message: no answer"),
        ("nonsense://{port}", "NOTIFICATION_URL is not an address that apprise knows"),
        ("https://[{port}", "ValueError"),
    ],
)
def test_notify_when_apprise_fails_then_logged_without_secrets(make_notifier, ntfy, logged, url, reason):
    ntfy.status = 403
    notifier = make_notifier(url.format(port=ntfy.server_port), TOPIC, send=None, pauses_seconds=())
    leave(notifier)
    notifier.close(60)

    assert logged == [f"Notifications cannot be sent: {reason}"]


@pytest.mark.integration
def test_notify_when_forked_then_both_processes_send_their_own_without_apprise():
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", FORKED],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert sorted(done.stdout.splitlines()) == ["child False", "parent False"]
