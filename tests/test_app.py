"""The wiring: what `create_app` puts together, and what it refuses to."""

import re
from decimal import Decimal

import pytest
from flask import Flask

from app import create_app, open_store
from app.application import REGISTERED
from app.blueprints import register_blueprints
from app.blueprints.authentication import (
    caller_by_any_method,
    operator,
    operator_or_scheduler,
    public,
)
from app.blueprints.chat_signatures import signed_by_discord, signed_by_slack
from app.blueprints.route import Route
from app.blueprints.sources import allowed_source
from app.config import Settings
from app.dashboard.blueprint import bp as dashboard
from app.errors import SettingsError, StoreUnavailable
from app.storage.sqlite import SqliteStore
from tests.builders import WEBHOOK_SECRET, ScriptedBroker, client_of, services_of, strategy_alert

pytestmark = pytest.mark.integration

SOMETHING = "00000000-0000-0000-0000-000000000000"
GUARDS = {
    allowed_source,
    operator,
    operator_or_scheduler,
    public,
    caller_by_any_method,
    signed_by_slack,
    signed_by_discord,
}


def test_app_when_secrets_are_missing_then_it_makes_them_for_the_owner_only(tmp_path):
    create_app(Settings(database_path=tmp_path / "house.sqlite3"))

    assert (tmp_path / "house.secrets.json").stat().st_mode & 0o777 == 0o600


def test_app_when_it_starts_again_then_its_secrets_are_the_same(tmp_path):
    settings = Settings(database_path=tmp_path / "house.sqlite3")
    first, second = (services_of(create_app(settings)).settings for _ in range(2))

    assert (first.webhook_secret, first.operator_token) == (second.webhook_secret, second.operator_token)


def test_app_when_a_secret_is_set_then_only_the_other_is_made(tmp_path):
    settings = Settings(database_path=tmp_path / "house.sqlite3", webhook_secret="my own long secret")
    made = services_of(create_app(settings)).settings

    assert made.webhook_secret == "my own long secret"
    assert made.operator_token is not None


def test_app_when_the_folder_cannot_be_written_then_the_setting_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="DATABASE_PATH"):
        create_app(Settings(database_path=tmp_path / "file" / "house.sqlite3"))


def test_open_store_when_the_folder_cannot_be_made_then_it_is_unavailable(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnavailable):
        open_store(Settings(database_path=tmp_path / "file" / "house.sqlite3"))


def test_open_store_when_there_is_no_bucket_then_it_is_the_sqlite_file(tmp_path):
    store = open_store(Settings(database_path=tmp_path / "house.sqlite3"))
    store.close()

    assert isinstance(store, SqliteStore)


def test_app_when_brokers_are_given_then_there_are_no_others(make_app):
    assert services_of(make_app(brokers={"alpaca": ScriptedBroker("alpaca")})).brokers.registry.names == [
        "alpaca"
    ]


def test_app_when_nothing_is_set_then_the_safe_choices_hold(app):
    settings = services_of(app).settings

    assert settings.dry_run
    assert not settings.allow_live_trading
    assert not settings.allow_short_selling
    assert settings.default_broker == "paper"


def test_limits_when_the_environment_sets_them_then_they_hold_for_every_bot(make_app):
    client = client_of(make_app(max_order_quantity=Decimal(5)), x_bot_secret=WEBHOOK_SECRET)

    response = client.post("/webhook", json=strategy_alert())

    assert response.json["error"]["code"] == "QUANTITY_EXCEEDS_LIMIT"


def test_app_when_made_then_it_has_all_that_the_blueprints_register(app):
    untouched, registered = (Flask("anew", static_folder=None) for _ in range(2))
    registered.url_rule_class = Route
    register_blueprints(registered)
    registered.register_blueprint(dashboard)
    tables = {name for name, value in vars(untouched).items() if isinstance(value, dict | list)}

    assert {name for name in tables if vars(registered)[name] != vars(untouched)[name]} == {*REGISTERED}
    assert all(vars(app)[name] == vars(registered)[name] for name in REGISTERED)
    assert str(app.url_map) == str(registered.url_map)


def test_app_when_it_is_changed_then_a_further_one_is_not(make_app):
    first, further = make_app(), make_app()
    first.view_functions["health.health"] = lambda: "changed"
    first.before_request_funcs[None] = []

    assert further.test_client().get("/health").json["status"] == "ok"
    assert further.before_request_funcs[None] != []


def test_every_route_when_walked_then_its_blueprint_names_its_authentication(app):
    for rule in app.url_map.iter_rules():
        blueprint, _, _ = rule.endpoint.rpartition(".")
        guards = GUARDS.intersection(app.before_request_funcs.get(blueprint, ()))

        assert len(guards) == 1, f"{rule} has no authentication of its own"


def test_operator_routes_when_called_without_the_token_then_all_are_closed(app, anonymous):
    guarded = [
        name
        for name, found in app.before_request_funcs.items()
        if {operator, caller_by_any_method} & {*found}
    ]
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.rpartition(".")[0] in guarded]
    paths = [(_filled(rule.rule), _method(rule)) for rule in rules]
    answers = [anonymous.open(path, method=method) for path, method in paths]

    assert len(answers) > 20
    assert {answer.status_code for answer in answers} == {401}


def _filled(rule: str) -> str:
    """Put something of its kind into the place of every variable."""
    return re.sub("<[^>]*>", SOMETHING, re.sub("<int:[^>]*>", "7", rule))


def _method(rule) -> str:
    return min(rule.methods - {"HEAD", "OPTIONS"})
