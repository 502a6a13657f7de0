"""The shapes of every answer, by their names in `#/components/schemas`."""

from app.blueprints.api.openapi.analytics_shapes import ANALYTICS
from app.blueprints.api.openapi.audit_shapes import AUDIT
from app.blueprints.api.openapi.command_shapes import CHOSEN, CLOSES, COMMANDS
from app.blueprints.api.openapi.dashboard_shapes import DASHBOARD
from app.blueprints.api.openapi.holding_shapes import HOLDINGS, REASON, SEEN
from app.blueprints.api.openapi.job_operations import JOBS
from app.blueprints.api.openapi.report_shapes import REFUSALS, REPORT
from app.blueprints.api.openapi.session_operations import SESSIONS
from app.blueprints.api.openapi.shapes import (
    ANY_OBJECT,
    DECIMAL,
    FLAG,
    OR_DECIMAL,
    OR_TEXT,
    TEXT,
    TIME,
    UUID,
    Shape,
    list_of,
    object_of,
    or_null,
    record_shape,
    ref,
    words_of,
)
from app.blueprints.api.openapi.share_operations import SHARE
from app.blueprints.api.openapi.ticket_shapes import TICKETS
from app.blueprints.api.openapi.trade_shapes import CHAIN, NUMBER, PAPER_CLOCK, PAPER_SWITCHES, TRADE
from app.domain.approvals import ApprovalDecision
from app.domain.bots import BotConfiguration
from app.domain.broker_logins import LoginState
from app.domain.circuit_breaker import Breach, Phase, Threshold
from app.domain.orders import OrderRole, OrderStatus, OrderType, Side, TimeInForce
from app.domain.reconciliation import Difference
from app.domain.tickets import TicketStatus
from app.domain.trading_state import StateSwitch, TradingState
from app.repositories.cleanup_runs import CleanupFailure

COUNT: Shape = {"type": "integer"}


ERROR_DETAIL = object_of(
    {"code": TEXT, "message": TEXT, "fields": ANY_OBJECT | {"description": "Messages by field."}},
    optional=("fields",),
)
ERROR = object_of({"status": TEXT, "error": ERROR_DETAIL, "request_id": TEXT})

