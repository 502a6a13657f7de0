"""What the dashboard's own addresses answer."""

from app.blueprints.api.openapi.holding_shapes import ACCOUNT, POSITION, REASON, SEEN
from app.blueprints.api.openapi.shapes import (
    DECIMAL,
    FLAG,
    OR_DECIMAL,
    OR_TEXT,
    OR_TIME,
    TEXT,
    TIME,
    UUID,
    Shape,
    list_of,
    object_of,
    or_null,
    ref,
    words_of,
)
from app.domain.bot_groups import GROUPS, KeyGroup
from app.domain.bot_keys import Limit
from app.domain.broker_logins import LoginState
from app.domain.instruments import AssetClass
from app.domain.structures.kinds import StructureKind
from app.domain.topics import Topic
from app.domain.trading_mode import TradingMode
from app.domain.trading_state import TradingState
from app.schemas.bot_rows import TYPES, UNITS
from app.services.observability.activity_reader import Level
from app.services.overview.preflight import PreflightCheck

COUNT: Shape = {"type": "integer", "minimum": 0}

CHANGES = object_of(
    {
        "cursor": TEXT | {"description": "To be sent as `after` the next time."},
        "topics": object_of({topic.value: COUNT for topic in Topic}),
        "changed": list_of(words_of(Topic)) | {"description": "What differs from the cursor that was sent."},
    }
)


HOLDER = object_of({"bot": TEXT, "trade": or_null(COUNT), "quantity": DECIMAL})
HELD = object_of(
    POSITION["properties"] | {"held_by": list_of(HOLDER) | {"description": "Nobody: opened elsewhere."}}
)
DAY_OF_ACCOUNT = object_of(
    ACCOUNT["properties"]
    | {
        "day_began_at": OR_TIME | {"description": "When the equity was seen that the day is measured by."},
        "day_began_with": OR_DECIMAL,
        "day_pnl": OR_DECIMAL | {"description": "Since midnight; money paid in counts as well."},
        "day_pnl_pct": OR_DECIMAL | {"description": "As a fraction."},
    }
)
_SWITCH = {"state": words_of(TradingState), "reason": OR_TEXT, "until": OR_TIME}
NEEDS = object_of(
    {
        "approvals": list_of(ref("TicketRow")),
        "logins": list_of(ref("LoginDue")),
        "unreachable": list_of(ref("BrokerSeen")),
        "unknown": list_of(ref("TicketRow")) | {"description": "Orders that may be live."},
        "failures": list_of(ref("TicketRow")) | {"description": "Failed or rejected within a day."},
        "pursuits": list_of(ref("Pursuit")),
        "unreconciled": list_of(ref("Difference")),
        "entry_stops": list_of(ref("EntryStop")),
    }
)
CHECK = object_of(
    {
        "broker": TEXT,
        "check": words_of(PreflightCheck),
        "passed": FLAG,
        "detail": TEXT,
        "cure": OR_TEXT | {"description": "What to do, where it failed."},
    }
)
FIRST_RUN = object_of(
    {
        "safe": object_of({"done": FLAG, "mode": words_of(TradingMode)}),
        "test_alert": object_of({"done": FLAG, "ticket": or_null(UUID)}),
        "real_alert": object_of(
            {
                "done": FLAG,
                "ticket": or_null(UUID),
                "refusal": or_null(ref("Refusal")) | {"description": "The last one, until an alert came."},
            }
        ),
        "limits": object_of(
            {
                "done": FLAG,
                "limits_set": FLAG,
                "notifications_set": FLAG,
                "notification_tested_at": OR_TIME,
            }
        ),
        "broker": object_of({"done": FLAG, "checks": list_of(CHECK)}),
    }
)
OVERVIEW = object_of(
    {
        "at": TIME,
        "version": TEXT,
        "mode": words_of(TradingMode) | {"description": "Whether orders can cost money."},
        "trading_state": ref("TradingState"),
        "paused_bots": list_of(object_of({"bot": TEXT} | _SWITCH)),
        "brokers": SEEN,
        "accounts": list_of(ref("AccountDay")),
        "positions": list_of(ref("HeldPosition")),
        "tickets": list_of(ref("TicketRow")) | {"description": "The last ten."},
        "needs": ref("Needs"),
        "first_run": ref("FirstRun"),
    }
)
_KINDS = list_of(words_of(AssetClass))
ACCOUNT_KIND: Shape = {"type": "string", "enum": ["SIMULATED", "PAPER", "LIVE"]}
_HELD_BY: Shape = {"enum": ["broker", "gatehouse"], "type": "string"}
CAPABILITIES = object_of(
    {
        "asset_classes": _KINDS,
        "exits_held_by": {"type": "object", "additionalProperties": _HELD_BY}
        | {"description": "Who holds stop-losses and take-profits, by the kind of instrument."},
        "fractional": _KINDS,
        "short": _KINDS,
        "bars": _KINDS | {"description": "Of which it keeps past prices, for backtests."},
        "notional": FLAG,
        "bracket": FLAG,
        "day_orders_only": FLAG,
        "market_orders_rest": FLAG,
        "structures": FLAG,
        "zone": TEXT | {"description": "Where the account's day begins at midnight."},
    }
)
BROKER_CARD = object_of(
    {
        "broker": TEXT,
        "configured": FLAG,
        "needs": list_of(TEXT) | {"description": "The settings without which it is not there."},
        "account": ACCOUNT_KIND,
        "sends_orders": FLAG | {"description": "False in a dry run, and where it is not set up."},
        "reachable": or_null(FLAG),
        "message": OR_TEXT,
        "asked_at": OR_TIME,
        "last_success_at": OR_TIME,
        "calls": or_null(
            object_of(
                {
                    "calls": COUNT,
                    "p95_milliseconds": {"type": "number"},
                    "last_success_at": OR_TIME,
                }
            )
        ),
        "currency": OR_TEXT,
        "equity": OR_DECIMAL,
        "buying_power": OR_DECIMAL,
        "login": or_null(ref("Login")),
        "contract_list": or_null(object_of({"downloaded_at": OR_TIME, "contracts": COUNT, "is_stale": FLAG})),
        "circuit_breaker": or_null(ref("CircuitBreaker")),
        "capabilities": CAPABILITIES,
    }
)
BOT_CARD = object_of(
    {
        "id": TEXT,
        "name": TEXT,
        "broker": TEXT | {"description": "Where its orders go; `DEFAULT_BROKER` where it names none."},
        "configured": FLAG | {"description": "Whether that broker is set up here."},
        "account": ACCOUNT_KIND,
        "currency": OR_TEXT,
        "live": FLAG,
        "state": words_of(TradingState),
        "state_reason": OR_TEXT,
        "state_until": OR_TIME,
        "structure": or_null(words_of(StructureKind)),
        "gain_today": OR_DECIMAL | {"description": "Since midnight at the account, open trades included."},
        "gain_unknown": list_of(TEXT) | {"description": "Why the gain is not known."},
        "orders_today": COUNT | {"description": "Entries since midnight (UTC)."},
        "notional_today": DECIMAL,
        "limits": object_of(
            {
                "daily_order_cap": or_null(COUNT),
                "daily_notional_cap": OR_DECIMAL,
                "max_open_positions": or_null(COUNT),
                "daily_loss_limit": OR_DECIMAL,
            }
        )
        | {"description": "Those that hold: its own and the settings', whichever is stricter."},
        "last_ticket": or_null(ref("TicketRow")),
        "positions": list_of(TEXT) | {"description": "Symbols of its open trades."},
        "structures": COUNT | {"description": "Its open structures of options."},
    }
)

