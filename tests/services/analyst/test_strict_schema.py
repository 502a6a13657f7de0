import pytest

from app.services.analyst.strict_schema import strict_schema, without_nulls

pytestmark = pytest.mark.unit

TEXT = {"type": "string"}


def test_schema_when_a_property_is_optional_then_it_is_required_and_nullable():
    schema = {
        "type": "object",
        "title": "Arguments",
        "properties": {"symbol": TEXT, "limit": {"type": "integer", "default": 5, "title": "Limit"}},
        "required": ["symbol"],
    }

    assert strict_schema(schema) == {
        "type": "object",
        "properties": {"symbol": TEXT, "limit": {"type": ["integer", "null"]}},
        "required": ["symbol", "limit"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("optional", "made"),
    [
        ({"anyOf": [TEXT, {"type": "null"}]}, {"anyOf": [TEXT, {"type": "null"}]}),
        ({"anyOf": [TEXT, {"type": "integer"}]}, {"anyOf": [TEXT, {"type": "integer"}, {"type": "null"}]}),
        (TEXT | {"enum": ["a"]}, {"anyOf": [TEXT | {"enum": ["a"]}, {"type": "null"}]}),
        ({"type": "array", "items": TEXT}, {"type": ["array", "null"], "items": TEXT}),
    ],
)
def test_property_when_optional_then_null_stands_for_leaving_it_out(optional, made):
    assert strict_schema({"type": "object", "properties": {"a": optional}})["properties"] == {"a": made}


@pytest.mark.parametrize(
    "property_",
    [
        {"type": "object", "additionalProperties": True},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"oneOf": [TEXT]},
        {"$ref": "#/$defs/x"},
        {"not": TEXT},
        {},
        True,
        {"type": "array"},
    ],
)
def test_schema_when_it_has_no_strict_form_then_there_is_none(property_):
    assert strict_schema({"type": "object", "properties": {"a": property_}}) is None


@pytest.mark.parametrize(
    "schema", [{}, {"type": "string"}, {"type": "object", "properties": []}, {"anyOf": [TEXT]}]
)
def test_schema_when_it_is_of_no_object_then_there_is_none(schema):
    assert strict_schema(schema) is None


def test_schema_when_nested_too_deep_then_there_is_none():
    schema = TEXT
    for _ in range(9):
        schema = {"type": "object", "properties": {"a": schema}}

    assert strict_schema(schema) is None


def test_schema_when_what_it_requires_is_no_list_then_nothing_is_required():
    made = strict_schema({"type": "object", "properties": {"a": TEXT}, "required": 5})

    assert made["properties"] == {"a": {"type": ["string", "null"]}}


def test_arguments_when_null_stands_for_nothing_then_it_is_taken_away():
    schema = {"properties": {"a": TEXT, "b": TEXT, "c": TEXT}, "required": ["b"]}

    assert without_nulls({"a": None, "b": None, "c": 0}, schema) == {"b": None, "c": 0}
