import stat

import pytest

from app.storage.sqlite import SqliteStore


def modes(folder) -> set[str]:
    return {oct(stat.S_IMODE(file.stat().st_mode)) for file in folder.iterdir()}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def test_file_when_it_is_made_then_only_its_owner_reads_it(folder):
    store = SqliteStore(folder / "gatehouse.sqlite3")
    store.create("tokens/fyers", {})
    found = modes(folder)
    store.close()

    assert found == {"0o600"}


def test_file_when_others_could_read_it_then_no_longer(folder):
    path = folder / "gatehouse.sqlite3"
    SqliteStore(path).close()
    path.chmod(0o644)
    SqliteStore(path).close()

    assert modes(folder) == {"0o600"}
