import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.json_codec import to_json
from app.errors import MalformedAlert
from app.schemas.body import read_object

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", {}),
        (b' {"a": 1}\r\n', {"a": 1}),
        (b'\xef\xbb\xbf{"a": "\xc3\xa9"}', {"a": "é"}),
        (b'{"a": 0.1}', {"a": Decimal("0.1")}),
        (b'{"a": 1e2}', {"a": Decimal(100)}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a": {"b": 1}, "b": 1}', {"a": {"b": 1}, "b": 1}),
        (b'{"a": [true, null, -0]}', {"a": [True, None, 0]}),
        # as TradingView puts a comment in
        (b'{"a": "TP1\nhit\r\n\tnow"}', {"a": "TP1\nhit\r\n\tnow"}),
        (b'{"a": Infinity, "b": -Infinity}', {"a": Decimal("Infinity"), "b": Decimal("-Infinity")}),
        (b'{"a": ' + b"[" * 19 + b"]" * 19 + b"}", None),
    ],
)
def test_body_when_it_is_a_json_object_then_read(body, expected):
    read = read_object(body)

    assert expected is None or read == expected


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is empty"),
        (b" \r\n", "The body is empty"),
        (b"AAPL buy", "or one line that begins with buy, sell, close or exit"),
        (b'{"a": 1', "not valid JSON"),
        (b'{"a": 1} x', "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        (b'{"a": 1,}', "not valid JSON"),
        (b'{"a": 01}', "not valid JSON"),
        (b'{"a": +1}', "not valid JSON"),
        (b'{"a": {{close}}}', "not valid JSON"),
        (b'{"a": "line\nbreak}', "not valid JSON"),
        (b'{"a": 1e999}', "1e999 is not a usable number"),
        (b'{"a": 1e-999999999}', "1e-999999999 is not a usable number"),
        (b'{"a": 0e-999999999}', "0e-999999999 is not a usable number"),
        (b'{"a": 1e99999999999999999999}', "is not a usable number"),
        (b'{"a": ' + b"9" * 4000 + b"}", "is not a usable number"),
        (b'{"a": ' + b"9" * 9000 + b"}", "is not a usable number"),
        (b'{"b": 0, "a": 1, "a": 2}', 'the key "a" stands twice'),
        (b'{"a": {"b": 1, "b": 1}}', 'the key "b" stands twice'),
        (b'{"a": 1, "\\u0061": 2}', 'the key "a" stands twice'),
        (b'{"\\ud800": 1, "\\ud800": 2}', r'the key "\ud800" stands twice'),
        (b'{"a": ' + b"[" * 25 + b"]" * 25 + b"}", "nested too deeply"),
        (b'{"a":' * 25 + b"1" + b"}" * 25, "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": "\\ud800"}', "half of a surrogate pair"),
        (b'{"\\udc00": 1}', "half of a surrogate pair"),
        (b'{"a": ["\\ud83d x"]}', "half of a surrogate pair"),
        (b'{"a": "\\u0000"}', "NUL character"),
        (b'{"a\\u0000": 1}', "NUL character"),
        (b'{"a": "x\0"}', "NUL character"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": "\xc3"}', "not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"12", "must be a JSON object"),
    ],
)
def test_body_when_broken_ambiguous_or_absurd_then_refused_in_a_sentence(body, sentence):
    with pytest.raises(MalformedAlert) as refused:
        read_object(body)

    assert sentence in refused.value.message
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(
    ("body", "place", "sentence"),
    [
        ("{“symbol”: “AAPL”}", "line 1, column 2, near {“symbol”: …", "curly quotes"),
        ('{"symbol”: "AAPL"}', "column 13", "curly quotes"),
        ('{"symbol": “AAPL”, "a": 1}', "column 12", "curly quotes"),
        ("{'a': 1}", "line 1, column 2, near {'a': 1}:", "single quotes"),
        ('{"a": 1,\n }', r'line 2, column 2, near {"a": 1,\n }:', "a comma stands before the closing"),
        ('{"a": [1,]}', "column 10", "a comma stands before the closing"),
        ('{"n": "say "hi" now"}', 'column 13, near …n": "say "hi" now"}:', 'write \\" there'),
        ('{"a": nan}', "column 7", "nan is no number"),
        ('{"price": 64,340.15}', 'near …rice": 64,340.15}', "a comma in it"),
        ('buy now {"a": 1}', "column 1, near buy now {", "text stands before the {"),
        ('{"a": 1} thanks', "column 10", "text stands after the closing }"),
        ('{"a": 1}{"b": 2}', "column 9", "text stands after the closing }"),
        ('{"a": 1 "b": 2}', "column 9", "a comma is missing"),
        ('{"a" "b"}', "column 6", "a colon is missing"),
        ('{"a": AAPL}', "column 7", "a text wants quotes"),
        ("{a: 1}", "column 2", "a name wants double quotes"),
        ('{"a": {{close}}}', "column 8", "a placeholder is not filled in"),
        ('{"a": "C:\\p"}', "column 10", "a backslash"),
        ('{"a": "x', "column 7", "no closing quote"),
        ('{"a": 1', "column 8", "it ends too early"),
        ('{"a": 007}', "column 8", "begin with a zero"),
        ('{"b": {"a": 1}, "a": 1e999}', "column 22", "not a usable number"),
        ('{"b": {"a": 1}, "a": 1, "a": 2}', "column 25", 'the key "a" stands twice'),
        ('{"b": ["\\ud83d\\ude00", "\\ud800"]}', "column 24", "surrogate"),
        ('{"a": ' + "[" * 25 + "]" * 25 + "}", "column 27", "nested too deeply"),
    ],
)
def test_body_when_a_usual_slip_is_in_it_then_place_and_sentence_are_told(body, place, sentence):
    with pytest.raises(MalformedAlert) as refused:
        read_object(body.encode())

    assert place in refused.value.message
    assert sentence in refused.value.message


