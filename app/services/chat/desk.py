"""The desk of chat: hears those who may speak, and does what they say through the services of the house."""

from itertools import islice
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.approvals import ApprovalDecision
from app.domain.chat import (
    CONFIRMED,
    HELP,
    ChatAction,
    ChatAnswer,
    ChatCommand,
    ChatRequest,
    ChatVerb,
    read_command,
)
from app.domain.reasons import Reason
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import AppError, InvalidRequest, NotFound
from app.repositories.bots import BotDirectory
from app.repositories.chat import StoredChat
from app.repositories.tickets import Ledger
from app.repositories.trading_state import GlobalSwitch
from app.services.chat.orders import ChatOrders
from app.services.chat.told import SHOWN, fitted, told_plan, told_positions, told_ticket, told_why
from app.services.intake.approval_decisions import ApprovalService
from app.services.observability.journal import Journal
from app.services.portfolio.holdings import Holdings
from app.services.portfolio.snapshots import Snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDesk:
    """Answers one request at a time; `operators` are those who are heard, like `slack:U123`."""

    operators: frozenset[str]
    stored: StoredChat
    bots: BotDirectory
    switch: GlobalSwitch
    ledger: Ledger
    approvals: ApprovalService
    holdings: Holdings
    snapshots: Snapshots
    orders: ChatOrders
    journal: Journal
    clock: Clock

    def answer(self, request: ChatRequest) -> ChatAnswer:
        """Do what was said and tell what came of it; whatever is refused is told and never raised."""
        if request.speaker not in self.operators:
            self.journal.activity(f"chat: {request.speaker} is not heard: CHAT_OPERATORS does not name him")
            return ChatAnswer(f"You are not heard here. CHAT_OPERATORS would have to name {request.speaker}.")
        try:
            if not self.stored.is_new(request.delivery, self.clock()):
                return ChatAnswer("This came before, and was answered.")
            said = request.action.value if request.action else request.text
            self.journal.activity(f"chat: {request.speaker} said {said} {request.value}".rstrip())
            if request.action is not None:
                return self._pressed(request, request.action)
            return self._said(request, read_command(request.text))
        except AppError as error:
            return ChatAnswer(error.message)

    def _pressed(self, request: ChatRequest, action: ChatAction) -> ChatAnswer:
        if action is ChatAction.CONFIRM:
            return self.orders.carry_out(request.value, request.speaker)
        if action is ChatAction.DISMISS:
            return ChatAnswer("Nothing was done.", replaces=True)
        return self._decide(request, request.value, approve=action is ChatAction.APPROVE, replaces=True)

    def _said(self, request: ChatRequest, command: ChatCommand) -> ChatAnswer:
        verb, rest = command.verb, command.rest
        if verb is None:
            raise InvalidRequest(f"{command.rest[:40]} is not understood. {HELP}")
        if verb in CONFIRMED:
            return self.orders.propose(command, request.speaker)
        if verb in {ChatVerb.APPROVE, ChatVerb.REJECT}:
            return self._decide(request, rest, approve=verb is ChatVerb.APPROVE)
        if verb in {ChatVerb.HALT, ChatVerb.REDUCE}:
            return self._throw(request, verb, rest)
        return ChatAnswer(self._told(verb, rest))

    def _told(self, verb: ChatVerb, rest: str) -> str:
        if verb is ChatVerb.STATUS:
            return self._status()
        if verb is ChatVerb.POSITIONS:
            return told_positions(self.holdings.positions(self.snapshots.read()))
        if verb is ChatVerb.TICKETS:
            newest = islice(self.ledger.newest_first(), SHOWN)
            return fitted([told_ticket(ticket) for ticket in newest] or ["No alert has come yet."])
        if verb is ChatVerb.WHY:
            return told_why(self._ticket(rest))
        if verb is ChatVerb.PREVIEW:
            return told_plan(self.orders.planned(rest))
        return HELP

    def _status(self) -> str:
        now = self.clock()
        lines = [f"Trading is {_words(self.switch.read().seen_at(now))}."]
        lines += [
            f"{bot.id} is {_words(bot.switch.seen_at(now))}."
            for bot, _ in self.bots.all()
            if bot.switch.at(now) is not TradingState.ACTIVE
        ]
        for seen in self.snapshots.read():
            if seen.reachable is False:
                lines.append(f"{seen.broker} does not answer: {seen.message}")
            elif seen.account is not None:
                lines.append(f"{seen.broker}: equity {seen.account.equity:,.2f} {seen.account.currency}.")
        waiting = self.approvals.approvals.undecided()
        lines += [f"Waits for you: {item.summary} ({ticket})" for ticket, item in waiting.items()]
        return fitted(lines)

    def _throw(self, request: ChatRequest, verb: ChatVerb, rest: str) -> ChatAnswer:
        """Halt or reduce at once; the first word is a bot's id, or the beginning of the reason."""
        state = TradingState.HALTED if verb is ChatVerb.HALT else TradingState.REDUCING
        bot, reason = self.orders.bot_first(rest)
        switch = StateSwitch(state, reason or None)
        if bot is None:
            self.switch.throw(switch, by=request.speaker)
        else:
            self.bots.set_state(bot, switch, by=request.speaker)
        self.journal.activity(
            f"{request.speaker}: {bot or 'trading'} is {state.value} ({reason or 'no reason'})"
        )
        left = "nothing trades" if state is TradingState.HALTED else "alerts may only exit"
        return ChatAnswer(f"{bot or 'Trading'} is {state.value}: {left}. Orders that are working go on.")

    def _decide(
        self, request: ChatRequest, text: str, *, approve: bool, replaces: bool = False
    ) -> ChatAnswer:
        verdict = ApprovalDecision.APPROVED if approve else ApprovalDecision.REJECTED
        number = _number(text)
        self.approvals.decide(number, verdict, request.speaker, f"chat-{request.delivery[:16]}")
        ticket = self._ticket(text)
        # Whoever is late has decided nothing.
        is_late = ticket["reason"] == Reason.APPROVAL_EXPIRED
        told = "too late" if is_late else verdict.value
        return ChatAnswer(f"{told}: {told_ticket(ticket)}", replaces=replaces)

    def _ticket(self, text: str) -> dict[str, Any]:
        found = self.ledger.find(_number(text))
        if found is None:
            raise NotFound(f"There is no ticket {text[:40]}.")
        return found


def _words(switch: StateSwitch) -> str:
    until = f" until {switch.until:%Y-%m-%d %H:%M} UTC" if switch.until is not None else ""
    return f"{switch.state.value}{until}{f' ({switch.reason})' if switch.reason else ''}"


def _number(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise InvalidRequest(f"{text[:40] or 'Nothing'} is no ticket's id.") from None
