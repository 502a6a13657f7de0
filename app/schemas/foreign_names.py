"""What other services call the fields that we require, so that a refusal can say what to write instead."""

from collections.abc import Collection, Iterable

# Compared by letters and figures alone: `Order_Type`, `orderType` and `order.type` are one name.
_FOREIGN = {
    "symbol": (
        "ticker",
        "tickerid",
        "instrument",
        "tvinstrument",
        "pair",
        "market",
        "asset",
        "tradingsymbol",
    ),
    "strategy_order_id": ("orderid", "signalid", "id", "tradeid"),
    "strategy_order_action": ("action", "side", "orderaction", "signal", "transactiontype"),
    "strategy_id": ("strategy", "strategyname"),
    "fund_id": ("fund", "bot", "botid", "botuuid", "account", "accountid"),
    "side": ("action", "orderaction", "strategyorderaction", "signal", "transactiontype"),
    "quantity": ("qty", "contracts", "size", "amount", "volume", "strategyordercontracts"),
    "order_type": ("type", "ordertype", "pricetype"),
    "strikeprice": ("strike",),
    "optionType": ("right", "optiontype", "kind"),
    "expiry": ("expiration", "expirydate", "expirationdate"),
    "action": ("side", "orderaction", "transactiontype", "strategyorderaction"),
    "qty": ("quantity", "contracts", "size"),
}
# Longer ones are no name that anybody gave a field.
_LONGEST = 40


def renamed(alert: Collection[str], missing: Iterable[str]) -> str:
    """Say which fields of an alert stand there under another service's name; nothing where none does."""
    given = {_plain(name): name for name in alert if len(name) <= _LONGEST}
    sentences = []
    for ours in missing:
        theirs = next((given[name] for name in _FOREIGN.get(ours, ()) if name in given), None)
        if theirs is not None and theirs != ours:
            sentences.append(f" You wrote `{theirs}`; here it is `{ours}`.")
    return "".join(sentences)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
