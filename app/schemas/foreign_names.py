"""What other services call the fields that we require, so that a refusal can say what to write instead."""

from collections.abc import Collection, Iterable

from app.schemas.meanings import OPTION_CONTRACT, meaning_of

# Names that decide nothing by themselves, or whose meaning is shared by several fields; by their letters.
_FOREIGN = {
    "symbol": ("market", "asset"),
    "strategy_order_id": ("orderid", "signalid", "id", "tradeid"),
    "strategy_order_action": ("signal",),
    "strategy_id": ("strategy", "strategyname"),
    "fund_id": ("fund", "bot", "botid", "botuuid", "account", "accountid"),
    "side": ("signal",),
    "quantity": ("amount", "volume"),
    "order_type": ("type",),
    "strikeprice": ("strike",),
    "optionType": ("right", "optiontype", "kind"),
    "expiry": ("expiration", "expirydate", "expirationdate"),
}
# Longer ones are no name that anybody gave a field.
_LONGEST = 40


def renamed(alert: Collection[str], missing: Iterable[str]) -> str:
    """Say which fields of an alert stand there under another service's name; nothing where none does."""
    given = {name: _plain(name) for name in alert if len(name) <= _LONGEST}
    sentences = []
    for ours in missing:
        theirs = next((name for name in given if _is_called(ours, name, given[name])), None)
        if theirs is not None and theirs != ours:
            sentences.append(f" You wrote `{theirs}`; here it is `{ours}`.")
    return "".join(sentences)


def _is_called(ours: str, theirs: str, letters: str) -> bool:
    if letters in _FOREIGN.get(ours, ()):
        return True
    meaning = meaning_of(ours)
    # Strike, expiry and kind are one meaning: which of them a name is, it does not say.
    return meaning is not None and meaning is not OPTION_CONTRACT and meaning_of(theirs) is meaning


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
