"""Fields by themselves, where every dialect depends on them."""

import json
import time

import pytest
from marshmallow import Schema, ValidationError

from app.errors import MalformedAlert
from app.schemas.body import read_object
from app.schemas.fields import Whole

pytestmark = pytest.mark.unit


class Counted(Schema):
    number = Whole(1, 100)


@pytest.mark.parametrize("written", ["Infinity", "-Infinity", "NaN", "1e999", "1e999999", "9" * 400, "5.5"])
def test_whole_number_when_it_is_endless_long_or_broken_then_refused_in_words_and_at_once(written):
    started = time.process_time()
    with pytest.raises((ValidationError, MalformedAlert)):
        Counted().load(read_object(f'{{"number": {written}}}'.encode()))

    assert time.process_time() - started < 1


@pytest.mark.parametrize("written", ["5", "5.0", "5e0", '"5"'])
def test_whole_number_when_it_is_written_otherwise_then_it_is_the_same(written):
    assert Counted().load(read_object(json.dumps({"number": 0}).replace("0", written).encode())) == {
        "number": 5
    }
