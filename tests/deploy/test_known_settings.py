from dataclasses import fields

import pytest

from app.config import Settings
from deploy.cloud_settings import _LEFT_OUT, MUST_BE
from deploy.known_settings import canonical, known_settings

pytestmark = pytest.mark.unit


def test_settings_when_read_from_their_source_then_they_are_the_services_own():
    declared = {
        item.name.upper(): (item.metadata["secret"], item.metadata["alias"]) for item in fields(Settings)
    }

    assert {name: (each.is_secret, each.alias) for name, each in known_settings().items()} == declared


def test_settings_when_named_here_then_they_exist():
    ours = {*MUST_BE, "GCS_BUCKET_NAME", "PUBLIC_URL", "TRUSTED_PROXY_COUNT", "ALLOWED_SOURCE_IPS"}
    ours |= _LEFT_OUT.keys() - {"GOOGLE_CLOUD_PROJECT"}

    assert ours - known_settings().keys() == set()


def test_setting_when_an_older_name_is_used_then_its_own_counts():
    assert canonical("WEBHOOK_SECRET_TOKEN") == "WEBHOOK_SECRET"
    assert canonical("OPERATOR_TOKEN") == "OPERATOR_TOKEN"
