"""What each process of the tests does once: what costs time in every test, and no test is about."""

from collections.abc import Iterator
from pathlib import Path
from types import MethodType

import certifi
import hypothesis
import pytest
from werkzeug.routing import Rule

# Whether an example is slow is for the benchmarks to say: on a machine with other work, each is.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


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


@pytest.fixture(scope="session", autouse=True)
def routes_compiled_once() -> Iterator[None]:
    """Compile each route once a process: thousands of tests make an application, and all have the same.

    Werkzeug writes functions for each route of each application, which is nine tenths of what one costs.
    """
    compiled, known = Rule.compile, {}

    def once(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, tuple(rule.defaults or ()))
        like = known.get(key)
        if like is None:
            compiled(rule)
            known[key] = rule
            return
        rule._parts, rule._trace = list(like._parts), list(like._trace)
        rule._converters, rule.arguments = dict(like._converters), set(like.arguments)
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, MethodType(getattr(like, name).__func__, rule))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", once)
        yield
