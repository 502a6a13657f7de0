import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click import Command, Context

from tests.warm.process import run

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
THREADS = "import sys, threading; sys.argv = ['flask', 'bots', 'list']; from main import app; "


@pytest.fixture
def run_in_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_PATH", str(tmp_path / "gatehouse.sqlite3"))

    return lambda *words: run([sys.executable, *words])


@pytest.fixture
def run_cold(run_in_repository):
    """Run what a warm process would not show: what a fresh interpreter imports, and how."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_flask_when_called_in_the_repository_then_it_finds_the_application(run_cold):
    result = run_cold("-m", "flask", "bots", "list")

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


def test_commands_when_listed_then_each_is_there_and_bears_its_files_name(app):
    context = Context(app.cli)
    commands = {name: app.cli.get_command(context, name) for name in app.cli.list_commands(context)}
    defining = {
        path.stem: import_module(f"app.cli.{path.stem}") for path in (ROOT / "app/cli").glob("[a-z]*.py")
    }
    defined = {name for name, module in defining.items() if isinstance(getattr(module, name, None), Command)}

    assert {name.replace("-", "_") for name in commands} == defined
    assert [name for name, command in commands.items() if command.name != name] == []
    assert app.cli.get_command(context, "no-such-command") is None


def test_application_when_it_serves_then_no_command_is_imported(run_cold):
    listed = "import sys, app; app.create_app(); print([n for n in sys.modules if n.startswith('app.cli.')])"

    assert run_cold("-c", listed).stdout == "[]\n"
