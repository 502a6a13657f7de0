"""What every answer tells a browser, whatever the address and whatever comes of it."""

import pytest

from tests.builders import client_of
from tests.test_house import routes

pytestmark = pytest.mark.unit

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def directives(policy: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _, value in parts}


def is_guarded(response) -> bool:
    policy = directives(response.headers["Content-Security-Policy"])
    told = {name: response.headers.get(name) for name in HEADERS}
    names = [name.lower() for name, _ in response.headers]
    assert len(names) == len(set(names)), names
    return (
        told == HEADERS
        and policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        and not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(" ".join(policy.values()).split())
        and response.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
        and "camera=()" in response.headers["Permissions-Policy"]
        and "Cache-Control" in response.headers
    )


@pytest.mark.parametrize("who", ["anonymous", "operator"])
def test_route_when_called_by_any_method_then_the_answer_is_guarded(request, app, who):
    client = request.getfixturevalue(who)
    unguarded = []
    for _, method, path in routes(app):
        for asked in {method, "OPTIONS", "HEAD"}:
            response = client.open(path, method=asked)
            if not is_guarded(response):
                unguarded.append((asked, path, dict(response.headers)))

    assert unguarded == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no", 404),
        ("GET", "/webhook", 405),
        ("POST", "/webhook", 400),
        ("GET", "/assets/x", 404),
    ],
)
def test_refusal_when_it_is_the_frameworks_own_then_it_is_guarded(anonymous, method, path, status):
    response = anonymous.open(path, method=method)

    assert response.status_code == status
    assert is_guarded(response)


def test_failure_when_nobody_foresaw_it_then_it_is_guarded(app):
    def fail():
        raise ZeroDivisionError

    app.view_functions["health.health"] = fail
    response = client_of(app).get("/health")

    assert (response.status_code, is_guarded(response)) == (500, True)


@pytest.mark.parametrize("path", ["/api/bots", "/status", "/metrics", "/auth-url", "/approvals/x", "/stop"])
def test_answer_when_it_is_data_then_nobody_keeps_it(operator, path):
    assert operator.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "told"),
    [("https://gate.example", "max-age=31536000"), ("http://gate.example", None), (None, None)],
)
def test_https_when_it_is_the_public_address_then_browsers_are_held_to_it(make_app, address, told):
    response = client_of(make_app(public_url=address)).get("/health")

    assert response.headers.get("Strict-Transport-Security") == told
