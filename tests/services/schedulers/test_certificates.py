"""Google's certificates: kept as the headers allow, fetched with a limit, not asked for by strangers."""

import threading
import time

import pytest

from app.errors import CertificatesUnavailable
from app.services.schedulers import certificates
from app.services.schedulers.certificates import Certificates
from tests.simulators.google import FakeGoogle, signing_key
from tests.simulators.loopback.messages import Answer, in_json
from tests.soon import is_soon

pytestmark = pytest.mark.integration

OLD, NEW = signing_key("old"), signing_key("new")
AWAY = {
    "silent": "silent",
    "trickling": "trickling",
    "torn": "torn",
    "an error with certificates": in_json({"old": OLD.certificate}, 500),
    "elsewhere": Answer(302, b"", {"Location": "http://127.0.0.1:9/"}),
    "none": in_json({}),
    "a list": in_json([OLD.certificate]),
    "a number": in_json({"old": 5}),
    "keys of another form": in_json({"keys": [{"kid": "old", "n": "x", "e": "AQAB"}]}),
    "a page": Answer(200, b"<html>sign in</html>"),
    "far too much": Answer(200, b'{"old": "' + b"x" * 100_000 + b'"}'),
}


@pytest.fixture
def google():
    with FakeGoogle(OLD) as fake:
        yield fake
        assert fake.misfits == []


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def known(google, now):
    return Certificates(google.certs_url, monotonic=lambda: now[0])


@pytest.fixture
def _hurried(monkeypatch):
    monkeypatch.setattr(certificates, "FETCH_SECONDS", 0.3)


def test_certificates_when_they_are_fresh_then_they_are_fetched_once(google, known, now):
    for _ in range(3):
        assert known.for_key("old") == {"old": OLD.certificate}
        now[0] += 6000

    assert len(google.requests) == 1


def test_certificates_when_their_time_is_over_then_they_are_fetched_anew(google, known, now):
    known.for_key("old")
    now[0] += 19500
    google.keys = (NEW,)

    assert known.for_key("new") == {"new": NEW.certificate}
    assert len(google.requests) == 2


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"Cache-Control": "max-age=60"}, 60),
        ({"Cache-Control": 'private, MAX-AGE="60"'}, 60),
        ({"Cache-Control": "max-age=60", "Age": "20"}, 40),
        ({"Cache-Control": "max-age=60", "Age": "70"}, 0),
        ({"Cache-Control": "max-age=60", "Age": "soon"}, 60),
        ({"Cache-Control": "max-age=999999999"}, 86400),
        ({"Cache-Control": "s-maxage=60"}, 0),
        ({"Cache-Control": "no-store, max-age=60"}, 0),
        ({"Cache-Control": "no-cache"}, 0),
        ({}, 0),
    ],
)
def test_certificates_when_headers_say_how_long_then_they_are_kept_so_long(google, known, now, headers, kept):
    google.headers = headers
    known.for_key("old")
    counts = []
    for passed in (max(kept - 0.5, 0), kept + 0.5):
        now[0] = 1000.0 + passed
        known.for_key("old")
        counts.append(len(google.requests))

    assert counts == ([1, 2] if kept else [2, 3])


def test_key_when_it_is_new_then_one_fetch_a_minute_looks_for_it(google, known, now):
    known.for_key("old")
    google.keys = (OLD, NEW)
    at_once = known.for_key("new")
    now[0] += 61
    later = known.for_key("new")
    for _ in range(100):
        known.for_key("made up")

    assert ("new" in at_once, "new" in later) == (False, True)
    assert len(google.requests) == 2


@pytest.mark.usefixtures("_hurried")
@pytest.mark.parametrize("case", AWAY)
def test_certificates_when_they_cannot_be_had_then_that_is_said_soon(google, known, case):
    google.behaviour = AWAY[case]

    def ask():
        with pytest.raises(CertificatesUnavailable):
            known.for_key("old")

    assert is_soon(ask, 5)


def test_certificates_when_nobody_listens_then_that_is_said_and_it_heals(google, known, now):
    google.go_away()
    with pytest.raises(CertificatesUnavailable):
        known.for_key("old")
    google.come_back()
    with pytest.raises(CertificatesUnavailable):  # so soon it is not asked again
        known.for_key("old")
    now[0] += 6

    assert known.for_key("old")


def test_certificates_when_google_is_away_then_those_that_are_fresh_still_count(google, known, now):
    known.for_key("old")
    google.behaviour = in_json({}, 503)
    now[0] += 61
    with pytest.raises(CertificatesUnavailable):
        known.for_key("made up")

    assert known.for_key("old") == {"old": OLD.certificate}


def test_certificates_when_many_ask_at_once_then_one_fetches(google, known):
    threads = [threading.Thread(target=known.for_key, args=("old",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(google.requests) == 1


def test_key_when_it_is_known_then_it_waits_for_nobody_who_looks_for_another(google, known, now):
    known.for_key("old")
    google.behaviour, now[0] = "silent", now[0] + 61

    def look_for_another() -> None:
        with pytest.raises(CertificatesUnavailable):
            known.for_key("made up")

    looking = threading.Thread(target=look_for_another)
    looking.start()
    while len(google.requests) < 2:
        time.sleep(0.005)
    found, is_looking = known.for_key("old"), looking.is_alive()
    looking.join()

    assert (found, is_looking) == ({"old": OLD.certificate}, True)
