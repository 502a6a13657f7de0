"""Routes whose address writers are compiled on demand."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.blueprints.route import Route

pytestmark = pytest.mark.unit


PATH = "/bots/<name>/keys/<int:number>"


@pytest.fixture
def app():
    app = Flask("routes", static_folder=None)
    app.url_rule_class = Route
    app.add_url_rule(PATH, "key", lambda name, number: f"{name} {number}")
    return app


def test_route_when_asked_for_then_its_view_answers(app):
    assert app.test_client().get("/bots/main/keys/7").text == "main 7"


@pytest.mark.parametrize("times", [1, 2])
def test_address_when_written_then_unknown_values_become_the_query(app, times):
    with app.test_request_context():
        for _ in range(times):
            assert app.url_for("key", name="a b", number=7) == "/bots/a%20b/keys/7"
            assert app.url_for("key", name="x", number=7, page=2) == "/bots/x/keys/7?page=2"


def test_route_when_made_then_nothing_is_compiled(app, monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(Rule, "_compile_builder", refuse)

    app.add_url_rule("/other", "other", lambda: "other")
    assert app.test_client().get("/other").text == "other"
