"""Processes that begin at different places load the same modules, and a broken one is told of later."""

import sys

import pytest

from tests.beginning import load_each

pytestmark = pytest.mark.unit


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A folder whose modules can be loaded, and are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


@pytest.mark.parametrize(
    "broken", ["raise ValueError", "import pytest; pytest.skip('', allow_module_level=True)"]
)
def test_modules_when_one_cannot_be_loaded_then_the_others_are_and_it_is_forgotten(room, broken):
    for name, text in (("broken", broken), ("whole", "")):
        (room / "begun").mkdir(exist_ok=True)
        (room / "begun" / f"{name}.py").write_text(text)

    load_each([room / "begun/broken.py", room / "begun/whole.py"], room)

    assert {name for name in sys.modules if name.startswith("begun.")} == {"begun.whole"}
