import ipaddress
import re
from dataclasses import fields, replace
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from app.config import Settings, StateHome
from app.errors import SettingsError
from app.parsing import SOURCE_PRESETS, environment_names

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[1]
SETTINGS = fields(Settings)
NAMES = [name for item in SETTINGS for name in environment_names(item)]
SECRETS = [item.name for item in SETTINGS if item.metadata["secret"]]
FREE_TEXT = [item.name for item in SETTINGS if item.metadata["parse"] in {str, Path}]

# Owners have these in their environments: a name never changes.
FIXED_NAMES = """
PORT DATABASE_PATH GCS_BUCKET_NAME GCS_TOKENS_FILE WEBHOOK_SECRET WEBHOOK_SECRET_TOKEN OPERATOR_TOKEN DRY_RUN
DEFAULT_BROKER ALLOW_LIVE_TRADING ALLOW_SHORT_SELLING IDEMPOTENCY_TTL_SECONDS MAX_CONTENT_LENGTH
ALLOWED_SOURCE_IPS TRUSTED_PROXY_COUNT RATE_LIMIT_PER_SECOND STALE_ALERT_SECONDS MAX_NOTIONAL_USD
MAX_ORDER_QUANTITY DAILY_ORDER_CAP DAILY_NOTIONAL_CAP PER_SYMBOL_CAP MARKET_HOURS_ONLY ALPACA_API_KEY
ALPACA_SECRET_KEY ALPACA_PAPER ALPACA_TRADING_URL ALPACA_DATA_URL FYERS_APP_ID FYERS_SECRET_ID
FYERS_REDIRECT_URI FYERS_AUTH_CODE FYERS_PIN FYERS_API_URL FYERS_DATA_URL FYERS_SYMBOL_MASTER_URL
OPENAI_API_KEY OPENAI_MODEL OPENAI_BASE_URL OPTIONOMICS_EMAIL OPTIONOMICS_TOKEN OPTIONOMICS_MCP_URL
MIN_LLM_CONFIDENCE NOTIFICATION_URL NOTIFICATION_TOPIC BROKER_TIMEOUT_SECONDS LOG_LEVEL LOG_FILE LOG_DIR
FILE_LOG_LEVEL USE_CLOUD_LOGGING CLOUD_LOG_LEVEL
"""


def read(**environment):
    return Settings.from_environment(environment)


def refusal(**environment):
    with pytest.raises(SettingsError) as refused:
        read(**environment)
    return refused.value.message


