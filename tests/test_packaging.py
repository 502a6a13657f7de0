import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[1]
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The package as pip would build it, unpacked."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules")
    shutil.copytree(ROOT / "app", source / "app", ignore=unwanted)
    for name in ("pyproject.toml", "README.md", "main.py"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-c", BUILD, str(built)]
    subprocess.run(command, check=True, cwd=source, capture_output=True, timeout=60)
    shutil.unpack_archive(next(built.iterdir()), built, "zip")
    return built


def required(wheel: Path) -> list[str]:
    (metadata,) = wheel.glob("*.dist-info/METADATA")
    lines = metadata.read_text().splitlines()
    return [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]


def test_package_when_it_is_built_then_every_file_of_the_application_is_in_it(wheel):
    dashboard, build = ROOT / "app/dashboard", ROOT / "app/dashboard/dist"
    files = [path for path in (ROOT / "app").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    # Of the dashboard, the build is served; what it is made from stays at home.
    files = [
        path
        for path in files
        if dashboard not in path.parents or build in path.parents or path.suffix == ".py"
    ]
    missing = [path for path in files if not (wheel / path.relative_to(ROOT)).exists()]

    assert (missing, (wheel / "main.py").exists()) == ([], True)


def test_package_when_it_is_installed_for_development_then_the_tools_of_the_checks_come_with_it(wheel):
    wanted = {line.partition(";")[0].strip() for line in required(wheel) if 'extra == "dev"' in line}

    assert {"pytest", "pytest-xdist", "hypothesis", "ruff", "mypy", "responses"} <= wanted


def test_package_when_it_is_installed_by_pip_then_no_release_that_pins_old_ones_is_wanted(wheel):
    plain = [line for line in required(wheel) if 'extra == "fyers"' not in line]

    assert not [line for line in plain if line.startswith("fyers-apiv3")]


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.txt", ["fyers"]), ("tests/requirements.txt", ["dev"])]
)
def test_lock_when_it_is_read_then_it_holds_what_the_package_wants(lock, extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    wanted = project["dependencies"] + [name for extra in extras for name in optional[extra]]
    locked = {line.partition("==")[0] for line in (ROOT / lock).read_text().splitlines() if "==" in line}

    assert {re.split(r"[\[>]", name)[0] for name in wanted} - locked == set()


@pytest.mark.parametrize("database", ["bot.sqlite3", "data/gatehouse.sqlite3", "bot.db"])
def test_state_when_the_database_lies_in_the_project_then_git_ignores_all_that_lies_beside_it(
    tmp_path, database
):
    shutil.copy(ROOT / ".gitignore", tmp_path)
    path = tmp_path / database
    beside = [f"{path.name}-wal", f"{path.name}-shm", path.with_suffix(".secrets.json").name]
    beside += [f"{beside[-1]}.0123abcd", "locks/x", "logs/logs.jsonl", "metrics/counter_1.db"]
    lying = [database, *(str((path.parent / name).relative_to(tmp_path)) for name in beside)]
    subprocess.run(["git", "init", "--quiet"], check=True, cwd=tmp_path, timeout=30)
    command = ["git", "check-ignore", "--no-index", *lying, "app/logs/__init__.py"]
    ignored = subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, text=True, timeout=30)

    assert ignored.stdout.splitlines() == lying
