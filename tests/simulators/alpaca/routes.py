"""Which path of Alpaca is answered by what."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.simulators.alpaca.assets import CRYPTO, EQUITY, OPTION
from tests.simulators.alpaca.exchange import Whims
from tests.simulators.alpaca.market import calendar
from tests.simulators.alpaca.refusals import Refused, invalid, not_found
from tests.simulators.loopback.messages import Answer, Request, in_json

if TYPE_CHECKING:
    from tests.simulators.alpaca.simulator import FakeAlpaca

View = Callable[..., Answer]
MOST_ACTIVITIES = 100
ACTIVITY_QUERY = {"activity_types", "after", "until", "direction", "page_size", "page_token"}
KINDS = "(quotes|trades|bars)"


def submit(fake: "FakeAlpaca", request: Request, whims: Whims) -> Answer:
    return in_json(fake.exchange.submit(request.body, whims))


def list_orders(fake: "FakeAlpaca", request: Request, _whims: Whims) -> Answer:
    with fake.exchange.lock:
        return in_json(fake.exchange.book.select(request.query))


def show_order(fake: "FakeAlpaca", request: Request, _whims: Whims, order_id: str) -> Answer:
    with fake.exchange.lock:
        order = fake.exchange.book.find(order_id)
        return in_json(order.as_json(nested=request.query.get("nested") == "true"))


def show_order_by_client(fake: "FakeAlpaca", request: Request, _whims: Whims) -> Answer:
    client_order_id = request.query.get("client_order_id")
    if not client_order_id:
        raise invalid("client_order_id is required")
    with fake.exchange.lock:
        return in_json(fake.exchange.book.find_by_client(client_order_id).as_json())


def cancel(fake: "FakeAlpaca", _request: Request, whims: Whims, order_id: str) -> Answer:
    fake.exchange.cancel(order_id, whims)
    return Answer(204)


def cancel_all(fake: "FakeAlpaca", _request: Request, whims: Whims) -> Answer:
    return in_json(fake.exchange.cancel_all(whims), 207)


def replace(fake: "FakeAlpaca", request: Request, _whims: Whims, order_id: str) -> Answer:
    return in_json(fake.exchange.replace(order_id, request.body))


def list_positions(fake: "FakeAlpaca", _request: Request, _whims: Whims) -> Answer:
    return in_json(fake.exchange.positions())


def show_position(fake: "FakeAlpaca", _request: Request, _whims: Whims, name: str) -> Answer:
    return in_json(fake.exchange.position(name))


def close_position(fake: "FakeAlpaca", request: Request, whims: Whims, name: str) -> Answer:
    return in_json(fake.exchange.close(name, request.query, whims))


def close_all(fake: "FakeAlpaca", request: Request, whims: Whims) -> Answer:
    cancels = request.query.get("cancel_orders", "").lower() == "true"
    return in_json(fake.exchange.close_all(cancel_orders=cancels, whims=whims), 207)


def exercise(fake: "FakeAlpaca", request: Request, _whims: Whims, name: str) -> Answer:
    if request.content:
        raise invalid("an exercise has no body")
    with fake.exchange.lock:
        fake.exchange.expiring.exercise(name)
    return Answer(200)


def leave_alone(fake: "FakeAlpaca", _request: Request, _whims: Whims, name: str) -> Answer:
    with fake.exchange.lock:
        fake.exchange.expiring.leave_alone(name)
    return Answer(200)


def show_account(fake: "FakeAlpaca", _request: Request, _whims: Whims) -> Answer:
    return in_json(fake.exchange.account_as_json())


def show_clock(fake: "FakeAlpaca", _request: Request, whims: Whims) -> Answer:
    return in_json(fake.exchange.clock.as_json(closed=whims.closed))


def show_calendar(_fake: "FakeAlpaca", request: Request, _whims: Whims) -> Answer:
    today = datetime.now(UTC).date()
    try:
        start = date.fromisoformat(request.query.get("start", str(today))[:10])
        end = date.fromisoformat(request.query.get("end", str(today + timedelta(days=365)))[:10])
    except ValueError:
        raise invalid("invalid start or end") from None
    return in_json(list(calendar(start, end)))


def list_assets(fake: "FakeAlpaca", request: Request, _whims: Whims) -> Answer:
    wanted = request.query.get("asset_class", EQUITY)
    shown = [asset.as_json() for asset in fake.exchange.catalogue if asset.asset_class == wanted]
    status = request.query.get("status")
    return in_json([asset for asset in shown if status in {None, asset["status"]}])


def show_asset(fake: "FakeAlpaca", _request: Request, _whims: Whims, name: str) -> Answer:
    asset = fake.exchange.catalogue.find(name)
    if asset is None:
        raise not_found(f"asset not found for {name}")
    return in_json(asset.as_json())


def list_contracts(fake: "FakeAlpaca", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.options.contracts(request.query))


def show_contract(fake: "FakeAlpaca", _request: Request, _whims: Whims, name: str) -> Answer:
    return in_json(fake.options.contract(name))


def latest(asset_class: str) -> View:
    def view(fake: "FakeAlpaca", request: Request, _whims: Whims, kind: str) -> Answer:
        if asset_class == OPTION:
            fake.options.refuse_latest(request.query)
        return in_json(fake.data.latest(kind, asset_class, request.query))

    return view


def latest_of(fake: "FakeAlpaca", _request: Request, _whims: Whims, symbol: str, kind: str) -> Answer:
    return in_json(fake.data.latest_of(kind, EQUITY, symbol))


def bars(asset_class: str) -> View:
    def view(fake: "FakeAlpaca", request: Request, _whims: Whims) -> Answer:
        return in_json(fake.history.bars(asset_class, request.query))

    return view


def bars_of(fake: "FakeAlpaca", request: Request, _whims: Whims, symbol: str) -> Answer:
    return in_json(fake.history.bars_of(symbol, request.query))


def snapshots(fake: "FakeAlpaca", request: Request, _whims: Whims, underlying: str) -> Answer:
    return in_json(fake.options.snapshots(underlying, request.query))


def activities(fake: "FakeAlpaca", request: Request, _whims: Whims, kind: str = "") -> Answer:
    with fake.exchange.lock:
        wanted = (kind or request.query.get("activity_types", "")).split(",")
        told = fake.exchange.expiring.activities({name for name in wanted if name})
        return in_json(activity_page(told, request.query))


def activity_page(newest_first: list[Any], query: Mapping[str, str]) -> list[Any]:
    """Return a page of activities; raise Refused."""
    if unknown := set(query) - ACTIVITY_QUERY:
        raise invalid(f"unknown parameters: {', '.join(sorted(unknown))}")
    after, until = query.get("after", "")[:10], query.get("until", "9999")[:10]
    # By when they were made, which is the day after the one that they are about.
    found = [row for row in newest_first if after <= row["date"] <= until]
    if query.get("direction", "desc") == "asc":
        found.reverse()
    ids = [row["id"] for row in found]
    token, size = query.get("page_token"), query.get("page_size", str(MOST_ACTIVITIES))
    begin = 0 if token is None else ids.index(token) + 1
    if not size.isdecimal() or not 1 <= int(size) <= MOST_ACTIVITIES:
        raise invalid(f"page_size must be between 1 and {MOST_ACTIVITIES}")
    return found[begin : begin + int(size)]


ROUTES: tuple[tuple[str, str, View], ...] = (
    ("POST", "/v2/orders", submit),
    ("GET", "/v2/orders", list_orders),
    ("DELETE", "/v2/orders", cancel_all),
    ("GET", "/v2/orders:by_client_order_id", show_order_by_client),
    ("GET", "/v2/orders/([^/]+)", show_order),
    ("DELETE", "/v2/orders/([^/]+)", cancel),
    ("PATCH", "/v2/orders/([^/]+)", replace),
    ("GET", "/v2/positions", list_positions),
    ("DELETE", "/v2/positions", close_all),
    ("GET", "/v2/positions/([^/]+)", show_position),
    ("DELETE", "/v2/positions/([^/]+)", close_position),
    ("POST", "/v2/positions/([^/]+)/exercise", exercise),
    ("POST", "/v2/positions/([^/]+)/do-not-exercise", leave_alone),
    ("GET", "/v2/account", show_account),
    ("GET", "/v2/account/activities", activities),
    ("GET", "/v2/account/activities/([A-Z]+)", activities),
    ("GET", "/v2/clock", show_clock),
    ("GET", "/v2/calendar", show_calendar),
    ("GET", "/v2/assets", list_assets),
    ("GET", "/v2/assets/([^/]+)", show_asset),
    ("GET", "/v2/options/contracts", list_contracts),
    ("GET", "/v2/options/contracts/([^/]+)", show_contract),
    ("GET", f"/v2/stocks/{KINDS}/latest", latest(EQUITY)),
    ("GET", "/v2/stocks/bars", bars(EQUITY)),
    ("GET", f"/v2/stocks/([^/]+)/{KINDS}/latest", latest_of),
    ("GET", "/v2/stocks/([^/]+)/bars", bars_of),
    ("GET", f"/v1beta3/crypto/us/latest/{KINDS}", latest(CRYPTO)),
    ("GET", "/v1beta3/crypto/us/bars", bars(CRYPTO)),
    ("GET", "/v1beta1/options/(quotes|trades)/latest", latest(OPTION)),
    ("GET", "/v1beta1/options/bars", bars(OPTION)),
    ("GET", "/v1beta1/options/snapshots/([^/]+)", snapshots),
)
COMPILED = tuple((method, re.compile(pattern), view) for method, pattern, view in ROUTES)


def find(method: str, path: str) -> tuple[View, list[Any]]:
    """Return the view of a path and the parts it names; raise Refused."""
    for verb, pattern, view in COMPILED:
        if verb == method and (match := pattern.fullmatch(path)):
            return view, list(match.groups())
    raise Refused(404, "endpoint not found.", 40410000)
