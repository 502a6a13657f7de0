"""A start is not interrupted by a search for garbage, which goes on afterwards among what is new."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def said_by(program, **environment):
    """Run a program in a process of its own and return the words that it prints."""
    command = [sys.executable, "-c", program]
    told = subprocess.run(
        command, env={"PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True, check=True
    )
    return told.stdout.split()


# Each in a process of its own: the tests' process has found its own way with its garbage.
UNDISTURBED = {
    "within": ("with undisturbed(): print(gc.isenabled())", ["False"]),
    "over": ("with undisturbed(): pass\nprint(gc.isenabled())", ["True"]),
    "what was made": (
        "with undisturbed(): made = [[] for _ in range(1000)]\nprint(gc.get_freeze_count() > 1000)",
        ["True"],
    ),
    "a failure": (
        "try:\n with undisturbed(): 1 / 0\nexcept ZeroDivisionError: print(gc.isenabled())",
        ["True"],
    ),
    "off before": (
        "gc.disable()\nwith undisturbed(): pass\nprint(gc.isenabled(), gc.get_freeze_count())",
        ["False", "0"],
    ),
}


@pytest.mark.integration
@pytest.mark.parametrize(("program", "said"), UNDISTURBED.values(), ids=UNDISTURBED)
def test_start_when_undisturbed_then_garbage_is_left_alone_until_it_is_over(program, said):
    assert said_by(f"import gc\nfrom app.starting import undisturbed\n{program}") == said


BUILT = "print('\\nnow', gc.isenabled(), gc.get_freeze_count() > 50_000)"
ENTRIES = {
    "a server's worker": f"import gc, main; main.app; {BUILT}",
    "a command": f"import gc, main; main.application(); {BUILT}",
}


@pytest.mark.integration
@pytest.mark.parametrize("program", ENTRIES.values(), ids=ENTRIES)
def test_entry_when_the_application_is_built_then_nothing_looks_at_it_again(program, tmp_path):
    assert said_by(program, DATABASE_PATH=str(tmp_path / "x.sqlite3"))[-3:] == ["now", "True", "True"]


@pytest.mark.integration
@pytest.mark.parametrize("entry", ["main", "app.services.jobs.apart"])
def test_entry_when_imported_then_the_application_is_not(entry):
    assert said_by(f"import sys, {entry}; print('flask' in sys.modules)") == ["False"]
