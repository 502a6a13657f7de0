"""What alerts of the past say, and in which currency they trade."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from app.domain.backtest.tape import TapeAlert
from app.domain.json_codec import to_json
from app.domain.signals import Signal, own_words
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import AppError
from app.logs import redact
from app.logs.foreign_secrets import hide_foreign
from app.schemas.alerts import Posted, entry_named, read_posted
from app.schemas.body import read_object
from app.schemas.reading import read_signal
from app.services.backtest.posting import ReadAlert
from app.wiring.backtest_setup import ReplaySetup, Setup

CURRENCY = "paper_currency"
# So many alerts tell in which currency a tape is traded.
LOOKED_AT = 200
AnySetup = TypeVar("AnySetup", Setup, ReplaySetup)


def read_tape_alert(alert: TapeAlert) -> ReadAlert:
    """Understand an alert of the past as the door would; raise AppError.

    What a ticket kept is read by the dialect that it was read by then.
    """
    body, kept = alert.text.encode(), entry_named(alert.dialect or "")
    posted = read_posted(body, None) if kept is None else Posted(read_object(body), kept)
    entry = posted.told()
    words = hide_foreign(posted.alert, shared=entry.is_foreign)
    signal = read_signal(entry, words)
    named = words.get(entry.bot_field)
    return ReadAlert(
        signal=signal,
        symbol=_canonical(signal),
        # Hidden or not, it makes another alert; words are only hashed.
        words=own_words(posted.alert),
        redacted=to_json(redact(words)),
        bot=str(named) if named else None,
    )


def _canonical(signal: Signal) -> str | None:
    try:
        return parse_symbol(signal.symbol, exchange=signal.exchange).symbol
    except SymbolRefused:
        return None


def in_traded_currency(setup: AnySetup, alerts: Iterable[TapeAlert]) -> tuple[AnySetup, list[str]]:
    """Return a setup whose account counts in the one currency of what is traded, and a note where it is told.

    What is priced in another currency than the account is refused. One that was named stays, and so does
    that of the environment where several are traded.
    """
    found = {currency for currency in map(_currency, islice(alerts, LOOKED_AT)) if currency is not None}
    if CURRENCY in setup.settings or len(found) != 1:
        return setup, []
    (traded,) = found
    if traded == setup.environment.paper_currency:
        return setup, []
    notes = [f"All that is traded is priced in {traded}, so the account counts in it."]
    return replace(setup, settings={**setup.settings, CURRENCY: traded}), notes


def _currency(alert: TapeAlert) -> str | None:
    try:
        signal = read_tape_alert(alert).signal
        if signal.contract is not None:
            # The words pick a contract of India's exchanges; its underlying's name may be another's alone.
            return "INR"
        return parse_symbol(signal.symbol, exchange=signal.exchange).currency
    except (AppError, SymbolRefused):
        return None
