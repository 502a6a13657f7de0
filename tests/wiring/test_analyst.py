import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import Settings
from app.domain.opinions import Mode
from tests.builders import services_of

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"optionomics_email": "owner@example.com", "optionomics_token": "the-token-of-mcp"}


def research(make_app, **settings):
    return services_of(make_app(**settings)).research


@pytest.mark.unit
def test_analyst_when_there_is_no_key_then_it_is_the_rule(make_app):
    assert research(make_app, **CREDENTIALS).analyst.name == "rules"


@pytest.mark.unit
def test_analyst_when_there_is_a_key_then_it_is_the_model_with_local_tools(make_app):
    analyst = research(make_app, openai_api_key="sk-secret-key", **CREDENTIALS).analyst

    assert (analyst.name, analyst.model, analyst.tools.mode) == ("openai", "gpt-5.5", Mode.LOCAL)


@pytest.mark.unit
@pytest.mark.parametrize("missing", CREDENTIALS)
def test_analyst_when_credentials_are_missing_then_the_model_has_no_tools(make_app, missing):
    analyst = research(make_app, openai_api_key="sk-secret-key", **CREDENTIALS | {missing: None}).analyst

    assert analyst.tools is None


@pytest.mark.unit
def test_settings_when_given_then_the_tools_follow_them(make_app):
    tools = research(
        make_app, **CREDENTIALS, optionomics_mcp_mode="hosted", optionomics_allowed_tools=("get_quote",)
    ).access

    assert (tools.mode, tools.permits("get_quote"), tools.permits("place_order")) == (
        Mode.HOSTED,
        True,
        False,
    )


@pytest.mark.unit
def test_allowed_tools_when_listed_by_commas_then_each_is_one():
    settings = Settings.from_environment({"OPTIONOMICS_ALLOWED_TOOLS": " get_quote, get_flow,"})

    assert settings.optionomics_allowed_tools == ("get_quote", "get_flow")


@pytest.mark.unit
def test_view_when_shown_then_it_holds_no_secret(make_app):
    view = research(make_app, openai_api_key="sk-secret-key").view()

    assert view["analyst"] == "openai"
    assert "sk-secret-key" not in json.dumps(view)


@pytest.mark.integration
def test_application_when_a_key_is_set_then_the_sdk_is_still_not_paid_for(tmp_path):
    program = "import sys; from app import create_app; create_app(); print(*sys.modules)"
    environment = {
        "DATABASE_PATH": str(tmp_path / "x.sqlite3"),
        "PYTHONPATH": str(ROOT),
        "OPENAI_API_KEY": "sk-secret-key",
    }
    built = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )

    assert "openai" not in built.stdout.split()
