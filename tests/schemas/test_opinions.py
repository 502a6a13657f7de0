from datetime import date

import pytest

from app.errors import InvalidRequest, RequestRefused
from app.schemas.operator import load
from app.schemas.opinions import OpinionQuerySchema

pytestmark = pytest.mark.unit

QUERY = OpinionQuerySchema()


def test_query_when_nothing_is_asked_then_defaults():
    query = load(QUERY, {})

    assert (query["since"], query["bot"], query["limit"]) == (None, None, 500)
    assert [horizon.name for horizon in query["horizon"]] == ["1h", "1d", "5d"]


def test_query_when_given_then_read():
    query = load(QUERY, {"from": "2026-06-01", "to": "2026-06-01", "horizon": "4h,4h"})

    assert (query["since"], query["until"]) == (date(2026, 6, 1), date(2026, 6, 1))
    assert [horizon.name for horizon in query["horizon"]] == ["4h"]


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday"},
        {"horizon": "soon"},
        {"horizon": ""},
        {"horizon": "1h,2h,3h,4h,5h,6h,7h"},
        {"limit": "0"},
    ],
)
def test_query_when_malformed_then_the_field_is_told(asked):
    with pytest.raises(InvalidRequest, match=next(iter(asked))):
        load(QUERY, asked)


def test_query_when_it_ends_before_it_begins_then_refused():
    with pytest.raises(RequestRefused, match="`from` must not lie after `to`"):
        load(QUERY, {"from": "2026-06-02", "to": "2026-06-01"})
