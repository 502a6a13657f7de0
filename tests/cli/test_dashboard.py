"""The link that signs in, and the end of every session."""

import re

import pytest

from app.domain.audit import Actor
from tests.builders import OPERATOR_TOKEN, client_of

pytestmark = pytest.mark.unit

PATH = "/api/session"


def test_link_when_printed_then_it_leads_to_the_page_and_signs_in_once(run, anonymous):
    result = run("dashboard", "link")
    address, code = re.fullmatch(r"(http://127\.0\.0\.1:8080)/#start=(\S+)\n", result.stdout).groups()

    assert (result.exit_code, address) == (0, "http://127.0.0.1:8080")
    assert [anonymous.post(PATH, json={"start": code}).status_code for _ in range(2)] == [200, 401]


def test_link_when_the_service_has_a_public_address_then_it_leads_there(make_app):
    app = make_app(public_url="https://gate.example")
    result = app.test_cli_runner().invoke(args=["dashboard", "link"])

    assert result.stdout.startswith("https://gate.example/#start=")


def test_sign_out_when_called_then_every_session_ends_in_its_name(run, app, operator):
    client = client_of(app)
    client.post(PATH, json={"token": OPERATOR_TOKEN})

    assert run("dashboard", "sign-out").stdout == "Sessions ended: 1.\n"
    assert client.get(PATH).status_code == 401
    assert operator.get("/api/audit?what=end_session").json["audit"][0]["who"] == Actor.COMMAND_LINE
