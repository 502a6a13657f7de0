import pytest

pytestmark = pytest.mark.unit


def test_login_when_an_app_is_set_up_then_prints_the_link(make_app):
    app = make_app(fyers_app_id="APP-100", fyers_secret_id="SEC", public_url="https://gate.example")
    result = app.test_cli_runner().invoke(args=["login", "fyers"])

    assert result.exit_code == 0
    assert result.stdout.startswith("https://api-t1.fyers.in/api/v3/generate-authcode?client_id=APP-100&")


def test_login_when_nothing_is_set_up_then_one_sentence_says_what_to_set(run):
    result = run("login", "fyers")

    assert result.exit_code == 1
    assert "FYERS_APP_ID" in result.output
