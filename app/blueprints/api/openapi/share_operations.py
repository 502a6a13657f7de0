"""What makes one-time links, and the pages that they lead to."""

from typing import Any

from app.blueprints.api.openapi.operation import PUBLIC, Operation
from app.blueprints.api.openapi.shapes import TEXT, TIME, Shape, object_of

TAG = "Sharing"
EXAMPLE: dict[str, Any] = {
    "address": "https://gatehouse.example/webhook",
    "message": '{"symbol": "AAPL", "secret": "…"}',
}
_TOKEN = {"token": "dGhlIHRva2VuIG9mIGEgbGluayB0aGF0IGlzIG5vbmU"}

SHARE: Shape = object_of(
    {"url": TEXT | {"description": "Shows its words once; nobody else keeps it."}, "expires_at": TIME}
)


def _page(*statuses: int) -> Operation:
    return Operation(
        tag=TAG,
        security=PUBLIC,
        answers=dict.fromkeys(statuses, ()),
        media_types=("text/html",),
        parameters=_TOKEN,
    )


def _asset(media_type: str) -> Operation:
    return Operation(tag=TAG, security=PUBLIC, answers={200: ()}, media_types=(media_type,))


SHARE_OPERATIONS: dict[str, Operation] = {
    "api.share": Operation(tag=TAG, body=("NewShare",), example=EXAMPLE, answers={200: ("Share",)}),
    "shares.show_button": _page(200, 410),
    "shares.reveal": _page(200, 410),
    "shares.script": _asset("text/javascript"),
    "shares.style": _asset("text/css"),
}
