"""What a failed submit proves: rejected, or unknown and never sent again."""

import json
import socket
import traceback
from dataclasses import replace

import pytest
import requests

from app.brokers.alpaca.broker import AlpacaBroker
from app.domain.orders import OrderStatus, TimeInForce
from app.errors import BrokerRejected, OutcomeUnknown, SettingsError
from tests.brokers.alpaca.harness import (
    BY_CLIENT_ID,
    KEY,
    ORDERS,
    PARENT,
    SECRET,
    filled,
    make_alpaca,
    oco,
    refusal,
    row,
)
from tests.brokers.builders import BITCOIN, buy, exit_long
from tests.brokers.builders import oco as pair

ORDER = buy(client_order_id="bot-x")
PAGE = "<html><body>Bad gateway</body></html>"
DUPLICATE = refusal("client_order_id must be unique", 40010001)
BROKEN = [requests.ReadTimeout(), requests.ConnectTimeout(), requests.ConnectionError("reset")]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, refusal("insufficient buying power")),
        (422, refusal("asset is not fractionable", 42210000)),
        (422, {"message": "no code at all"}),
    ],
)
def test_submit_when_alpaca_refuses_then_rejected_in_its_own_words(alpaca, api, status, body):
    api.post(ORDERS, status=status, json=body)
    with pytest.raises(BrokerRejected, match=body["message"]):
        alpaca.submit(ORDER)

    assert len(api.calls) == 1


@pytest.mark.unit
@pytest.mark.parametrize(
    ("status", "body"), [(401, ""), (401, '{"message": "unauthorized."}'), (403, '{"message": "forbidden."}')]
)
def test_submit_when_keys_are_refused_then_rejected_with_the_settings_to_check(alpaca, api, status, body):
    api.post(ORDERS, status=status, body=body)
    with pytest.raises(BrokerRejected, match="ALPACA_API_KEY"):
        alpaca.submit(ORDER)


@pytest.mark.unit
@pytest.mark.parametrize("status", [400, 404, 408, 409, 429, 500, 502, 503, 504])
def test_submit_when_status_proves_nothing_then_unknown_and_never_resent(alpaca, api, status):
    api.post(ORDERS, status=status, json=refusal("something"))
    with pytest.raises(OutcomeUnknown):
        alpaca.submit(ORDER)

    assert len(api.calls) == 1


@pytest.mark.unit
@pytest.mark.parametrize("failure", BROKEN)
def test_submit_when_transport_fails_then_unknown_and_never_resent(alpaca, api, failure):
    api.post(ORDERS, body=failure)
    with pytest.raises(OutcomeUnknown):
        alpaca.submit(ORDER)

    assert len(api.calls) == 1


@pytest.mark.unit
@pytest.mark.parametrize("body", [PAGE, "", "[]", "null", "{}", '{"id": 1', json.dumps(row(filled_qty="x"))])
@pytest.mark.parametrize("status", [200, 302])
def test_submit_when_answer_is_unreadable_then_unknown(alpaca, api, status, body):
    api.post(ORDERS, status=status, body=body)
    with pytest.raises(OutcomeUnknown):
        alpaca.submit(ORDER)


@pytest.mark.unit
@pytest.mark.parametrize("status", [403, 422])
def test_submit_when_somebody_elses_page_refuses_then_unknown(alpaca, api, status):
    api.post(ORDERS, status=status, body=PAGE)
    with pytest.raises(OutcomeUnknown):
        alpaca.submit(ORDER)


@pytest.mark.unit
def test_submit_when_answer_is_for_another_order_then_unknown(alpaca, api):
    api.post(ORDERS, json=row("bot-y"))
    with pytest.raises(OutcomeUnknown):
        alpaca.submit(ORDER)


@pytest.mark.integration
def test_submit_when_nobody_listens_then_rejected_since_nothing_was_sent(clock):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(BrokerRejected, match="nothing was sent"):
        make_alpaca(clock, trading_url=url).submit(ORDER)


