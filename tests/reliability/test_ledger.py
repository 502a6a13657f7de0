import pytest

from app.storage.sqlite import SqliteStore
from tests.reliability.ledger import Ledger

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("ticket", "order", "is_in_doubt"),
    [
        ("skipped", "unknown", True),
        ("skipped", "accepted", False),
        ("skipped", None, False),
        ("unknown", "unknown", True),
        ("pursuing", "accepted", True),
    ],
)
def test_ledger_when_something_is_open_then_the_audit_waits(tmp_path, ticket, order, is_in_doubt):
    store = SqliteStore(tmp_path / "x.sqlite3")
    store.create("tickets/2026-01-02/1", {"status": ticket})
    store.create("orders/a", {"client_order_id": "a", "seen": order and [order, "0"]})
    store.close()

    assert Ledger(tmp_path / "x.sqlite3", "paper").is_in_doubt is is_in_doubt
