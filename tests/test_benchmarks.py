"""Benchmarks run seldom: what they are made of must still be there when they do."""

from importlib import import_module
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.unit
@pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.glob("*.py")))
def test_benchmark_when_imported_then_all_that_it_names_is_there(name):
    assert import_module(f"benchmarks.{name}")
