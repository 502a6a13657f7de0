import pytest

from app.wiring.container import Services
from tests.builders import ScriptedAnalyst, services_of, trade_idea

IDEAS = "/webhooks/optionomics/trade-ideas"


@pytest.fixture
def analyst() -> ScriptedAnalyst:
    return ScriptedAnalyst()


@pytest.fixture
def heard() -> list:
    """What the owner was told."""
    return []


@pytest.fixture
def app(make_app, analyst, heard):
    """An application whose tick works off what was put off."""
    told = {"notification_url": "ntfy://localhost/x", "public_url": "https://gatehouse.example"}
    app = make_app(analyst=analyst, notify=heard.append, allow_short_selling=True, **told)
    yield app
    services_of(app).observability.notifier.close(60)


@pytest.fixture
def queue(client):
    """Post a trade idea and leave it in the inbox."""

    def post(**changes):
        return client.post(IDEAS, json=trade_idea(**changes))

    return post


@pytest.fixture
def work(services: Services, operator):
    """Work an alert off and read its ticket."""

    def finish(response) -> dict:
        services.intake.recovery.recover()
        return operator.get(f"/api/tickets/{response.json['ticket']}").json

    return finish


@pytest.fixture
def ended(queue, work):
    """Post a trade idea and see what becomes of it."""
    return lambda **changes: work(queue(**changes))


@pytest.fixture
def kept(store):
    """Tell what is kept for tickets that are not finished."""
    return lambda: [item.key for prefix in ("opinions/", "approvals/") for item in store.list(prefix)]
