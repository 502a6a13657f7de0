"""What the inbox keeps of a foreign alert means the same when a crash has to be made good."""

import json

import pytest

from app.domain.json_codec import to_json
from app.logs import redact
from app.logs.foreign_secrets import hide_foreign
from app.schemas.alerts import read_posted, read_stored_signal
from app.schemas.reading import read_signal
from tests.foreign.tables import ROWS

pytestmark = pytest.mark.unit

TAKEN = [row for row in ROWS if not row.names]


@pytest.mark.parametrize("row", TAKEN, ids=lambda row: row.name)
def test_alert_when_it_is_read_from_the_inbox_then_it_means_what_it_meant(row):
    body = row.alert if isinstance(row.alert, str) else json.dumps(row.alert)
    posted = read_posted(body.encode(), row.dialect)
    alert = hide_foreign(posted.alert, shared=True)
    kept = json.loads(json.dumps(to_json(redact(alert))))

    assert read_stored_signal(posted.told().name, kept) == read_signal(posted.told(), alert)
