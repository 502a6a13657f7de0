import json
import stat
import sys
from dataclasses import replace
from uuid import UUID

import pytest

from app.config import Settings
from app.errors import SettingsError
from app.first_start import secrets_file, welcome, with_secrets
from tests.warm.process import PIPE, begin

# A process that starts when it is told to.
STARTING = """
import sys
from pathlib import Path
from app.config import Settings
from app.first_start import with_secrets
print("ready", flush=True)
sys.stdin.read()
print(with_secrets(Settings(database_path=Path(sys.argv[1])))[0].secrets)
"""


@pytest.fixture
def settings(tmp_path):
    return Settings(database_path=tmp_path / "new" / "gatehouse.sqlite3")


def stored(settings):
    return json.loads(secrets_file(settings).read_text(encoding="utf-8"))


@pytest.mark.unit
def test_first_start_when_nothing_is_set_then_makes_long_secrets_and_a_uuid_for_the_account(settings):
    complete, made = with_secrets(settings)

    assert made == ("webhook_secret", "operator_token", "account_secret")
    assert str(UUID(complete.account_secret)) == complete.account_secret
    assert len(complete.webhook_secret) >= 32
    assert complete.webhook_secret != complete.operator_token


@pytest.mark.unit
def test_first_start_when_secrets_are_made_then_kept_for_the_owner_alone(settings):
    complete, _ = with_secrets(settings)
    path = secrets_file(settings)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stored(settings) == {
        "webhook_secret": complete.webhook_secret,
        "operator_token": complete.operator_token,
        "account_secret": complete.account_secret,
    }
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.unit
def test_second_start_when_secrets_are_stored_then_same_and_nothing_is_made(settings):
    first, _ = with_secrets(settings)

    assert with_secrets(settings) == (first, ())


@pytest.mark.unit
@pytest.mark.parametrize("given", ["webhook_secret", "operator_token"])
def test_first_start_when_one_secret_is_set_then_only_the_other_is_made(settings, tmp_path, given):
    chosen = Settings(database_path=settings.database_path, **{given: "chosen"})
    complete, made = with_secrets(chosen)

    assert made
    assert getattr(complete, given) == "chosen"
    assert given not in stored(settings)


@pytest.mark.unit
def test_start_when_owner_sets_a_secret_later_then_it_outranks_the_stored_one(settings):
    with_secrets(settings)
    chosen = Settings(database_path=settings.database_path, webhook_secret="chosen")

    assert with_secrets(chosen)[0].webhook_secret == "chosen"


@pytest.mark.unit
def test_start_when_owner_takes_a_secret_away_then_the_missing_one_is_made_and_the_other_stays(settings):
    first, _ = with_secrets(Settings(database_path=settings.database_path, webhook_secret="chosen"))
    second, made = with_secrets(settings)

    assert made
    assert second.operator_token == first.operator_token
    assert stat.S_IMODE(secrets_file(settings).stat().st_mode) == 0o600


@pytest.mark.unit
def test_start_when_everything_is_set_then_no_file_is_made(settings):
    complete = Settings(
        database_path=settings.database_path, webhook_secret="a", operator_token="b", account_secret="c"
    )

    assert with_secrets(complete) == (complete, ())
    assert not secrets_file(settings).exists()


@pytest.mark.unit
def test_start_when_state_is_in_a_bucket_then_nothing_is_made(settings):
    cloud = Settings(database_path=settings.database_path, gcs_bucket_name="state")

    assert with_secrets(cloud) == (cloud, ())
    assert not secrets_file(settings).exists()


@pytest.mark.integration
def test_first_start_when_several_start_at_once_then_all_have_the_same_secrets(settings):
    command = [sys.executable, "-c", STARTING, str(settings.database_path)]
    starting = [begin(command, stdin=PIPE, stdout=PIPE, text=True) for _ in range(4)]
    assert {process.stdout.readline() for process in starting} == {"ready\n"}
    for process in starting:
        process.stdin.close()
    secrets = {process.stdout.read() for process in starting}

    assert [process.wait(60) for process in starting] == [0] * 4
    assert secrets == {f"{with_secrets(settings)[0].secrets}\n"}
    for process in starting:
        process.stdout.close()


@pytest.mark.unit
@pytest.mark.parametrize(
    "content", ["", "{", "[]", '"text"', '{"webhook_secret": 5, "operator_token": "x"}', "\xff"]
)
def test_start_when_stored_secrets_are_damaged_then_stops_with_a_sentence(settings, content):
    path = secrets_file(settings)
    path.parent.mkdir()
    path.write_text(content, encoding="latin-1")

    with pytest.raises(SettingsError, match=r"DATABASE_PATH: the secrets in .* cannot be read"):
        with_secrets(settings)


@pytest.mark.unit
def test_first_start_when_folder_cannot_be_made_then_stops_with_a_sentence(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match=r"DATABASE_PATH: .* cannot be written"):
        with_secrets(Settings(database_path=tmp_path / "file" / "gatehouse.sqlite3"))


@pytest.mark.unit
def test_welcome_when_everything_is_new_then_it_has_every_address_with_its_secret(settings):
    complete, made = with_secrets(settings)
    told = welcome(complete, secrets_file(complete), made)

    assert f"/webhook?secret={complete.webhook_secret}" in told
    assert f"/webhook/{complete.account_secret}/bots" in told


@pytest.mark.unit
def test_welcome_when_a_house_gets_only_its_account_secret_then_no_other_secret_is_printed_again(settings):
    known = replace(settings, webhook_secret="the owner's own one", operator_token="the operator's")
    complete, made = with_secrets(known)
    told = welcome(complete, secrets_file(complete), made)

    assert made == ("account_secret",)
    assert f"/webhook/{complete.account_secret}/bots" in told
    assert "own one" not in told
    assert "the operator's" not in told
