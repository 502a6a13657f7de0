"""Whatever is sent to the addresses of bot commands, the answer has the document's shape and is no fault."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.builders import ACCOUNT_SECRET

pytestmark = pytest.mark.integration

PATH = f"/webhook/{ACCOUNT_SECRET}"
EXAMPLES = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))

numbers = (
    st.integers() | st.floats() | st.sampled_from([1, 2, "1", "2", 7.0, True, 2**53, 2**53 + 1, -1, 10**400])
)
scalars = st.none() | st.booleans() | numbers | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
days = st.dates().map(str) | st.sampled_from(
    ["2025-03-21", "2025-3-21", "20250321", "9999-12-31", "0001-01-01"]
)
legs = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "symbol": st.sampled_from(["AAPL", "aapl", "SPX", "\u0410APL", "", "A" * 30]) | values,
            "quantity": st.integers(-5, 5) | numbers,
            "expiration": days | values,
            "type": st.sampled_from(["call", "put", "CALL", "straddle"]) | values,
            "strike": st.integers(1, 300) | numbers,
            "price": values,
        },
    ),
    max_size=6,
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "bot": numbers,
        "legs": legs | values,
        "quantity": numbers,
        "close": st.sampled_from(["all", "newest", "oldest", "", "none"]) | values,
        "trade": numbers,
        "trim": st.integers(-5, 120) | values,
        "idempotency_key": st.sampled_from(["a", "b"]) | values,
        "command": st.sampled_from(["enter", "exit"]),
        "secret": values,
        "\u0000": values,
    },
)
raw = st.binary(max_size=200) | (bodies | values).map(lambda value: json.dumps(value).encode())
in_path = st.sampled_from(
    ["1", "2", "3", "0", "-1", "1.0", "99", "default", "9" * 40, "\u0662", "%00", "a b"]
)
addresses = st.one_of(
    st.sampled_from(["GET bots", "GET trades", "POST enter", "POST exit"]),
    in_path.map("POST enter/{}".format),
    in_path.map("POST exit/{}".format),
)


@pytest.fixture
def clock(clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    return clock


@EXAMPLES
@given(address=addresses, body=raw)
@example(address="POST enter", body=b'{"bot": 3, "legs": [{"symbol": "AAPL", "quantity": 1e400}]}')
@example(address="POST exit", body=b'{"trade": NaN, "bot": Infinity}')
@example(address="POST enter/2", body=b"[" * 3000)
@example(address="POST enter/2", body=b'{"legs": ' + b"[" * 2000)
def test_answer_when_anything_is_sent_then_it_is_the_documents_and_what_has_no_id_is_not_stored(
    app, anonymous, operator, clock, store, address, body
):
    if operator.get("/api/bots/condors").status_code == 404:
        operator.put("/api/paper/prices", json={"AAPL": "100"})
        condor = {"underlying": "AAPL", "structure": "iron_condor", "strike_by": "percent"}
        figures = {"strike_value": "0.05", "wing_width": "5", "max_open_trades": 5}
        assert operator.post("/api/bots", json={"id": "condors"} | condor | figures).status_code == 201
        operator.post("/api/bots", json={"id": "any", "structure": "custom", "max_open_trades": 5})
    clock.move(seconds=2)
    method, _, rest = address.partition(" ")
    before = stored(store)
    answer = anonymous.open(f"{PATH}/{rest}", method=method, data=body)

    if answer.status_code == 200:
        assert answer.json["success"] is True
        return
    assert answer.status_code in {400, 404, 413}, answer.text
    assert set(answer.json) == {"success", "id", "reason", "message"}, answer.text
    assert answer.json["success"] is False
    assert answer.json["message"]
    if answer.json["id"] is None:
        assert stored(store) == before


def stored(store) -> set[str]:
    return {item.key for prefix in ("inbox/", "tickets/", "structures/") for item in store.list(prefix)}