@pytest.mark.integration
def test_submit_when_answer_is_late_then_unknown_within_the_timeout(clock):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(OutcomeUnknown, match="in time"):
            make_alpaca(clock, trading_url=url, timeout_seconds=0.05).submit(ORDER)


@pytest.mark.unit
def test_submit_when_sent_then_request_has_a_timeout(alpaca, api):
    api.post(ORDERS, json=row())
    alpaca.submit(ORDER)

    assert api.calls[0].request.req_kwargs["timeout"] == 2


@pytest.mark.unit
def test_submit_when_id_is_taken_by_our_earlier_send_then_it_is_adopted(alpaca, api):
    api.post(ORDERS, status=422, json=DUPLICATE)
    api.get(BY_CLIENT_ID, json=row(**filled()))

    assert alpaca.submit(ORDER).status is OrderStatus.FILLED


@pytest.mark.unit
@pytest.mark.parametrize("changes", [{"qty": "11"}, {"side": "sell"}, {"symbol": "MSFT"}, {"type": "limit"}])
def test_submit_when_id_is_taken_by_another_order_then_rejected(alpaca, api, changes):
    api.post(ORDERS, status=422, json=DUPLICATE)
    api.get(BY_CLIENT_ID, json=row(**changes))
    with pytest.raises(BrokerRejected, match="must be unique"):
        alpaca.submit(ORDER)


@pytest.mark.unit
@pytest.mark.parametrize(
    "answer", [{"status": 404, "json": refusal("order not found")}, {"status": 404, "body": PAGE}]
)
def test_submit_when_id_is_taken_but_not_found_then_unknown(alpaca, api, answer):
    api.post(ORDERS, status=422, json=DUPLICATE)
    api.get(BY_CLIENT_ID, **answer)
    with pytest.raises(OutcomeUnknown):
        alpaca.submit(ORDER)


@pytest.mark.unit
def test_submit_when_accepted_then_receipt_tells_it(alpaca, api):
    api.post(ORDERS, json=row())
    receipt = alpaca.submit(ORDER)

    assert (receipt.broker_order_id, receipt.status) == (PARENT, OrderStatus.ACCEPTED)
    assert receipt.created_at.isoformat() == "2025-03-03T15:00:00.668464+00:00"


@pytest.mark.unit
def test_submit_when_coin_then_receipt_has_our_symbol(alpaca, api):
    api.post(ORDERS, json=row(symbol="BTC/USD", asset_class="crypto", qty="0.02"))

    assert alpaca.submit(replace(ORDER, instrument=BITCOIN)).symbol == "BTC-USD"


@pytest.mark.unit
def test_submit_when_pair_of_exits_then_receipt_is_the_pairs_own(alpaca, api):
    api.post(ORDERS, json=oco("bot-x-tp", status="new"))
    receipt = alpaca.submit(exit_long(client_order_id="bot-x", **pair(110, 90)))

    assert (receipt.client_order_id, receipt.status) == ("bot-x", OrderStatus.ACCEPTED)


@pytest.mark.unit
@pytest.mark.parametrize("answer", [{"status": 401}, {"body": requests.ConnectionError("reset")}])
def test_submit_when_it_fails_then_no_key_is_told(alpaca, api, answer):
    api.post(ORDERS, **answer)
    with pytest.raises((BrokerRejected, OutcomeUnknown)) as caught:
        alpaca.submit(replace(ORDER, time_in_force=TimeInForce.DAY))
    told = "".join(traceback.format_exception(caught.value)) + repr(alpaca) + repr(vars(alpaca))

    assert SECRET not in told
    assert KEY not in told


@pytest.mark.unit
@pytest.mark.parametrize("key", ["", "with space", "with\nbreak", "ключ"])
def test_broker_when_a_key_cannot_be_one_then_it_is_not_built(key):
    settings = {"trading_url": None, "data_url": None, "timeout_seconds": 1, "clock": None}
    with pytest.raises(SettingsError) as caught:
        AlpacaBroker(key, SECRET, paper=True, **settings)

    assert not key or key not in caught.value.message
