import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
THREADS = "import sys, threading; sys.argv = ['flask', 'bots', 'list']; from main import app; "


@pytest.fixture
def run_in_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_PATH", str(tmp_path / "gatehouse.sqlite3"))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_flask_when_called_in_the_repository_then_it_finds_the_application(run_in_repository):
    result = run_in_repository("-m", "flask", "bots", "list")

    assert result.stdout.splitlines()[1].startswith("default")
    assert "are not printed again" in result.stderr


def test_flask_when_a_setting_is_unusable_then_one_sentence_says_so(run_in_repository, monkeypatch):
    monkeypatch.setenv("PORT", "many")
    result = run_in_repository("-m", "flask", "bots", "list")

    assert result.stderr == "Error: Gatehouse cannot start: PORT must be a whole number, not 'many'\n"
    assert result.returncode == 1


def test_main_app_when_loaded_for_a_command_then_no_thread_is_started(run_in_repository, monkeypatch):
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    result = run_in_repository("-c", THREADS + "print(threading.active_count())")

    assert result.stdout.splitlines()[-1] == "1"
