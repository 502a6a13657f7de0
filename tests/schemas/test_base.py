"""What is read by the fields that are given alone is read as by all of them."""

import pytest
from marshmallow import ValidationError

from app.schemas.alerts import UNPOSTED
from app.schemas.dialects import DIALECTS
from app.schemas.foreign.registry import FOREIGN

pytestmark = pytest.mark.unit

READ = {
    f"{entry.name}{kind}": (schema, sample)
    for entry in [*DIALECTS.values(), *FOREIGN.values(), *UNPOSTED.values()]
    for kind, schema, sample in (
        ("", entry.schema, entry.sample),
        (" command", entry.command, entry.command_sample),
    )
    if schema is not None
}
VALUES = (None, "", "1", "x" * 2000, -1, [], {"of": "no kind"})


def outcome(read, alert):
    try:
        return read(alert)
    except ValidationError as error:
        return error.messages


def variations(schema, sample):
    yield from ({}, sample, sample | {"of_no_dialect": 1})
    yield from ({name: value for name, value in sample.items() if name != left} for left in sample)
    names = [field.data_key or name for name, field in schema.fields.items()]
    yield from (sample | {name: value} for name in names for value in VALUES)
    yield from ({name: value} for name in names for value in VALUES)


@pytest.mark.parametrize("name", READ)
def test_alert_when_only_its_given_fields_are_asked_then_it_is_read_as_by_all_of_them(name):
    schema, sample = READ[name]
    tried = list(variations(schema, sample))

    assert len(tried) > len(schema.fields)
    assert [outcome(schema.load_given, alert) for alert in tried] == [
        outcome(schema.load, alert) for alert in tried
    ]
