"""The bots: stored documents, found by id or by their secret."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.clock import Clock
from app.domain.audit import Actor, Deed
from app.domain.bot_views import audited_bot, audited_change, bot_view
from app.domain.bots import (
    BOT_ID,
    BOT_ID_WORDS,
    SECRET_MAXIMUM_AGE,
    SECRET_OVERLAP,
    TAKEN_BOT_IDS,
    Bot,
    BotConfiguration,
    BotSecrets,
    secret_digest,
)
from app.domain.json_codec import from_json, to_json
from app.domain.sizing import sizing_conflict
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import AlreadyExists, Conflict, NotAuthenticated, NotFound, PreconditionFailed, RequestRefused
from app.repositories.audit import AuditLog
from app.repositories.bot_index import BotIndex
from app.repositories.bot_numbers import BotNumbers
from app.repositories.bot_ties import unfinished_business
from app.repositories.readable import certain
from app.storage.base import Document, Store

PREFIX = "bots/"
DEFAULT_BOT = "default"
SECRET_BYTES = 24


class BotDirectory:
    """Bots under `bots/{id}`.

    A bot is read from the store for every alert, so that its switch and limits act at once in every process;
    only the way from a secret to a bot's id is remembered.
    """

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit
        self._parsed: dict[str, tuple[int, Bot]] = {}
        self._numbers = BotNumbers(store)
        self._index = BotIndex(lambda: [bot for bot, _ in self.all()])

    def find(self, bot: str) -> Bot | None:
        """Return a bot as it is stored now."""
        document = self._store.get(PREFIX + bot)
        return None if document is None else self._read(document)

    def get(self, bot: str) -> tuple[Bot, int]:
        """Return a bot and its version; raise NotFound."""
        document = self._document(bot)
        return self._read(document), document.version

    def all(self) -> Iterator[tuple[Bot, int]]:
        """Yield every bot with its version, by id."""
        for document in self._store.list(PREFIX):
            yield self._read(document), document.version

    def others(self, bot: str) -> list[str]:
        """Return the other bots' ids, as known a second ago at the latest."""
        return [other for other in self._index.ids() if other != bot]

    def knows(self, bot: str) -> bool:
        """Tell whether there is a bot of this id, as known a second ago at the latest."""
        return bot in self.others("")

    def numbered(self, number: int) -> Bot | None:
        """Return the bot of a number as it is stored now."""
        names = (self._index.numbered(number, anew=anew) for anew in (False, True))
        bots = (self.find(name) for name in names if name is not None)
        return next((found for found in bots if found is not None and found.number == number), None)

    def show(self, bot: Bot) -> dict[str, Any]:
        """Show a bot with the trading state that it has now."""
        return bot_view(replace(bot, switch=bot.switch.seen_at(self._clock())))

    def authenticate(self, secret: str | None, named: str | None) -> Bot:
        """Return the bot that a secret belongs to; an alert that names a bot must carry that bot's secret.

        Raise NotAuthenticated, or NotFound when the secret is a bot's but the name is nobody's.
        """
        if not secret:
            raise NotAuthenticated("The alert carries no secret.")
        digest, now = secret_digest(secret), self._clock()
        if named is not None:
            bot = self.find(named)
            if bot is not None and bot.secrets.accept(digest, now):
                return bot
            if bot is None and self._owner(digest, now) is not None:
                raise NotFound(f"There is no bot {named}.")
            raise NotAuthenticated("The secret is wrong.")
        owner = self._owner(digest, now)
        if owner is None:
            raise NotAuthenticated("The secret is wrong.")
        return owner

    def create(
        self,
        bot: str,
        configuration: BotConfiguration,
        *,
        secret: str | None = None,
        state: TradingState = TradingState.ACTIVE,
        by: str = Actor.OPERATOR,
    ) -> tuple[Bot, int, str]:
        """Store a new bot; return it, its version and its secret, which is not shown again."""
        if bot in TAKEN_BOT_IDS or not BOT_ID.fullmatch(bot):
            raise RequestRefused(f"A bot's id has {BOT_ID_WORDS}, and is none of {', '.join(TAKEN_BOT_IDS)}.")
        _check(configuration)
        now = self._clock()
        shown = secret or new_secret()
        secrets, number = BotSecrets(secret_digest(shown), now), self._numbers.next()
        created = Bot(bot, secrets, now, configuration, StateSwitch(state), number=number)
        try:
            with self._audit.change(by, Deed.CREATE_BOT, bot, before=None, after=audited_bot(created)):
                document = self._store.create(PREFIX + bot, to_json(created))
        except AlreadyExists as error:
            raise AlreadyExists(f"There is a bot {bot} already.") from error
        self._index.forget()
        return created, document.version, shown

    def change(
        self,
        bot: str,
        configuration: BotConfiguration,
        *,
        version: int,
        state: TradingState | None = None,
        by: str = Actor.OPERATOR,
    ) -> tuple[Bot, int]:
        """Write a bot's configuration over the version that the caller saw; raise PreconditionFailed.

        `state` throws its switch with it, without a reason or an end; None leaves the switch.
        """
        _check(configuration)
        document = self._at_version(bot, version)
        current = self._read(document)
        changed = replace(current, configuration=configuration)
        if state is not None:
            changed = changed.switched(StateSwitch(state), self._clock())
        return self._write(document, changed, Deed.CHANGE_BOT, by)

    def delete(self, bot: str, *, version: int, by: str = Actor.OPERATOR) -> None:
        """Remove a bot at the version that the caller saw; the default bot stays."""
        if bot == DEFAULT_BOT:
            raise RequestRefused(
                "The default bot cannot be deleted; set its trading state to HALTED instead."
            )
        document = self._at_version(bot, version)
        unfinished = unfinished_business(self._store, self._clock, bot)
        if unfinished is not None:
            raise RequestRefused(f"{bot} still has {unfinished}.")
        before = audited_bot(self._read(document))
        try:
            with self._audit.change(by, Deed.DELETE_BOT, bot, before=before, after=None):
                self._store.delete(document)
        except Conflict as error:
            raise _moved(bot) from error

    def rotate_secret(self, bot: str, *, by: str = Actor.OPERATOR) -> tuple[str, datetime]:
        """Give a bot a new secret; return it and until when the old one still works."""
        document = self._document(bot)
        current = self._read(document)
        shown, now = new_secret(), self._clock()
        rotated = current.secrets.rotated(secret_digest(shown), now)
        self._write(document, replace(current, secrets=rotated), Deed.ROTATE_SECRET, by)
        self._index.forget()
        return shown, now + SECRET_OVERLAP

    def set_state(
        self,
        bot: str,
        switch: StateSwitch,
        *,
        by: str = Actor.OPERATOR,
        if_active_at: datetime | None = None,
    ) -> bool:
        """Throw a bot's own kill switch; with `if_active_at` only one that stands at ACTIVE then.

        Tell whether it was thrown.
        """
        while True:
            document = self._document(bot)
            current = self._read(document)
            if if_active_at is not None and current.switch.at(if_active_at) is not TradingState.ACTIVE:
                return False
            try:
                thrown = current.switched(switch, self._clock())
                self._write(document, thrown, Deed.SET_TRADING_STATE, by)
            except PreconditionFailed:
                continue
            return True

    def ensure_default(self, secret: str | None) -> None:
        """Make the default bot at the first start; adopt a WEBHOOK_SECRET that has changed since."""
        document = self._store.get(PREFIX + DEFAULT_BOT)
        digest = secret_digest(secret) if secret is not None else None
        try:
            if document is None:
                self._create_default(digest)
            elif digest is not None and (bot := self._read(document)).secrets.environment != digest:
                adopted = BotSecrets(digest, self._clock(), environment=digest)
                self._write(document, replace(bot, secrets=adopted), Deed.ROTATE_SECRET, Actor.SETTINGS)
        except (AlreadyExists, PreconditionFailed):
            # Of processes that start together one is faster.
            self.ensure_default(secret)

    def old_secrets(self) -> list[str]:
        """Return the ids of bots whose secret is due for a change (90 days)."""
        due = self._clock() - SECRET_MAXIMUM_AGE
        return [bot.id for bot, _ in self.all() if bot.secrets.created_at < due]

    def ensure_numbers(self) -> None:
        """Give a number to each bot of earlier versions; of several processes one does it."""
        unnumbered = [item for item in self._store.list(PREFIX) if not item.value.get("number")]
        if unnumbered:
            self._numbers.reserve(len(unnumbered))
        for listed in unnumbered:
            document: Document | None = listed
            while document is not None and not document.value.get("number"):
                numbered = to_json(replace(self._read(document), number=self._numbers.next()))
                with suppress(Conflict):
                    self._store.replace(document, numbered)
                document = self._store.get(listed.key)

    def _create_default(self, digest: str | None) -> None:
        now = self._clock()
        stored = digest or secret_digest(new_secret())
        bot = Bot(
            DEFAULT_BOT,
            BotSecrets(stored, now, environment=digest),
            now,
            BotConfiguration(name="Default"),
            number=self._numbers.next(),
        )
        made = audited_bot(bot)
        with self._audit.change(Actor.SETTINGS, Deed.CREATE_BOT, DEFAULT_BOT, before=None, after=made):
            self._store.create(PREFIX + DEFAULT_BOT, to_json(bot))

    def _owner(self, digest: str, now: datetime) -> Bot | None:
        names = (self._index.of_secret(digest, anew=anew) for anew in (False, True))
        bots = (self.find(name) for name in names if name is not None)
        return next((bot for bot in bots if bot is not None and bot.secrets.accept(digest, now)), None)

    def _document(self, bot: str) -> Document:
        document = self._store.get(PREFIX + bot)
        if document is None:
            raise NotFound(f"There is no bot {bot}.")
        return document

    def _at_version(self, bot: str, version: int) -> Document:
        document = self._document(bot)
        if document.version != version:
            raise _moved(bot)
        return document

    def _write(self, document: Document, bot: Bot, deed: Deed, by: str) -> tuple[Bot, int]:
        before, after = audited_change(self._read(document), bot)
        try:
            with self._audit.change(by, deed, bot.id, before=before, after=after):
                return bot, self._store.replace(document, to_json(bot)).version
        except Conflict as error:
            raise _moved(bot.id) from error

    def _read(self, document: Document) -> Bot:
        cached = self._parsed.get(document.key)
        if cached is not None and cached[0] == document.version:
            return cached[1]
        bot = certain(document, lambda stored: from_json(Bot, stored.value))
        self._parsed[document.key] = (document.version, bot)
        return bot


def _moved(bot: str) -> PreconditionFailed:
    return PreconditionFailed(f"{bot} has been changed since you read it.")


def _check(configuration: BotConfiguration) -> None:
    conflict = sizing_conflict(configuration)
    if conflict is not None:
        raise RequestRefused(conflict)


def new_secret() -> str:
    """Make a secret that fits into a URL unescaped."""
    return secrets.token_urlsafe(SECRET_BYTES)
