import sys

import pytest

from app.errors import SettingsError
from tests.brokers.fyers.harness import make_fyers

pytestmark = pytest.mark.unit


def test_broker_when_the_sdk_is_not_installed_then_the_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "fyers_apiv3.fyersModel", None)

    with pytest.raises(SettingsError, match="pip install --no-deps fyers-apiv3"):
        make_fyers()
