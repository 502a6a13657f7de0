"""Whatever is sent to whatever schema, no sentence of marshmallow's own gets out."""

import inspect
import json
import re
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from string import Formatter

import marshmallow
import pytest
from marshmallow import ValidationError, fields, validate

import app.schemas
from app.errors import RequestRefused
from app.schemas.base import Field, Schema, sentences
from app.schemas.dialects import DIALECTS
from app.schemas.operator import PRICES
from tests.builders import WEBHOOK_SECRET

pytestmark = pytest.mark.unit

BAD = [None, True, "", " ", "x" * 5000, "\u0410", "{{close}}", -1, 0, 10**30, Decimal("NaN"), Decimal("0.5")]
BAD += [[], [None], [[1]], ["\u0410"], {}, {"a": None}, {"a": {"b": [1]}}, {"1": 2}, b"\xff", object()]


def _modules():
    names = sorted(path.stem for path in Path(app.schemas.__file__).parent.glob("[a-z]*.py"))
    return [import_module(f"app.schemas.{name}") for name in names]


MODULES = _modules()
SCHEMAS = {
    kind.__name__: kind()
    for module in MODULES
    for kind in vars(module).values()
    if inspect.isclass(kind) and issubclass(kind, marshmallow.Schema) and kind is not marshmallow.Schema
}
FIELDS = {f"{name}.{key}": field for name, schema in SCHEMAS.items() for key, field in schema.fields.items()}
FIELDS |= {"PRICES": PRICES, "PRICES.keys": PRICES.key_field, "PRICES.values": PRICES.value_field}


def _constant_parts(template):
    return [text for text, *_ in Formatter().parse(template) if len(text.strip()) > 4]


def _marshmallows():
    """Every sentence that marshmallow has, as the pieces between its placeholders."""
    kinds = [kind for kind in vars(fields).values() if inspect.isclass(kind)]
    texts = [text for kind in kinds for text in getattr(kind, "default_error_messages", {}).values()]
    texts += marshmallow.Schema._default_error_messages.values()
    for kind in (kind for kind in vars(validate).values() if inspect.isclass(kind)):
        named = {name: value for name, value in vars(kind).items() if "message" in name}
        texts += [value for value in named.values() if isinstance(value, str)]
    return {part.strip() for text in texts for part in _constant_parts(text) if part[:1].isupper()}


THEIRS = _marshmallows()
THEIR_WORDS = re.compile(rf"(?<![\w`])(?:{'|'.join(map(re.escape, THEIRS))})")


def refusals(load, value):
    """Return the sentences of a refusal; nothing when the value is taken."""
    try:
        load(value)
    except ValidationError as error:
        return [sentences(error.messages), *_leaves(error.messages)]
    except RequestRefused as error:
        # A value of the right shape that means nothing is refused as a whole, in one sentence.
        return [error.message]
    return []


def _leaves(messages):
    if isinstance(messages, dict):
        return [text for inner in messages.values() for text in _leaves(inner)]
    return (
        [text for inner in messages for text in _leaves(inner)] if isinstance(messages, list) else [messages]
    )


def is_theirs(text):
    return THEIR_WORDS.search(text) is not None


def test_marshmallows_sentences_when_collected_then_the_known_ones_are_there():
    assert {"Missing data for required field.", "Not a valid string.", "Unknown field."} <= THEIRS
    assert is_theirs("`side` Must be one of: buy, sell.")


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_when_body_or_fields_are_wrong_then_no_sentence_is_marshmallows(name):
    schema = SCHEMAS[name]
    wrong = [*BAD, {"nonsense": 1, "": 2}, dict.fromkeys(schema.fields)]
    said = [text for value in wrong for text in refusals(schema.load, value)]

    assert said
    assert [text for text in said if is_theirs(text)] == []


def test_field_when_declared_then_it_is_ours_and_says_what_it_allows():
    assert [name for name, field in FIELDS.items() if not (isinstance(field, Field) and field.allowed)] == []


def test_field_when_value_is_wrong_then_no_sentence_is_marshmallows():
    said = {
        name: [text for value in [*BAD, marshmallow.missing] for text in refusals(field.deserialize, value)]
        for name, field in FIELDS.items()
    }

    assert {name: theirs for name, texts in said.items() if (theirs := list(filter(is_theirs, texts)))} == {}


def test_field_when_its_choices_are_said_then_each_of_them_is_a_word():
    said = {
        name: [
            field.allowed,
            *(text for value in ("x" * 9, 7) for text in refusals(field.deserialize, value)),
        ]
        for name, field in FIELDS.items()
    }
    nothing = re.compile(r", (?:,|or |$)|, [.]|\b(?:or|of) ?$")

    assert {name: texts for name, texts in said.items() if any(map(nothing.search, texts))} == {}


def test_field_when_it_must_be_there_then_what_to_give_is_said():
    said = {name: str(field.make_error("required").messages[0]) for name, field in FIELDS.items()}

    assert said == {name: f"is missing; give {field.allowed}" for name, field in FIELDS.items()}


def test_schemas_when_listed_then_each_has_our_base_and_every_dialect_is_among_them():
    assert [name for name, schema in SCHEMAS.items() if not isinstance(schema, Schema)] == []
    assert {type(entry.schema).__name__ for entry in DIALECTS.values()} <= set(SCHEMAS)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"side": None}, "`side` must not be null; give buy or sell."),
        ({"quantity": 0}, "`quantity` must be greater than zero."),
        ({"sied": "buy"}, "`sied` is no field here; is side meant?"),
        ({"tif": []}, "`tif` must be text."),
    ],
)
def test_bridge_alert_when_posted_wrong_then_the_answer_names_the_field_and_what_to_do(
    client, change, sentence
):
    alert = DIALECTS["bridge"].sample | {"secret": WEBHOOK_SECRET} | change
    error = client.post("/tradingview/webhook", data=json.dumps(alert)).json["error"]

    assert error["code"] == "ALERT_MALFORMED"
    assert sentence in error["message"]
    assert set(error["fields"]) == set(change)


def test_bridge_alert_when_a_field_is_missing_then_the_answer_says_what_to_give(client):
    alert = DIALECTS["bridge"].sample | {"secret": WEBHOOK_SECRET}
    del alert["side"]
    error = client.post("/tradingview/webhook", data=json.dumps(alert)).json["error"]

    assert error["message"] == "The alert is malformed. `side` is missing; give buy or sell."
    assert error["fields"] == {"side": ["is missing; give buy or sell"]}


def test_sentences_when_one_asks_then_it_ends_with_its_own_mark():
    said = sentences({"sied": ["is no field here; is side meant?"], "tif": ["must be text"]})

    assert said == "`sied` is no field here; is side meant? `tif` must be text."
