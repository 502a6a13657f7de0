"""What the addresses of bot commands take and answer."""

from app.blueprints.api.openapi.operation import PUBLIC, Operation

_SECRET = {"secret": "47462f2d-378c-4bf5-a016-1c1221aa0e62"}
_FAILURE = ("CommandFailure",)
_FAILURES: dict[int, tuple[str, ...]] = dict.fromkeys((401, 403, 429, 503), _FAILURE)

COMMAND_OPERATIONS: dict[str, Operation] = {
    "api.rotate_account_secret": Operation(
        tag="Bot commands", answers={200: ("AccountSecret",)}, errors=(503,)
    ),
    "commands.list_bots": Operation(
        tag="Bot commands",
        security=PUBLIC,
        answers={200: ("CommandBots",)} | _FAILURES,
        parameters=_SECRET,
    ),
    "commands.list_trades": Operation(
        tag="Bot commands",
        security=PUBLIC,
        answers={200: ("CommandTrades",)} | _FAILURES,
        parameters=_SECRET,
    ),
}
