"""What each view takes and answers, by the view's endpoint; the words come from the view's docstring."""

from typing import Any

from app.blueprints.api.openapi import examples
from app.blueprints.api.openapi.alert_operations import ALERT_OPERATIONS, STRATEGY
from app.blueprints.api.openapi.analytics_operations import ANALYTICS_OPERATIONS
from app.blueprints.api.openapi.command_operations import COMMAND_OPERATIONS
from app.blueprints.api.openapi.dashboard_operations import DASHBOARD_OPERATIONS
from app.blueprints.api.openapi.job_operations import JOB_OPERATIONS, JOB_REQUESTS
from app.blueprints.api.openapi.operation import (
    OPERATOR_SEES_MORE,
    PUBLIC,
    Operation,
    bodies,
)
from app.blueprints.api.openapi.paper_operations import PAPER_OPERATIONS, PAPER_REQUESTS
from app.blueprints.api.openapi.session_operations import SESSION_OPERATIONS, SESSION_REQUESTS
from app.blueprints.api.openapi.share_operations import SHARE_OPERATIONS
from app.blueprints.api.openapi.task_operations import TASK_OPERATIONS
from app.schemas.base import Field, Schema
from app.schemas.bot import BotSchema, NewBotSchema
from app.schemas.bot_trial import BotTrialQuerySchema
from app.schemas.dialects import DIALECTS
from app.schemas.operator import (
    AuditQuerySchema,
    AuthCodeSchema,
    ChainQuerySchema,
    CircuitBreakerQuerySchema,
    CircuitBreakerSchema,
    CloseTradeSchema,
    FreshQuerySchema,
    OrderQuerySchema,
    RefusalQuerySchema,
    TradeQuerySchema,
    TradingStateSchema,
)
from app.schemas.opinions import OpinionQuerySchema
from app.schemas.sharing import ShareSchema
from app.schemas.tickets import TicketQuerySchema

# What views load, by the names in `#/components/schemas`.
REQUESTS: dict[str, Schema | Field[Any]] = {
    "BotChange": BotSchema(),
    "NewBot": NewBotSchema(),
    "TradingStateChange": TradingStateSchema(),
    "CircuitBreakerChange": CircuitBreakerSchema(),
    "AuthCode": AuthCodeSchema(),
    "TradeClose": CloseTradeSchema(),
    "NewShare": ShareSchema(),
    **JOB_REQUESTS,
    **PAPER_REQUESTS,
    **SESSION_REQUESTS,
}

_BOT = {"bot": "default"}
_TICKET = {"ticket": "019aa1e8-0000-7000-8000-000000000000"}

