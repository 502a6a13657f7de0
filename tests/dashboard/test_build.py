"""The committed build of the dashboard belongs to the committed sources; no Node is needed to see it."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

DASHBOARD = Path(__file__).parents[2] / "app/dashboard"
BUILD = DASHBOARD / "dist"
# As app/dashboard/scripts/manifest.mjs has it.
ROOTS = (
    *("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"),
    *("public", "scripts", "src"),
)
TEST = re.compile(r"\.test\.tsx?$|^src/testing/")
ADDRESS = re.compile(r"https?://\w[\w.-]*")
# Names of vocabularies, which nobody calls, and where React's errors are explained.
NAMES = {
    "http://www.w3.org",
    "https://github.com",
    "https://react.dev",
    "https://reactrouter.com",
    "http://localhost",
}


def digest_of_sources():
    files = [path for root in ROOTS for path in (DASHBOARD / root, *(DASHBOARD / root).rglob("*"))]
    names = {path.relative_to(DASHBOARD).as_posix() for path in files if path.is_file()}
    lines = (
        f"{sha256((DASHBOARD / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(names)
        if not TEST.search(name)
    )
    return sha256("".join(lines).encode()).hexdigest()


def test_build_when_sources_changed_then_it_was_made_anew():
    manifest = json.loads((BUILD / "manifest.json").read_text(encoding="utf-8"))

    assert manifest == {"sources": digest_of_sources()}, "run `make dashboard` and commit app/dashboard/dist"


def test_shell_when_served_under_a_strict_policy_then_nothing_in_it_is_inline():
    shell = (DASHBOARD / "index.html").read_text(encoding="utf-8")

    assert "<style" not in shell
    assert "style=" not in shell
    assert [tag for tag in re.findall(r"<script[^>]*>", shell) if " src=" not in tag] == []


def test_lock_when_committed_then_it_names_no_place_to_download_from():
    packages = json.loads((DASHBOARD / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


@pytest.mark.parametrize("kind", ["dependencies", "devDependencies"])
def test_package_when_wanted_then_in_one_exact_version(kind):
    wanted = json.loads((DASHBOARD / "package.json").read_text(encoding="utf-8"))[kind]

    assert {name: version for name, version in wanted.items() if not version[0].isdigit()} == {}


def test_build_when_it_runs_then_it_names_no_other_host():
    # That there is a build at all is the first test's matter.
    assets = sorted((BUILD / "assets").glob("*"))
    named = {address for asset in assets for address in ADDRESS.findall(asset.read_text(encoding="utf-8"))}

    assert named - NAMES == set()
