"""What chat orders: proposed with a button, carried out once, and not once what it was for changed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.bots import Bot
from app.domain.chat import (
    ChatAction,
    ChatAnswer,
    ChatButton,
    ChatCommand,
    ChatProposal,
    ChatVerb,
    ProposedClose,
    read_command,
)
from app.domain.money import plain
from app.domain.signals import Signal
from app.domain.tickets import new_ticket_id
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import AppError, Conflict, InvalidRequest, StoreError
from app.repositories.bots import BotDirectory
from app.repositories.chat import StoredChat
from app.repositories.tickets import Ledger
from app.repositories.trading_state import GlobalSwitch
from app.services.chat.told import fitted, told_plan
from app.services.intake.alerts import Intake
from app.services.intake.arrivals import Alert
from app.services.portfolio.positions import PositionService
from app.services.portfolio.snapshots import Snapshots

EVERYTHING = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOrders:
    """Proposes and carries out; orders are alerts of the dialect `chat` to one bot.

    `read_line` understands the alert of a line, or raises MalformedAlert; `canonical` writes a symbol as
    brokers' positions have it.
    """

    bot: str
    stored: StoredChat
    bots: BotDirectory
    switch: GlobalSwitch
    ledger: Ledger
    intake: Intake
    positions: PositionService
    snapshots: Snapshots
    clock: Clock
    read_line: Callable[[dict[str, Any]], Signal]
    canonical: Callable[[str], str]
    new_name: Callable[[], str]

    def planned(self, line: str) -> dict[str, Any]:
        """Return the ticket that a line would become; nothing is stored."""
        alert = {"text": line}
        return self.intake.preview(self.read_line(alert), self._bot(), alert)

    def propose(self, command: ChatCommand, speaker: str) -> ChatAnswer:
        """Say what would be done, with a button that does it."""
        self._check(command)
        told = self._plan(command)
        if told is None:
            return ChatAnswer(self._nothing_of(command.rest))
        if command.verb in {ChatVerb.BUY, ChatVerb.SELL} and not told.startswith(_WOULD):
            return ChatAnswer(told)
        name = self.new_name()
        proposal = ChatProposal(
            speaker=speaker,
            line=command.line,
            created_at=self.clock(),
            state=self._state(command),
            closes=self._closes(command),
        )
        self.stored.propose(name, proposal)
        buttons = (
            ChatButton("Confirm", ChatAction.CONFIRM, name, is_dangerous=True),
            ChatButton("Dismiss", ChatAction.DISMISS, name),
        )
        return ChatAnswer(f"{told}\nThe button works once, for five minutes.", buttons)

    def carry_out(self, name: str, speaker: str) -> ChatAnswer:
        """Do what a button stands for, if that is still what it was made for."""
        found = self.stored.find(name)
        if found is None:
            return _OVER
        proposal, document = found
        refusal = self._refusal(proposal, speaker)
        if refusal is not None:
            return refusal
        command = read_command(proposal.line)
        if not proposal.begun:
            if self._state(command) != proposal.state:
                return ChatAnswer("What this was made for has changed; say it again.", replaces=True)
            try:
                # Before anything is done: of two who press at once, one does it.
                document = self.stored.write(document, replace(proposal, begun=True))
            except Conflict:
                return ChatAnswer("This was pressed already.", replaces=True)
        # A process that began it may have died: each step has a name, by which it is taken once.
        told = self._do(proposal, name)
        # What was done is told in any case; pressed again, each step is found by its name.
        with suppress(StoreError):
            self.stored.write(document, replace(proposal, begun=True, done=True))
        return ChatAnswer(told, replaces=True)

    def _refusal(self, proposal: ChatProposal, speaker: str) -> ChatAnswer | None:
        if proposal.speaker != speaker:
            return ChatAnswer(f"Only {proposal.speaker} can press this button.")
        if proposal.done:
            return ChatAnswer("This was done already.", replaces=True)
        return _OVER if proposal.is_over(self.clock()) else None

    def bot_first(self, rest: str) -> tuple[str | None, str]:
        """Take a bot's id off the beginning, where there is one."""
        word, _, reason = rest.partition(" ")
        return (word, reason) if word and self.bots.find(word) is not None else (None, rest)

    def _check(self, command: ChatCommand) -> None:
        """Refuse what names no bot or no symbol: it must neither mean all of them nor look like none."""
        word = command.rest.partition(" ")[0]
        if command.verb is ChatVerb.RESUME and word and self.bot_first(word)[0] is None:
            raise InvalidRequest(f"There is no bot {word[:40]}. `resume` alone lets all of them trade again.")
        if command.verb is ChatVerb.CLOSE and (not word or word != command.rest):
            raise InvalidRequest("Write `close SYMBOL`, or `close all`; a part is sold by `sell SYMBOL 5`.")

    def _nothing_of(self, which: str) -> str:
        """Say that nothing is held of a symbol, and what is, since that may go by another name."""
        silent = [seen.broker for seen in self.snapshots.read() if seen.reachable is False]
        unseen = f" {', '.join(silent)} does not answer." if silent else ""
        held = sorted({row.symbol for _, row in self._held(EVERYTHING)})
        if not held or which.lower() == EVERYTHING:
            return f"Nothing is held.{unseen}"
        return f"Nothing is held of {which[:40]}. Held: {', '.join(held)}{unseen}"

    def _plan(self, command: ChatCommand) -> str | None:
        if command.verb is ChatVerb.RESUME:
            bot, _ = self.bot_first(command.rest)
            return f"{bot or 'Trading'} would be ACTIVE again."
        if command.verb is ChatVerb.CLOSE:
            held = [
                f"{broker} {row.symbol} {plain(row.quantity):f}" for broker, row in self._held(command.rest)
            ]
            return fitted(["Would be closed at the market:", *held]) if held else None
        return told_plan(self.planned(command.line))

    def _do(self, proposal: ChatProposal, name: str) -> str:
        command = read_command(proposal.line)
        if command.verb is ChatVerb.RESUME:
            return self._resume(proposal, command)
        if command.verb is ChatVerb.CLOSE:
            # All are closed, also those of which there is no room to tell.
            return fitted(list(self._close(proposal, name)))
        return self._order(command.line, name, proposal.speaker)

    def _resume(self, proposal: ChatProposal, command: ChatCommand) -> str:
        bot, reason = self.bot_first(command.rest)
        if self._state(command) == proposal.state:
            switch = StateSwitch(TradingState.ACTIVE, reason or None)
            if bot is None:
                self.switch.throw(switch, by=proposal.speaker)
            else:
                self.bots.set_state(bot, switch, by=proposal.speaker)
        # Otherwise it was done, or somebody has thrown the switch since: that is left as it is.
        return f"{bot or 'Trading'} is {self._switch(bot).at(self.clock()).value}."

    def _close(self, proposal: ChatProposal, name: str) -> Iterator[str]:
        held = {(broker, row.symbol): row.quantity for broker, row in self._held(EVERYTHING)}
        for each in proposal.closes:
            number = _ticket_of(proposal, name, each)
            where = f"{each.broker} {each.symbol}"
            is_begun = self.ledger.document(number) is not None
            if not is_begun and held.get((each.broker, each.symbol)) != each.quantity:
                yield f"{where}: what is held there has changed; say it again."
                continue
            try:
                ticket = self.positions.close(each.broker, each.symbol, by=proposal.speaker, number=number)
            except AppError as refused:
                # The others are closed all the same.
                yield f"{where}: {refused.message}"
            else:
                yield f"{where}: {ticket['status']} ({ticket['id']})"

    def _order(self, line: str, name: str, speaker: str) -> str:
        alert = {"text": line, "by": speaker, "idempotency_key": name}
        answer = self.intake.accept(
            Alert(
                bot=self._bot(),
                signal=self.read_line(alert),
                body=line.encode(),
                words=alert,
                redacted=alert,
                request_id=f"chat-{name[:16]}",
                source=speaker,
            )
        )
        error = answer.body.get("error") or {}
        said = error.get("message") or answer.body.get("reason") or ""
        return f"{answer.body.get('status')}: {line}. {said} ({answer.body.get('ticket')})".replace("  ", " ")

    def _held(self, which: str) -> list[tuple[str, Position]]:
        wanted = None if which.lower() == EVERYTHING else self.canonical(which)
        return [
            (seen.broker, position)
            for seen in self.snapshots.read(fresh=True)
            for position in seen.positions
            if wanted in {None, position.symbol}
        ]

    def _closes(self, command: ChatCommand) -> tuple[ProposedClose, ...]:
        if command.verb is not ChatVerb.CLOSE:
            return ()
        held = self._held(command.rest)
        return tuple(ProposedClose(broker, row.symbol, row.quantity) for broker, row in held)

    def _state(self, command: ChatCommand) -> str:
        """Return in words what an order depends on: states, the bot's settings, and what is held of it.

        What is held of others is no part of it: caps and limits are asked again when the order goes.
        """
        if command.verb is ChatVerb.RESUME:
            return self._state_of_switch(self.bot_first(command.rest)[0])
        bot, version = self.bots.get(self.bot)
        now = self.clock()
        states = (self.switch.read().at(now).value, bot.switch.at(now).value, str(version))
        is_close = command.verb is ChatVerb.CLOSE
        which = command.rest if is_close else self.read_line({"text": command.line}).symbol
        held = sorted(f"{broker} {row.symbol} {plain(row.quantity):f}" for broker, row in self._held(which))
        return " ".join((*states, *held))

    def _state_of_switch(self, bot: str | None) -> str:
        """Return how a switch was thrown: what was halted again for another reason is not to be resumed."""
        switch = self._switch(bot)
        return f"{switch.at(self.clock()).value} {switch.until} {switch.reason}"

    def _switch(self, bot: str | None) -> StateSwitch:
        return self.switch.read() if bot is None else self.bots.get(bot)[0].switch

    def _bot(self) -> Bot:
        return self.bots.get(self.bot)[0]


def _ticket_of(proposal: ChatProposal, name: str, close: ProposedClose) -> UUID:
    """Return the one ticket by which a button closes a position."""
    seed = f"{name} {close.broker} {close.symbol}".encode()
    return new_ticket_id(proposal.created_at, lambda size: sha256(seed).digest()[:size])


_OVER = ChatAnswer(
    "The button's time is over; look at tickets, where you pressed it, and say it again.", replaces=True
)
_WOULD = "Would be ordered"
