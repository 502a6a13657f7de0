"""What each process of the tests does once: what costs time in every test, and no test is about."""

import gc
from collections.abc import Iterator
from pathlib import Path

import certifi
import hypothesis
import pytest

# Whether an example is slow is for the benchmarks to say: on a machine with other work, each is.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# Collecting makes millions of objects that all stay: to look for dead ones among them took half of its time.
gc.disable()


# More than an application is made of. Counted in objects; Python's own limit is 700.
MOST_YOUNG_OBJECTS = 20_000


def pytest_collection_finish() -> None:
    """Collect garbage again, but never look at the collected tests themselves."""
    gc.set_threshold(MOST_YOUNG_OBJECTS)
    gc.enable()
    gc.freeze()


def pytest_runtest_logfinish() -> None:
    """Forget what a test made as soon as it is over, and look at nothing older.

    An application is thousands of objects in loops. While it is being made, looking for garbage finds
    nothing, forty times; once it is old, letting it go takes several times as long.
    """
    if gc.isenabled():  # not in the process that hands out the tests
        gc.collect(0)


@pytest.fixture(scope="session", autouse=True)
def few_authorities(tmp_path_factory) -> Iterator[None]:
    """Let nobody read hundreds of certificates for each broker or opinion: on loopback there is no TLS."""
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----\n")
    file = tmp_path_factory.mktemp("tls") / "one.pem"
    file.write_text(first + end, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(file))
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        yield