def written(value):
    """A default as an owner would write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_settings_when_environment_is_empty_then_defaults_are_safe():
    settings = read()

    assert settings == Settings()
    assert (settings.default_broker, settings.dry_run, settings.alpaca_paper) == ("paper", True, True)
    assert (settings.allow_live_trading, settings.allow_short_selling) == (False, False)
    assert settings.secrets == ()


@pytest.mark.parametrize(
    "item", [item for item in SETTINGS if item.default not in {None, ()}], ids=lambda item: item.name
)
def test_setting_when_its_default_is_written_out_then_read_as_the_same(item):
    assert read(**{item.name.upper(): written(item.default)}) == Settings()


@pytest.mark.parametrize("name", FIXED_NAMES.split())
def test_setting_when_owners_rely_on_its_name_then_it_is_read(name):
    assert name in NAMES


def test_setting_when_declared_then_has_a_meaning_in_one_line():
    for meaning in (item.metadata["meaning"] for item in SETTINGS):
        assert len(meaning) > 3
        assert "\n" not in meaning
        assert not meaning.endswith(".")


@pytest.mark.parametrize(
    "item", [item for item in SETTINGS if item.name not in FREE_TEXT], ids=lambda i: i.name
)
def test_setting_when_value_is_nonsense_then_one_sentence_names_it(item):
    name = item.name.upper()

    assert re.fullmatch(rf"{name} must [^\n]+, not ('§§§'|the value given)", refusal(**{name: "§§§"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("WEB_THREADS", "0"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("DAILY_ORDER_CAP", "-1"),
        ("DAILY_NOTIONAL_CAP", "NaN"),
        ("PER_SYMBOL_CAP", "Infinity"),
        ("MAX_NOTIONAL_USD", "0"),
        ("LOGIN_REMINDER_TIME", "25:00"),
        ("LOGIN_REMINDER_TIME", "08:30+05:30"),
        ("MAX_ORDER_QUANTITY", "0"),
        ("MIN_LLM_CONFIDENCE", "72"),
        ("DRY_RUN", "maybe"),
        ("DEFAULT_BROKER", "robinhood"),
        ("LOG_LEVEL", "LOUD"),
        ("PUBLIC_URL", "gatehouse.example"),
        ("PUBLIC_URL", "ftp://gatehouse.example"),
        ("PUBLIC_URL", "https://"),
        ("ALLOWED_SOURCE_IPS", "52.89.214.238,tradingvue"),
        ("ALLOWED_SOURCE_IPS", "10.0.0.0/33"),
        ("IDEA_SOURCE_IPS", "optionomics.ai"),
        ("COMMAND_SOURCE_IPS", "10.0.0.0/33"),
        ("TASKS_SERVICE_ACCOUNT", "clock"),
        ("TASKS_CERTS_URL", "/certs"),
        ("IDEMPOTENCY_TTL_SECONDS", "29"),
        ("STALE_ALERT_SECONDS", "0"),
    ],
)
def test_setting_when_out_of_bounds_then_refused_by_name(name, value):
    assert refusal(**{name: value}).startswith(f"{name} must ")


@pytest.mark.parametrize(
    ("environment", "attribute", "value"),
    [
        ({"DRY_RUN": "FALSE"}, "dry_run", False),
        ({"DRY_RUN": " off "}, "dry_run", False),
        ({"ALPACA_PAPER": "1"}, "alpaca_paper", True),
        ({"DEFAULT_BROKER": "Alpaca"}, "default_broker", "alpaca"),
        ({"LOG_LEVEL": "debug"}, "log_level", "DEBUG"),
        ({"DAILY_ORDER_CAP": "0"}, "daily_order_cap", 0),
        ({"PER_SYMBOL_CAP": "1000.50"}, "per_symbol_cap", Decimal("1000.50")),
        ({"PUBLIC_URL": "https://gatehouse.example/"}, "public_url", "https://gatehouse.example"),
        ({"LOGIN_REMINDER_TIME": "07:45"}, "login_reminder_time", time(7, 45)),
        ({"PORT": ""}, "port", 8080),
        ({"OPENAI_MODEL": "  "}, "openai_model", "gpt-5.5"),
        ({"WEBHOOK_SECRET_TOKEN": "old"}, "webhook_secret", "old"),
        ({"WEBHOOK_SECRET_TOKEN": "old", "WEBHOOK_SECRET": "new"}, "webhook_secret", "new"),
        ({"WEBHOOK_SECRET_TOKEN": "old", "WEBHOOK_SECRET": ""}, "webhook_secret", "old"),
    ],
)
def test_setting_when_written_as_owners_write_then_read(environment, attribute, value):
    assert getattr(read(**environment), attribute) == value


def test_sources_when_preset_and_networks_are_mixed_then_all_are_allowed():
    allowed = read(ALLOWED_SOURCE_IPS="TradingView, 10.1.2.3/8,2001:db8::/32").allowed_source_ips
    preset = SOURCE_PRESETS["tradingview"].split(",")

    assert {ipaddress.ip_network(address) for address in preset} < set(allowed)
    assert ipaddress.ip_network("10.0.0.0/8") in allowed


@pytest.mark.parametrize("missing", ["WEBHOOK_SECRET", "OPERATOR_TOKEN"])
def test_bucket_when_a_secret_is_missing_then_start_stops_by_its_name(missing):
    secrets = {"WEBHOOK_SECRET": "one", "OPERATOR_TOKEN": "two"} | {missing: ""}

    assert refusal(GCS_BUCKET_NAME="state", **secrets) == f"{missing} must be set when GCS_BUCKET_NAME is set"


def test_bucket_when_both_secrets_are_set_then_it_replaces_the_file():
    settings = read(GCS_BUCKET_NAME="state", WEBHOOK_SECRET_TOKEN="one", OPERATOR_TOKEN="two")

    assert settings.state_home is StateHome.BUCKET
    assert settings.log_folder is None


def test_bucket_when_there_would_be_several_processes_then_start_stops_by_the_setting():
    several = {"GCS_BUCKET_NAME": "state", "WEBHOOK_SECRET": "one", "OPERATOR_TOKEN": "two"}

    assert refusal(WEB_CONCURRENCY="2", **several).startswith("WEB_CONCURRENCY must be 1")
    assert read(WEB_CONCURRENCY="1", **several).web_concurrency == 1
    assert read(WEB_CONCURRENCY="2").web_concurrency == 2
    assert read(WEB_CONCURRENCY="2", DATABASE_URL="postgresql://host/base", **several).web_concurrency == 2


def test_currency_when_read_then_is_three_letters():
    assert (read().paper_currency, read(PAPER_CURRENCY="inr").paper_currency) == ("USD", "INR")
    assert refusal(PAPER_CURRENCY="rupees").startswith("PAPER_CURRENCY must be three letters")


def test_streams_when_there_would_be_several_processes_then_start_stops_by_the_setting():
    keys = {"ALPACA_API_KEY": "k", "ALPACA_SECRET_KEY": "s"}

    assert refusal(ALPACA_STREAMS="true", WEB_CONCURRENCY="2", **keys).startswith("ALPACA_STREAMS needs")
    assert read(ALPACA_STREAMS="true", **keys).alpaca_streams
    assert not read().alpaca_streams


def test_service_account_when_no_audience_is_known_then_the_start_stops():
    account = {"TASKS_SERVICE_ACCOUNT": "clock@demo.iam.gserviceaccount.com"}

    assert refusal(**account) == "TASKS_SERVICE_ACCOUNT needs TASKS_OIDC_AUDIENCE or PUBLIC_URL"
    assert read(**account, PUBLIC_URL="https://gate.example").tasks_oidc_audience is None
    assert read(**account, TASKS_OIDC_AUDIENCE="gate").tasks_oidc_audience == "gate"


def test_secrets_when_both_are_the_same_then_refused_without_repeating_them():
    sentence = refusal(WEBHOOK_SECRET="s3cret-value", OPERATOR_TOKEN="s3cret-value")

    assert "OPERATOR_TOKEN" in sentence
    assert "s3cret-value" not in sentence


@pytest.mark.parametrize("other", ["WEBHOOK_SECRET", "OPERATOR_TOKEN"])
def test_viewers_token_when_it_is_another_secret_too_then_the_start_stops(other):
    sentence = refusal(**{other: "s3cret-value", "VIEWER_TOKEN": "s3cret-value"})

    assert "VIEWER_TOKEN" in sentence
    assert "s3cret-value" not in sentence


@pytest.mark.parametrize("name", SECRETS)
def test_secret_when_set_then_masked_everywhere_and_never_shown(name):
    settings = Settings(**{name: "s3cret-value"})

    assert settings.secrets == ("s3cret-value",)
    assert "s3cret-value" not in repr(settings)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if re.search("SECRET|TOKEN$|(?<!_PUBLIC)_KEY|PIN|AUTH_CODE", name)]
)
def test_setting_when_its_name_sounds_secret_then_it_is(name):
    assert any(name in environment_names(item) for item in SETTINGS if item.metadata["secret"])


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        (Settings(), Path("data/logs")),
        (Settings(database_path=Path("/srv/x.sqlite3")), Path("/srv/logs")),
        (Settings(log_dir=Path("/var/log/gatehouse")), Path("/var/log/gatehouse")),
        (Settings(gcs_bucket_name="b"), None),
        (Settings(gcs_bucket_name="b", log_dir=Path("/logs")), Path("/logs")),
    ],
)
def test_log_folder_when_not_said_then_beside_the_database_and_never_in_memory(settings, folder):
    assert settings.log_folder == folder


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://user:s3cret%2Fword@host/x", {"s3cret%2Fword", "s3cret/word"}),
        ("postgres://user@one:1,two:2/x?password=s3cret-word&sslmode=require", {"s3cret-word"}),
        ("postgresql://user@host/x", set()),
    ],
)
def test_address_of_a_database_when_a_password_is_in_it_then_that_alone_is_masked_too(address, words):
    settings = read(DATABASE_URL=address, WEBHOOK_SECRET="one", OPERATOR_TOKEN="two")

    assert set(settings.secrets) == {"one", "two", address, *words}
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize("text", ["host/x", "mysql://user@host/x", "postgresql://host", "postgresql:// /x"])
def test_address_of_a_database_when_it_is_none_then_refused_without_repeating_it(text):
    sentence = refusal(DATABASE_URL=f"{text}:s3cret-word")

    assert sentence.startswith(
        "DATABASE_URL must be written as postgresql://user:password@host:5432/database"
    )
    assert "s3cret-word" not in sentence


def test_setting_when_declared_then_documented_in_settings_page():
    words = set(re.findall(r"\w+", (ROOT / "docs/settings.md").read_text(encoding="utf-8")))

    assert set(NAMES) <= words


def test_setting_when_declared_then_stands_in_the_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = set(re.findall(r"(?m)^#?([A-Z_]+)=", example))

    assert {item.name.upper() for item in SETTINGS} <= names
    assert [item.name for item in SETTINGS if item.metadata["meaning"] not in example] == []


def test_example_when_copied_with_every_default_then_same_as_nothing():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    pairs = dict(re.findall(r"(?m)^#?([A-Z_]+)=(.*)$", example))

    assert replace(read(**pairs), log_dir=None) == Settings()
    assert set(pairs) <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "needed", "value"),
    [
        ("NOTIFICATION_TOPIC", "NOTIFICATION_URL", "something"),
        ("ALPACA_API_KEY", "ALPACA_SECRET_KEY", "something"),
        ("ALPACA_SECRET_KEY", "ALPACA_API_KEY", "something"),
        ("OPTIONOMICS_EMAIL", "OPTIONOMICS_TOKEN", "something"),
        ("OPTIONOMICS_TOKEN", "OPTIONOMICS_EMAIL", "something"),
        ("FYERS_SECRET_ID", "FYERS_APP_ID", "something"),
        ("FYERS_PIN", "FYERS_APP_ID", "something"),
        ("FYERS_AUTH_CODE", "FYERS_APP_ID", "something"),
        ("FYERS_REDIRECT_URI", "FYERS_APP_ID", "http://127.0.0.1:8080/auth-callback"),
        ("FYERS_STRUCTURES", "FYERS_APP_ID", "true"),
        ("ALPACA_STREAMS", "ALPACA_API_KEY", "true"),
    ],
)
def test_setting_when_it_has_no_effect_alone_then_refused_with_the_cure(name, needed, value):
    message = refusal(**{name: value})

    assert message == f"{name} has no effect without {needed}: set {needed} too, or leave {name} out"


def test_topic_when_the_address_names_its_service_then_refused_without_the_address():
    message = refusal(NOTIFICATION_URL="json://user:secret@example.com", NOTIFICATION_TOPIC="alerts")

    assert "leave NOTIFICATION_TOPIC out" in message
    assert "secret" not in message
