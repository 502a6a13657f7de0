"""What the addresses of bot commands take and answer."""

from typing import Any

from app.blueprints.api.openapi.operation import PUBLIC, Operation
from app.schemas.bot_command import ENTRY

_SECRET = {"secret": "47462f2d-378c-4bf5-a016-1c1221aa0e62"}
_FAILURE = ("CommandFailure",)
_FAILURES: dict[int, tuple[str, ...]] = dict.fromkeys((401, 403, 429, 503), _FAILURE)

SAMPLE = ENTRY.sample
BY_SETTINGS = {"quantity": 1, "idempotency_key": "morning-1"}


def _command(body: str, example: dict[str, Any], **in_address: str) -> Operation:
    return Operation(
        tag="Bot commands",
        security=PUBLIC,
        body=(body,),
        example=example,
        answers={200: ("CommandAnswer",)} | _FAILURES | dict.fromkeys((400, 404, 413), _FAILURE),
        parameters=_SECRET | in_address,
    )


COMMAND_OPERATIONS: dict[str, Operation] = {
    "api.rotate_account_secret": Operation(
        tag="Bot commands", token_again=True, answers={200: ("AccountSecret",)}, errors=(503,)
    ),
    "commands.list_bots": Operation(
        tag="Bot commands",
        security=PUBLIC,
        answers={200: ("CommandBots",)} | _FAILURES,
        parameters=_SECRET,
    ),
    "commands.enter_by_settings": _command(
        "EnterBySettings", {"quantity": 1, "idempotency_key": "morning-1"}, bot="1"
    ),
    "commands.enter_by_legs": _command("EnterByLegs", {name: SAMPLE[name] for name in ("bot", "legs")}),
    "commands.exit_trade": _command("ExitTrade", {"trim": 50}, trade="1"),
    "commands.exit_by_rule": _command("ExitByRule", {"bot": 1, "close": "newest"}),
    "commands.list_trades": Operation(
        tag="Bot commands",
        security=PUBLIC,
        answers={200: ("CommandTrades",)} | _FAILURES,
        parameters=_SECRET,
    ),
}