@pytest.mark.parametrize(
    "body",
    [
        '{"secret": "hunter2",}',
        '{"secret" "hunter2"}',
        '{"secret": “hunter2”}',
        "{'token': 'hunter2'}",
        '{"token": hunter2}',
        '{"token": "hunter2',
        '{"token": "x"hunter2"}',
        '{"token": "a,"b":hunter2"}',
        '{"token": "hunter2"hunter2", "a": 1}',
        '{"a": 1 "webhook_secret": "hunter2"}',
        '{"apiKey":"hunter2" x}',
        '{"key": "hunter2" x}',
        '{"pin":"hunter2",}',
        "secret=hunter2",
        "token hunter2",
        '{"unknown": "hunter2hunter2hunter2" x}',
    ],
)
def test_body_when_a_secret_is_near_the_place_then_it_is_hidden(body):
    with pytest.raises(MalformedAlert) as refused:
        read_object(body.encode())

    assert "line 1" in refused.value.message
    assert not any("hunter2"[at : at + 3] in refused.value.message for at in range(5))


def test_body_when_numbers_are_as_large_as_allowed_then_written_down_they_stay_short():
    read = read_object(b'{"a": [1e-400, 1e400, -1e400]}')

    assert all(len(text) < 500 for text in to_json(read)["a"])


def read_or_refuse(body):
    """Raise whatever is not the one error that a body may cause."""
    with suppress(MalformedAlert):
        read_object(body)


@given(st.binary(max_size=200))
def test_body_when_any_bytes_come_then_only_malformed_alert(body):
    read_or_refuse(body)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_body_when_any_json_comes_then_only_malformed_alert(value):
    read_or_refuse(json.dumps(value).encode())


@given(values, st.integers(0, 60), st.binary(max_size=3))
def test_body_when_json_is_damaged_then_only_malformed_alert(value, place, damage):
    body = json.dumps(value).encode()

    read_or_refuse(body[:place] + damage + body[place + len(damage) :])


plain_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.dictionaries(plain_text, plain_text | st.integers(-(10**20), 10**20) | st.booleans()))
def test_body_when_object_is_sound_then_read_exactly(value):
    assert read_object(json.dumps(value).encode()) == value
    assert read_object(json.dumps(value, ensure_ascii=False).encode()) == value
