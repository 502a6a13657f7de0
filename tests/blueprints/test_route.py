"""Routes that are parsed once in a process, and whose address writers are compiled on demand."""

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from app.blueprints.route import Route

pytestmark = pytest.mark.unit


PATH = "/bots/<name>/keys/<int:number>"


def empty():
    app = Flask("routes", static_folder=None)
    app.url_rule_class = Route
    return app


@pytest.fixture(params=["first", "further"])
def app(request, monkeypatch):
    monkeypatch.setattr(Route, "_first", {})
    for _ in range(1 if request.param == "first" else 2):
        app = empty()
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


def test_route_when_its_path_is_known_then_it_is_not_parsed_again(app, monkeypatch):
    monkeypatch.setattr(Rule, "_parse_rule", None)
    further = empty()

    further.add_url_rule(PATH, "another", lambda name, number: f"{number} {name}", methods=["PUT"])
    assert further.test_client().put("/bots/main/keys/7").text == "7 main"
    assert app.test_client().put("/bots/main/keys/7").status_code == 405


def test_route_when_its_words_mean_something_else_there_then_it_is_parsed_anew(app):
    class Doubled(IntegerConverter):
        def to_python(self, value):
            return 2 * super().to_python(value)

    further = empty()
    further.url_map.converters["int"] = Doubled
    further.add_url_rule(PATH, "key", lambda name, number: f"{name} {number}")

    assert further.test_client().get("/bots/main/keys/7").text == "main 14"
    assert app.test_client().get("/bots/main/keys/7").text == "main 7"


def test_route_when_it_has_values_of_its_own_then_another_of_its_path_has_not(app):
    further = empty()
    further.add_url_rule(PATH, "key", lambda name, page, **_: f"{name} {page}", defaults={"page": 3})

    assert further.test_client().get("/bots/main/keys/7").text == "main 3"
    with app.test_request_context():
        assert app.url_for("key", name="x", number=7, page=2) == "/bots/x/keys/7?page=2"