LOGS = object_of(
    {
        "lines": list_of(
            object_of(
                {
                    "at": TIME,
                    "level": words_of(Level),
                    "source": OR_TEXT | {"description": "A bot, `operator`, `door`, a part of the house."},
                    "text": TEXT,
                    "ticket": or_null(UUID),
                }
            )
        ),
        "next": OR_TEXT,
        "available": FLAG | {"description": "False where no files are written; the cloud keeps the lines."},
    }
)
SETTINGS = object_of(
    {
        "version": TEXT,
        "settings": list_of(
            object_of(
                {
                    "name": TEXT,
                    "value": OR_TEXT | {"description": "Never a secret's."},
                    "is_set": FLAG,
                    "is_secret": FLAG,
                    "source": {"type": "string", "enum": ["environment", "default", "first start"]},
                    "default": OR_TEXT,
                    "meaning": TEXT,
                }
            )
        ),
        "warnings": list_of(TEXT),
    }
)
REASONS = object_of(
    {
        "reasons": list_of(
            object_of(
                {
                    "code": REASON,
                    "sentence": TEXT,
                    "cure": TEXT | {"description": "What to do about it."},
                }
            )
        )
    }
)
_BOUND: Shape = {"type": ["integer", "null"]}
BOT_SCHEMA = object_of(
    {
        "keys": list_of(
            object_of(
                {
                    "name": {"type": "string", "enum": list(GROUPS)},
                    "group": words_of(KeyGroup),
                    "type": {"type": "string", "enum": [*dict.fromkeys(TYPES.values()), "text"]},
                    "unit": or_null({"type": "string", "enum": list(UNITS.values())}),
                    "default": {"type": ["string", "boolean", "integer", "null"]},
                    "help": TEXT,
                    "nullable": FLAG,
                    "choices": or_null(list_of(TEXT)),
                    "least": _BOUND,
                    "least_is_excluded": FLAG,
                    "most": _BOUND,
                    "most_is_excluded": FLAG,
                    "ceiling": OR_TEXT | {"description": "The setting that limits the same for every bot."},
                    "ceiling_value": {"type": ["string", "boolean", "integer", "null"]},
                    "combined": or_null(words_of(Limit))
                    | {"description": "How the setting and the bot become the limit that holds."},
                }
            )
        ),
        "default_broker": TEXT | {"description": "Where orders of bots go that name no broker."},
    }
)

DASHBOARD: dict[str, Shape] = {
    "Logs": LOGS,
    "Settings": SETTINGS,
    "Reasons": REASONS,
    "BotKeys": BOT_SCHEMA,
    "Changes": CHANGES,
    "HeldPosition": HELD,
    "AccountDay": DAY_OF_ACCOUNT,
    "LoginDue": object_of(
        {
            "broker": TEXT,
            "state": words_of(LoginState),
            "issued_at": OR_TIME,
            "expires_at": OR_TIME,
            "probed_at": OR_TIME,
        }
    ),
    "Needs": NEEDS,
    "FirstRun": FIRST_RUN,
    "Overview": OVERVIEW,
    "BrokerCard": BROKER_CARD,
    "BrokerCards": object_of({"brokers": list_of(ref("BrokerCard"))}),
    "BotCards": object_of({"bots": list_of(ref("BotCard"))}),
    "BotCard": BOT_CARD,
    "Sent": object_of({"status": {"type": "string", "enum": ["sent", "not_set_up"]}}),
}
