"""What the processes of a run need before the first test: what one of them makes, the others find made."""

import importlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Load the tests, each process from another one on; whoever only hands them out reads constants."""
    worker = getattr(session.config, "workerinput", None)
    if worker is not None:
        load(session.config, int(worker["workerid"].removeprefix("gw")) / worker["workercount"])
    elif session.config.getoption("numprocesses", None):
        read_constants()


def load(config: pytest.Config, part: float) -> None:
    """Load the modules with tests that a run was asked for, from a part of them on, then those before.

    On a clean clone each has to be compiled with pytest's asserts, which takes longer than all else before
    the first test. Did all processes keep to one order, each would compile every module at the same time.
    Hence no test may be called by what counts up while modules are loaded: all must call it the same.
    """
    places = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    for folder in (place for place in places if place.is_dir()):
        modules = sorted(folder.rglob("test_*.py"))
        begin = int(part * len(modules))
        # Conftests say which other modules have asserts.
        load_each([*sorted(folder.rglob("conftest.py")), *modules[begin:], *modules[:begin]], config.rootpath)


def load_each(files: Sequence[Path], root: Path) -> None:
    for file in files:
        # What is wrong with a module is told when its tests are collected.
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(file.relative_to(root).with_suffix("").parts))


def read_constants() -> None:
    """Let Hypothesis read the constants in our modules: it keeps them in files for the others."""
    from hypothesis.internal.conjecture.providers import _get_local_constants

    _get_local_constants()