OPERATIONS: dict[str, Operation] = {
    **ALERT_OPERATIONS,
    "health.health": Operation(tag="Health", security=PUBLIC, answers={200: ("Health",)}),
    "health.ready": Operation(
        tag="Health", security=OPERATOR_SEES_MORE, answers={200: ("Readiness",), 503: ("Readiness",)}
    ),
    "login.login_url": Operation(tag="Login", answers={200: ("LoginLink",)}, errors=(409,)),
    "login_callback.finish_login": Operation(
        tag="Login",
        security=PUBLIC,
        answers={200: (), 403: (), 409: (), 422: (), 503: ()},
        media_types=("text/html",),
    ),
    "login.generate_token": Operation(
        tag="Login",
        body=("AuthCode",),
        example=examples.AUTH_CODE,
        answers={200: ("LoggedIn",)},
        errors=(422,),
    ),
    "login.refresh_token": Operation(
        tag="Login", answers={200: ("LoggedIn",), 409: ("RefreshRefused", "Error")}
    ),
    "api.list_logins": Operation(tag="Login", answers={200: ("Logins",)}),
    "operations.metrics": Operation(tag="Health", answers={200: ()}, media_types=("text/plain",)),
    "operations.status": Operation(tag="Operation", query=FreshQuerySchema(), answers={200: ("Status",)}),
    "operations.clean_up": Operation(tag="Operation", answers={200: ("CleanupAnswer",)}),
    "approvals.show_question": Operation(
        tag="Approval",
        security=PUBLIC,
        answers={200: (), 403: (), 404: (), 409: ()},
        media_types=("text/html",),
    ),
    "approvals.decide": Operation(
        tag="Approval",
        security=PUBLIC,
        answers={200: (), 400: (), 403: (), 404: (), 409: ()},
        media_types=("text/html",),
    ),
    "api.list_bots": Operation(tag="Bots", answers={200: ("Bots",)}),
    "api.create_bot": Operation(
        tag="Bots",
        token_again=True,
        body=("NewBot",),
        example=examples.NEW_BOT,
        answers={201: ("CreatedBot",)},
        etag=True,
    ),
    "api.preview_bot": Operation(
        tag="Bots",
        body=("NewBot",),
        example=examples.NEW_BOT,
        query=BotTrialQuerySchema(),
        answers={200: ("Preview",)},
        errors=(422,),
    ),
    "api.show_bot": Operation(tag="Bots", answers={200: ("Bot",)}, errors=(404,), etag=True, parameters=_BOT),
    "api.change_bot": Operation(
        tag="Bots",
        token_again=True,
        body=("BotChange",),
        example=examples.BOT_CHANGE,
        answers={200: ("Bot",)},
        errors=(404, 412, 428),
        if_match=True,
        etag=True,
        parameters={"bot": "swing"},
    ),
    "api.delete_bot": Operation(
        tag="Bots",
        answers={204: ()},
        errors=(404, 409, 412, 428),
        if_match=True,
        parameters={"bot": "swing"},
    ),
    "api.rotate_secret": Operation(
        tag="Bots", token_again=True, answers={200: ("Secret",)}, errors=(404,), parameters={"bot": "swing"}
    ),
    "api.show_bot_state": Operation(
        tag="Kill switch", answers={200: ("TradingState",)}, errors=(404,), parameters=_BOT
    ),
    "api.set_bot_state": Operation(
        tag="Kill switch",
        token_again=True,
        body=("TradingStateChange",),
        example=examples.SWITCH,
        answers={200: ("TradingState",)},
        errors=(404,),
        parameters=_BOT,
    ),
    "api.show_trading_state": Operation(tag="Kill switch", answers={200: ("TradingState",)}),
    "api.set_trading_state": Operation(
        tag="Kill switch",
        token_again=True,
        body=("TradingStateChange",),
        example=examples.SWITCH,
        answers={200: ("TradingState",)},
    ),
    "api.show_circuit_breaker": Operation(
        tag="Kill switch",
        query=CircuitBreakerQuerySchema(),
        answers={200: ("CircuitBreaker",)},
        errors=(404,),
    ),
    "api.set_circuit_breaker": Operation(
        tag="Kill switch",
        token_again=True,
        body=("CircuitBreakerChange",),
        example=examples.CIRCUIT_BREAKER,
        answers={200: ("CircuitBreaker",)},
        errors=(404,),
    ),
    "api.list_audit": Operation(
        tag="Audit", query=AuditQuerySchema(), answers={200: ("Audit",)}, errors=(404,)
    ),
    "api.list_tickets": Operation(
        tag="Tickets",
        query=TicketQuerySchema(),
        answers={200: ("Tickets", "TicketRows")},
        errors=(409,),
    ),
    "api.show_ticket": Operation(
        tag="Tickets",
        answers={200: ("Ticket",)},
        errors=(404,),
        parameters=_TICKET,
    ),
    "api.approve": Operation(
        tag="Approval",
        answers={200: ("AlertAnswer",), 202: ("Decided",)},
        errors=(404, 409),
        parameters=_TICKET,
        once=True,
    ),
    "api.reject": Operation(
        tag="Approval",
        answers={200: ("AlertAnswer",), 202: ("Decided",)},
        errors=(404, 409),
        parameters=_TICKET,
        once=True,
    ),
    "api.end_pursuit": Operation(
        tag="Tickets",
        answers={200: ("Ended",)},
        errors=(404, 409),
        parameters=_TICKET,
        once=True,
    ),
    "api.preview": Operation(
        tag="Tickets",
        body=bodies(*DIALECTS.values()),
        example=STRATEGY.sample,
        answers={200: ("Preview",)},
        errors=(404, 422),
    ),
    "api.report_on_opinions": Operation(
        tag="Tickets", query=OpinionQuerySchema(), answers={200: ("OpinionReport",)}, errors=(409,)
    ),
    "api.list_refusals": Operation(tag="Operation", query=RefusalQuerySchema(), answers={200: ("Refusals",)}),
    "api.list_orders": Operation(
        tag="Orders", query=OrderQuerySchema(), answers={200: ("Orders",)}, errors=(404,)
    ),
    "api.cancel_order": Operation(
        tag="Orders",
        answers={202: ("Error",), 204: ()},
        errors=(404, 422),
        parameters={"name": "default-1763654400000-00000000-0000-5000-8000-000000000000"},
        once=True,
    ),
    "api.list_positions": Operation(tag="Orders", query=FreshQuerySchema(), answers={200: ("Positions",)}),
    "api.show_accounts": Operation(tag="Orders", query=FreshQuerySchema(), answers={200: ("Accounts",)}),
    "api.list_trades": Operation(
        tag="Trades", query=TradeQuerySchema(), answers={200: ("Trades",)}, errors=(404,)
    ),
    "api.show_trade": Operation(
        tag="Trades", answers={200: ("Trade",)}, errors=(404,), parameters={"number": "1"}
    ),
    "api.close_trade": Operation(
        tag="Trades",
        body=("TradeClose",),
        example=examples.TRADE_CLOSE,
        answers={200: ("Ticket",), 202: ("Ticket",)},
        errors=(404, 422),
        parameters={"number": "1"},
        once=True,
    ),
    "api.close_position": Operation(
        tag="Orders",
        answers={200: ("Ticket",), 202: ("Ticket",)},
        errors=(404, 409, 422),
        parameters={"broker": "paper", "symbol": "BTC-USD"},
        once=True,
    ),
    "api.show_chain": Operation(
        tag="Trades", query=ChainQuerySchema(), answers={200: ("Chain",)}, errors=(404, 409)
    ),
    "api.describe": Operation(tag="Operation", answers={200: ("Document",)}),
}
OPERATIONS |= COMMAND_OPERATIONS | DASHBOARD_OPERATIONS | ANALYTICS_OPERATIONS
OPERATIONS |= PAPER_OPERATIONS | SESSION_OPERATIONS | SHARE_OPERATIONS | JOB_OPERATIONS | TASK_OPERATIONS
