"""Which path of Fyers is answered by what."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.simulators.fyers import exits, files, multileg
from tests.simulators.fyers.orders import CLIENT
from tests.simulators.fyers.refusals import Refused, invalid
from tests.simulators.fyers.whims import Whims
from tests.simulators.loopback.messages import Answer, Request, in_json

if TYPE_CHECKING:
    from tests.simulators.fyers.simulator import FakeFyers

View = Callable[..., Answer]
INVALID_APP = -352
MASTER_FOLDER = "/sym_details/"


def body(request: Request) -> Any:
    """Return the JSON that was sent, None without any; raise Refused."""
    try:
        return json.loads(request.content) if request.content else None
    except ValueError:
        raise invalid("Invalid input provided") from None


def generate_code(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    """Redirect at once, as if the person had logged in."""
    query = request.query
    if query.get("client_id") != fake.tokens.app_id:
        raise Refused(INVALID_APP, "invalid app id")
    target = query.get("redirect_uri", "")
    if not target or (fake.redirect_uri is not None and target != fake.redirect_uri):
        raise invalid("Invalid redirect_uri provided")
    if query.get("response_type") != "code":
        raise invalid("Invalid response_type provided")
    outcome = fake.login_outcome()
    separator = "&" if "?" in target else "?"
    place = f"{target}{separator}{urlencode(outcome | {'state': query.get('state', '')})}"
    return Answer(302, b"", {"Location": place})


def validate_code(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.tokens.exchange(body(request)))


def validate_refresh(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.tokens.renew(body(request)))


def logout(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    fake.tokens.revoke(request.headers.get("authorization"))
    return in_json({"s": "ok", "code": 200, "message": "you are successfully logged out"})


def profile(_fake: "FakeFyers", _request: Request, _whims: Whims) -> Answer:
    data = {
        "fy_id": CLIENT,
        "name": "S*** A***",
        "display_name": "S***",
        "image": "",
        "email_id": "s***@***.in",
        "mobile_number": "******0000",
        "PAN": "XXXXX0000X",
        "pin_change_date": "01-01-2026 09:00:00",
        "pwd_change_date": "",
        "pwd_to_expire": 90,
        "totp": True,
        "ddpi_enabled": False,
        "mtf_enabled": False,
    }
    return in_json({"s": "ok", "code": 200, "message": "", "data": data})


def funds(fake: "FakeFyers", _request: Request, _whims: Whims) -> Answer:
    with fake.exchange.lock:
        return in_json(fake.exchange.account.funds_as_json(fake.exchange.book.working()))


def holdings(fake: "FakeFyers", _request: Request, _whims: Whims) -> Answer:
    with fake.exchange.lock:
        return in_json(fake.exchange.account.holdings_as_json())


def list_orders(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.exchange.orders_as_json(request.query))


def list_trades(fake: "FakeFyers", _request: Request, _whims: Whims) -> Answer:
    return in_json(fake.exchange.trades_as_json())


def list_positions(fake: "FakeFyers", _request: Request, _whims: Whims) -> Answer:
    with fake.exchange.lock:
        return in_json(fake.exchange.account.positions_as_json())


def place(fake: "FakeFyers", request: Request, whims: Whims) -> Answer:
    return in_json(fake.exchange.place(body(request), whims))


def place_many(fake: "FakeFyers", request: Request, whims: Whims) -> Answer:
    return in_json(fake.exchange.place_many(body(request), whims))


def place_legs(fake: "FakeFyers", request: Request, whims: Whims) -> Answer:
    return in_json(multileg.place(fake.exchange, body(request), whims))


def span_margin(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(multileg.margin(fake.exchange, body(request)))


def modify(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.exchange.modify(body(request)))


def cancel(fake: "FakeFyers", request: Request, _whims: Whims, order_id: str | None = None) -> Answer:
    sent = body(request)
    if order_id is None and (not isinstance(sent, dict) or "id" not in sent):
        raise invalid("id is a required field")
    return in_json(fake.exchange.cancel(sent["id"] if order_id is None else order_id))


def close(fake: "FakeFyers", request: Request, whims: Whims) -> Answer:
    return in_json(exits.close(fake.exchange, body(request), whims))


def attach(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(exits.attach(fake.exchange, body(request)))


def quotes(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.data.quotes(request.query))


def depth(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.data.depth(request.query))


def chain(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.data.chain(request.query))


def history(fake: "FakeFyers", request: Request, _whims: Whims) -> Answer:
    return in_json(fake.history.candles(request.query))


def market_status(fake: "FakeFyers", _request: Request, _whims: Whims) -> Answer:
    return in_json(fake.data.market_status())


def master_csv(fake: "FakeFyers", _request: Request, _whims: Whims) -> Answer:
    return files.csv(fake.exchange.listing.master, fake.master_modes["csv"])


def master_json(fake: "FakeFyers", _request: Request, _whims: Whims) -> Answer:
    return files.twin(fake.exchange.listing.master, fake.master_modes["json"])


OPEN_ROUTES: tuple[tuple[str, str, View], ...] = (
    ("GET", "/api/v3/generate-authcode", generate_code),
    ("POST", "/api/v3/validate-authcode", validate_code),
    ("POST", "/api/v3/validate-refresh-token", validate_refresh),
    ("GET", "/sym_details/NSE_FO.csv", master_csv),
    ("GET", "/sym_details/NSE_FO_sym_master.json", master_json),
)
ROUTES: tuple[tuple[str, str, View], ...] = (
    ("GET", "/api/v3/profile", profile),
    ("GET", "/api/v3/funds", funds),
    ("GET", "/api/v3/holdings", holdings),
    ("GET", "/api/v3/tradebook", list_trades),
    ("GET", "/api/v3/orders", list_orders),
    ("POST", "/api/v3/orders/sync", place),
    ("PATCH", "/api/v3/orders/sync", modify),
    ("DELETE", "/api/v3/orders/sync", cancel),
    ("DELETE", "/api/v3/orders/([^/]+)/sync", cancel),
    ("POST", "/api/v3/multi-order/sync", place_many),
    ("POST", "/api/v3/multileg/orders/sync", place_legs),
    ("POST", "/api/v2/span_margin", span_margin),
    ("GET", "/api/v3/positions", list_positions),
    ("PATCH", "/api/v3/positions", attach),
    ("DELETE", "/api/v3/positions", close),
    ("POST", "/api/v3/logout", logout),
    ("GET", "/data/quotes", quotes),
    ("GET", "/data/depth", depth),
    ("GET", "/data/options-chain-v3", chain),
    ("GET", "/data/history", history),
    ("GET", "/data/marketStatus", market_status),
)
OPEN_PATHS = frozenset(path for _, path, _ in OPEN_ROUTES)
COMPILED = tuple((method, re.compile(pattern), view) for method, pattern, view in OPEN_ROUTES + ROUTES)


def find(method: str, path: str) -> tuple[View, list[Any]]:
    """Return the view of a path and the parts it names; raise Refused."""
    for verb, pattern, view in COMPILED:
        if verb == method and (match := pattern.fullmatch(path)):
            return view, list(match.groups())
    raise Refused(404, "Not Found", 404)
