import json
import os
import shutil
import subprocess
import sys

import pytest

from deploy.gcloud import real_gcloud
from docs.generate import ROOT
from tests.simulators.gcloud.project import empty_project

pytestmark = pytest.mark.integration

STAND_IN = f'#!/bin/sh\nexec "{sys.executable}" -S -m tests.simulators.gcloud "$@"\n'
# Asks as gcloud does: at the terminal, or where there is none at standard input.
ASKING = f"""#!{sys.executable}
import getpass, os
print("heard", os.environ["CLOUDSDK_CORE_DISABLE_PROMPTS"] == "false" and getpass.getpass("New Password: "))
"""


def executable(folder, text):
    """Put a program called gcloud into a folder, and return an environment that finds it first."""
    path = folder / "gcloud"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}


def make(environment, *words):
    command = ["make", "--silent", *words, "PROJECT=demo", "REGION=us-east4"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def without_gcloud(folder):
    """Return an environment in which there is make and Python, and no gcloud."""
    for name in ("make", "sh", "python3"):
        (folder / name).symlink_to(shutil.which(name))
    return os.environ | {"PATH": str(folder)}


def test_make_deploy_plan_when_gcloud_is_not_installed_then_every_command_is_printed(tmp_path):
    done = make(without_gcloud(tmp_path), "deploy-plan")

    assert (done.returncode, done.stderr) == (0, "")
    assert "gcloud run deploy gatehouse" in done.stdout


def test_make_deploy_when_gcloud_is_not_installed_then_it_says_where_it_is(tmp_path):
    done = make(without_gcloud(tmp_path), "deploy")

    assert done.returncode != 0
    assert "gcloud is not installed.\nWhat to do: https://cloud.google.com/sdk/docs/install" in done.stderr


def test_make_deploy_when_run_twice_then_the_second_makes_a_revision_only(tmp_path):
    state = tmp_path / "state.json"
    state.write_text(json.dumps(empty_project()), encoding="utf-8")
    environment = executable(tmp_path, STAND_IN) | {"GCLOUD_STATE": str(state)}
    first = make(environment, "deploy", "YES=1")
    second = make(environment, "deploy", "YES=1")

    assert (first.returncode, second.returncode) == (0, 0), first.stdout + first.stderr + second.stderr
    assert "Gatehouse runs." in first.stdout
    assert "[1/1] Start a new revision" in second.stdout


def test_gcloud_when_it_asks_for_a_password_then_it_gets_it_without_a_terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", executable(tmp_path, ASKING)["PATH"])
    heard = []
    done = real_gcloud(["sql", "users", "set-password", "--prompt-for-password"], "s3cret\n", heard.append)

    assert (done.code, heard[-1].endswith("heard s3cret")) == (0, True)


def test_gcloud_when_it_ends_without_listening_then_its_words_are_heard(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", executable(tmp_path, "#!/bin/sh\nexec 0<&-\necho no >&2\nexit 3\n")["PATH"])
    heard = []
    done = real_gcloud(["secrets", "create"], "x" * 1_000_000, heard.append)

    assert (done.code, heard) == (3, ["no"])


def test_deploy_when_no_package_is_installed_then_it_plans_all_the_same():
    command = [sys.executable, "-S", "-m", "deploy", "plan", "PROJECT=demo", "REGION=us-east4"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert "gcloud run deploy gatehouse" in done.stdout
