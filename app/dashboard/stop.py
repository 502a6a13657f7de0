"""`/stop`: a plain form that halts trading, for a day on which no script runs and nobody is signed in."""

from html import escape

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import caller_address
from app.blueprints.door import note_visitor
from app.blueprints.visitor import refuse_other_sites, visitor
from app.dashboard.pages import html_page
from app.domain.sessions import Role
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import AppError, InvalidRequest, NotAuthenticated, RoleViewer
from app.schemas.operator import TradingStateSchema, load
from app.wiring.container import observability, operations, portfolio, services

SWITCH = TradingStateSchema()
KEEPS_WORKING = (
    "Stop-losses, take-profits and the circuit breaker go on. Orders that brokers have already stay and "
    "may still fill; the dashboard, or flask orders list and flask orders cancel, ends them. "
    "Positions stay open."
)
RESUME = "Trading goes on when you say so: in the dashboard, or by flask trading-state ACTIVE."
CHOICES = (
    (TradingState.HALTED, "Halt: no alert trades"),
    (TradingState.REDUCING, "Reduce: alerts may only exit"),
)
FIELD_OF_PROOF = (
    '<p><label>The operator\'s token<br><input type="password" name="token" required '
    'autocomplete="current-password"></label></p>'
)
FIELD_OF_REASON = '<p><label>Reason, if you like<br><input name="reason" maxlength="500"></label></p>'


def show_stop() -> ResponseReturnValue:
    """Show the form; who is not signed in finds a field for the token."""
    return _page("Stop trading", _state_now(), KEEPS_WORKING, form=_form())


def stop() -> ResponseReturnValue:
    """Halt trading for the operator's session, or for his token."""
    try:
        _let_in()
        switch: StateSwitch = load(SWITCH, _wanted())
        operations().switch.throw(switch)
    except AppError as error:
        title = "Trading was not stopped"
        return _page(title, error.message, _else(error), form=_form(), status=error.status)
    observability().journal.activity(
        f"operator: trading is {switch.state.value} ({switch.reason or 'no reason'}), by /stop"
    )
    return _page(f"Trading is {switch.state.value}", _orders_left(), KEEPS_WORKING, RESUME)


def _let_in() -> None:
    """Raise where neither an operator's session on our own page nor the operator's token asks."""
    token = request.form.get("token")
    caller = visitor()
    if token is None and caller is not None and caller.role is Role.OPERATOR:
        if caller.session is not None:
            refuse_other_sites()
        return
    if not token and caller is not None and caller.role is Role.VIEWER:
        raise RoleViewer("You are signed in as a viewer, who stops nothing: give the operator's token.")
    if token is None or operations().sessions.role_of(token) is not Role.OPERATOR:
        raise _refused(NotAuthenticated("The token is wrong." if token else "Give the operator's token."))


def _refused(error: NotAuthenticated) -> AppError:
    address = caller_address()
    answered = operations().wrong_tokens.judge(address, error)
    if answered is error:
        operations().sessions.refused(address=address, by="stop page")
    note_visitor(answered)
    return answered


def _wanted() -> dict[str, str]:
    if request.form.get("state") not in {state.value for state, _ in CHOICES}:
        raise InvalidRequest("Choose one of the two buttons; this form does not let trading go on.")
    given = {"state": request.form.get("state", ""), "reason": request.form.get("reason", "").strip()}
    return {name: text for name, text in given.items() if text}


def _form() -> str:
    caller = visitor()
    is_operator = caller is not None and caller.role is Role.OPERATOR
    buttons = "".join(
        f'<p><button name="state" value="{state.value}">{escape(text)}</button></p>'
        for state, text in CHOICES
    )
    fields = FIELD_OF_REASON if is_operator else FIELD_OF_PROOF + FIELD_OF_REASON
    return f'<form method="post" action="/stop">{fields}{buttons}</form>'


def _state_now() -> str:
    if visitor() is None:
        return ""
    try:
        state = operations().switch.read().at(services().clock())
    except AppError as error:
        return f"The trading state cannot be read: {error.message}"
    return f"Trading is {state.value} now. {_orders_left()}"


def _orders_left() -> str:
    """Say how many orders go on working; that they cannot be counted holds nothing up."""
    try:
        seen = portfolio().snapshots.read(fresh=False)
        count = len(operations().orders.page(seen, status="open", after=None, limit=500).orders)
    except AppError:
        return "How many orders are working is not known."
    return f"Orders that keep working: {count}."


def _else(error: AppError) -> str:
    if error.status < 500:  # noqa: PLR2004  # server errors
        return ""
    return (
        "Try again, or flask trading-state HALTED where it runs. Your broker's own page cancels orders too."
    )


def _page(title: str, *texts: str, form: str = "", status: int = 200) -> Response:
    response = html_page(title, *texts, form=form, status=status)
    # With no-referrer a browser sends `Origin: null` even to the form's own address.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
