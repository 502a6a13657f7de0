"""Certificates and keys that could never work are refused by the setting's name, before anything is sent."""

from dataclasses import replace
from pathlib import Path

import pytest

from app import create_app
from app.brokers.alpaca.environment import BUNDLES, believing, trusting
from app.brokers.alpaca.session import AlpacaSession
from app.errors import SettingsError
from tests.brokers.alpaca.harness import TRADING

pytestmark = pytest.mark.unit


def missing(folder: Path) -> Path:
    return folder / "nowhere.pem"


def no_certificate(folder: Path) -> Path:
    (folder / "notes.pem").write_text("Buy milk.")
    return folder / "notes.pem"


def empty_folder(folder: Path) -> Path:
    return folder


@pytest.fixture(params=[missing, no_certificate, empty_folder])
def unusable(request, tmp_path) -> str:
    return str(request.param(tmp_path))


@pytest.fixture(autouse=True)
def no_bundles(monkeypatch):
    for name in BUNDLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def start(settings, store):
    return lambda **changes: create_app(replace(settings, **changes), store=store)


@pytest.fixture(params=BUNDLES)
def named(request, monkeypatch, unusable) -> str:
    """The setting that names what cannot be used."""
    monkeypatch.setenv(request.param, unusable)
    return request.param


def test_session_when_the_certificates_cannot_be_used_then_it_is_not_built(named, unusable):
    with pytest.raises(SettingsError) as refused:
        AlpacaSession(TRADING, 1)

    assert refused.value.message.startswith(f"{named}: {unusable} holds no certificates")


def test_start_when_the_certificates_cannot_be_used_then_it_is_stopped(named, start):
    with pytest.raises(SettingsError, match=named):
        start(alpaca_api_key="PK", alpaca_secret_key="a-secret-of-alpaca")


def test_start_when_no_broker_needs_certificates_then_nobody_looks_at_them(named, start):
    assert start()


def test_start_when_a_key_could_never_be_sent_then_it_is_stopped(start):
    with pytest.raises(SettingsError, match="ALPACA_API_KEY"):
        start(alpaca_api_key="P K", alpaca_secret_key="a-secret-of-alpaca")


def test_trust_when_a_folder_names_certificates_by_hash_then_it_is_believed(tmp_path):
    (tmp_path / "0a1b2c3d.0").write_text("")

    assert trusting(str(tmp_path)).verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize("name", BUNDLES)
def test_believing_when_the_environment_names_certificates_then_no_others_are_believed(
    name, monkeypatch, unusable
):
    monkeypatch.setenv(name, unusable)

    with pytest.raises(SettingsError, match=name):
        believing()


def test_believing_when_nothing_is_named_then_the_public_authorities_are():
    assert believing().cert_store_stats()["x509_ca"] > 0