ORDER = object_of(
    {
        "client_order_id": TEXT,
        "broker_order_id": OR_TEXT,
        "broker": TEXT,
        "bot": OR_TEXT,
        "ticket": or_null(UUID),
        "role": or_null(words_of(OrderRole)),
        "symbol": TEXT,
        "side": words_of(Side),
        "quantity": OR_DECIMAL,
        "notional": OR_DECIMAL,
        "type": words_of(OrderType),
        "limit_price": OR_DECIMAL,
        "stop_price": OR_DECIMAL,
        "status": {"type": "string", "enum": [*(status.value for status in OrderStatus), "dry_run"]},
        "filled_quantity": DECIMAL,
        "average_fill_price": OR_DECIMAL,
        "fees": OR_DECIMAL,
        "created_at": TIME,
        "filled_at": or_null(TIME),
    }
)
PLANNED_ORDER = object_of(
    {
        "client_order_id": TEXT,
        "symbol": TEXT,
        "side": words_of(Side),
        "role": words_of(OrderRole),
        "type": words_of(OrderType),
        "time_in_force": words_of(TimeInForce),
        "quantity": OR_DECIMAL,
        "notional": OR_DECIMAL,
        "limit_price": OR_DECIMAL,
        "stop_price": OR_DECIMAL,
        "take_profit": OR_DECIMAL,
        "stop_loss": OR_DECIMAL,
        "status": {"const": "planned"},
    }
)
ALERT_ANSWER = object_of(
    {
        "status": words_of(TicketStatus),
        "ticket": UUID,
        "order": ref("Order") | {"description": "The last order that was sent."},
        "orders": list_of(ref("Order")) | {"description": "Both orders of a reversal."},
        "reason": REASON,
        "chosen": CHOSEN,
        "closes": CLOSES,
        "error": ERROR_DETAIL
        | {"description": "Beside a 200 too, where a reversal did its exit and was refused its entry."},
        "request_id": TEXT,
    },
    optional=("order", "orders", "reason", "error", "chosen", "closes"),
)
BOT = object_of(
    {"id": TEXT, "number": NUMBER | {"description": "Its name in bot commands, for ever."}}
    | record_shape(BotConfiguration)
    | {
        "state": words_of(TradingState),
        "state_reason": OR_TEXT,
        "secret_created_at": TIME,
        "created_at": TIME,
    }
)
CLEANUP = object_of(
    {
        "at": TIME,
        "checked": COUNT | {"description": "Working protective orders that were looked at."},
        "canceled": list_of(TEXT) | {"description": "Client order ids."},
        "failed": list_of(object_of(record_shape(CleanupFailure))),
        "waiting": list_of(TEXT)
        | {"description": "The books know of a position: a look ten seconds later must agree."},
        "would_cancel": list_of(TEXT) | {"description": "What a dry run leaves alone."},
        "by": TEXT | {"description": "Who asked for it; `clock` for what is done every few seconds."},
    }
)
DIFFERENCE = object_of(
    record_shape(Difference)
    | {
        "held": DECIMAL | {"description": "What the broker holds, signed."},
        "known": DECIMAL | {"description": "What the bots' trades say together."},
    }
)
CIRCUIT_BREAKER = object_of(
    {
        "glb_sl": OR_DECIMAL,
        "glb_tp": OR_DECIMAL,
        "base_equity": OR_DECIMAL,
        "active": FLAG,
        "broker": TEXT,
        "source": OR_TEXT | {"description": "Whose stop-loss is reached first: `operator` or a bot's id."},
        "thresholds": list_of(
            object_of(
                record_shape(Threshold) | {"stop_loss_equity": OR_DECIMAL, "take_profit_equity": OR_DECIMAL}
            )
        ),
        "breakers": list_of(object_of({"broker": TEXT, "active": FLAG, "phase": words_of(Phase)})),
        "liquidate_on_tp": FLAG,
        "phase": words_of(Phase),
        "equity_known": FLAG | {"description": "False stops entries at the broker until it is seen again."},
        "breach": or_null(words_of(Breach)),
        "breach_source": OR_TEXT,
        "breach_equity": OR_DECIMAL,
        "breach_at": or_null(TIME),
        "last_event": OR_TEXT,
        "last_event_at": or_null(TIME),
    }
)
LOGIN = object_of(
    {
        "state": words_of(LoginState),
        "issued_at": or_null(TIME),
        "expires_at": or_null(TIME),
        "probed_at": or_null(TIME) | {"description": "When the broker last took the token."},
    }
)
LOGINS: Shape = {"type": "object", "additionalProperties": ref("Login")}
LINK: dict[str, Shape] = {"status": {"const": "ok"}, "url": TEXT, "expires_at": TIME}
PRICES: Shape = {"type": "object", "additionalProperties": DECIMAL}

COMPONENTS: dict[str, Shape] = {
    "Error": ERROR,
    "AlertAnswer": ALERT_ANSWER,
    "TestAlertAnswer": ALERT_ANSWER
    | {
        "properties": ALERT_ANSWER["properties"]
        | {"test": {"const": True}, "bot": TEXT, "broker": TEXT, "alert": ANY_OBJECT},
        "required": [*ALERT_ANSWER["required"], "test", "bot", "broker", "alert"],
    },
    "Duplicate": object_of({"error": {"const": "duplicate_idempotency_key"}, "key": TEXT}),
    "Order": ORDER,
    "PlannedOrder": PLANNED_ORDER,
    "Audit": AUDIT,
    **TICKETS,
    "Orders": object_of({"orders": list_of(ref("Order")), "next": OR_TEXT, "brokers": SEEN}),
    "Bot": BOT,
    "CreatedBot": object_of(BOT["properties"] | {"secret": TEXT}),
    "Bots": object_of({"bots": list_of(ref("Bot"))}),
    "Share": SHARE,
    "Secret": object_of({"secret": TEXT, "previous_valid_until": TIME}),
    **HOLDINGS,
    **COMMANDS,
    **REFUSALS,
    **DASHBOARD,
    **ANALYTICS,
    **JOBS,
    **SESSIONS,
    "Trade": TRADE,
    "Chain": CHAIN,
    "PaperClock": PAPER_CLOCK,
    "PaperSwitches": PAPER_SWITCHES,
    "Trades": object_of(
        {
            "trades": list_of(ref("Trade")),
            "next": or_null(NUMBER)
            | {
                "description": "What `after` takes for older ones; null: there are none. A page may be short."
            },
        }
    ),
    "TradingState": object_of(record_shape(StateSwitch)),
    "CircuitBreaker": CIRCUIT_BREAKER,
    "Login": LOGIN,
    "Logins": object_of({"logins": LOGINS | {"description": "By broker; tokens are never shown."}}),
    "LoginLink": object_of(LINK),
    "LoggedIn": object_of({"status": {"const": "ok"}, "login": ref("Login")}),
    "RefreshRefused": object_of(ERROR["properties"] | {"login_url": TEXT, "expires_at": TIME}),
    "Prices": PRICES,
    "MovedPrices": object_of({"prices": ref("Prices"), "changed": list_of(TEXT)}),
    "Health": object_of({"status": {"const": "ok"}, "dry_run": FLAG, "alpaca_paper": FLAG}),
    "Readiness": object_of(
        {
            "status": {"enum": ["ready", "not_ready"]},
            "checks": {"type": "object", "additionalProperties": TEXT},
            "warnings": list_of(TEXT),
            "leader": FLAG | {"description": "Whether this process runs what only one may."},
            "unused": list_of(TEXT) | {"description": "Brokers set up that no bot uses; they may be away."},
            "logins": LOGINS,
            "analyst": object_of({"analyst": TEXT, "model": TEXT, "mode": TEXT, "tools": TEXT}),
        },
        optional=("checks", "warnings", "leader", "unused", "logins", "analyst"),
    ),
    "Status": object_of(
        {
            "status": {"const": "ok"},
            "trading_state": ref("TradingState"),
            "brokers": SEEN,
            "positions": list_of(ref("Position")),
            "orders": list_of(ref("Order")),
            "orphans": list_of(TEXT) | {"description": "Protective orders whose position is gone."},
            "entry_stops": list_of(ref("EntryStop")) | {"description": "Whose entries have ended for today."},
            "pursuits": list_of(ref("Pursuit")),
            "unreconciled": list_of(ref("Difference")),
            "refusals": list_of(ref("Refusal")) | {"description": "At the door; the last 20."},
            "last_cleanup": or_null(ref("Cleanup")),
        }
    ),
    "Difference": DIFFERENCE,
    "Cleanup": CLEANUP,
    "CleanupAnswer": object_of({"status": {"const": "ok"}} | CLEANUP["properties"]),
    "Tick": object_of(
        {
            "status": {"const": "ok"},
            "leader": FLAG | {"description": "Whether the process that answers runs what only one may."},
            "done": {"type": "object", "additionalProperties": COUNT},
            "left": list_of(TEXT) | {"description": "Tasks that the time did not suffice for."},
            "busy": FLAG | {"description": "Another call was at work all the time; nothing was done here."},
        }
    ),
    "IdeaAnswer": object_of(
        {
            "status": {"enum": ["queued", "duplicate"]},
            "fingerprint": TEXT,
            "symbol": TEXT,
            "ticket": UUID,
            "request_id": TEXT,
        }
    ),
    "BackedUp": object_of(
        {
            "status": {"const": "ok"},
            "name": TEXT,
            "documents": COUNT,
            "unsettled": COUNT | {"description": "Documents that changed at the last look at a bucket."},
            "removed": list_of(TEXT) | {"description": "Backups that were older than they are kept."},
        }
    ),
    "BackingUp": object_of({"status": {"const": "running"}})
    | {"description": "It takes longer than a call should, and goes on behind the answer."},
    "WorkedOff": object_of({"status": words_of(TicketStatus), "ticket": UUID, "reason": or_null(REASON)}),
    "Decided": object_of({"status": words_of(ApprovalDecision), "ticket": UUID, "request_id": TEXT}),
    "OpinionReport": REPORT,
    "Document": ANY_OBJECT | {"description": "This document."},
}
