"""What an alert wants to trade: by its symbol, or by the words that pick one contract of an underlying."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from app.brokers.base import Broker
from app.clock import Clock
from app.dataclass import dataclass
from app.domain.contracts import ContractIndex, ContractRefused
from app.domain.contracts.contract_query import WantedContract, find_contract, shorts_meant
from app.domain.instruments import AssetClass, Instrument
from app.domain.reasons import Reason
from app.domain.signals import ContractWords, Dialect, Intent, Signal
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import BrokerUnavailable

# The exchange's list of contracts; raises ContractRefused where there is none that can be relied on.
Contracts = Callable[[], ContractIndex]


@dataclass(frozen=True, slots=True)
class Instruments:
    """Find instruments; raise ContractRefused."""

    contracts: Contracts
    clock: Clock

    def wanted(
        self, signal: Signal, broker: Broker | None, shorts: Callable[[], Iterable[str]] = list
    ) -> Instrument:
        """Return the one instrument that an alert means.

        `shorts` are the canonical names of what its bot has sold short: a cover means one of them.
        """
        if signal.contract is not None and signal.intent is Intent.COVER:
            return self._cover(signal.symbol, signal.contract, broker, shorts)
        if signal.contract is not None:
            return self._contract(signal.symbol, signal.contract, broker)
        if signal.dialect is Dialect.BOT_COMMAND and signal.intent is Intent.CLOSE:
            # What a trade holds is known by its canonical name, a listed contract too.
            return self.named(signal.symbol)
        found = _parsed(signal.symbol, signal.exchange)
        if signal.idea is not None and found.asset_class is not AssetClass.EQUITY:
            kind = found.asset_class.value
            raise ContractRefused(
                Reason.SYMBOL_UNSUPPORTED, f"A trade idea trades shares; {found.symbol} is {kind}."
            )
        return found

    def named(self, symbol: str, venue: str | None = None) -> Instrument:
        """Return the instrument of a canonical name, with the terms of a listed contract where it is one."""
        try:
            listed = self.contracts().find_canonical(symbol)
        # A position must be told by its name even while there is no list to rely on.
        except ContractRefused:
            listed = None
        return listed.instrument if listed is not None else _parsed(symbol, venue)

    def _cover(
        self,
        underlying: str,
        words: ContractWords,
        broker: Broker | None,
        shorts: Callable[[], Iterable[str]],
    ) -> Instrument:
        """Return the short that is meant: since its sale another strike may have come to the money.

        Where it is the only one of its expiry and type, no price is needed to tell.
        """
        wanted = WantedContract(underlying, words.expiry, words.strike, words.kind)
        meant = shorts_meant(self.contracts(), wanted, self.clock(), shorts())
        if meant is None or not meant.alike:
            return self._contract(underlying, words, broker)
        if len(meant.of_expiry) == 1:
            return meant.of_expiry[0].instrument
        found = self._contract(underlying, words, broker)
        if found in [item.instrument for item in meant.of_expiry]:
            return found
        held = ", ".join(item.instrument.symbol for item in meant.alike)
        raise ContractRefused(
            Reason.COVER_UNCLEAR, f"{words.strike} is {found.symbol} now; the bot has sold {held}."
        )

    def _contract(self, underlying: str, words: ContractWords, broker: Broker | None) -> Instrument:
        wanted = WantedContract(underlying, words.expiry, words.strike, words.kind)
        found = find_contract(self.contracts(), wanted, self.clock(), lambda name: _spot(broker, name))
        try:
            return found.instrument
        except SymbolRefused as refused:
            raise ContractRefused(Reason[refused.code], refused.message) from refused


def no_contracts() -> ContractIndex:
    """Refuse: this house has no broker that trades listed contracts."""
    raise ContractRefused(
        Reason.SYMBOL_MASTER_MISSING,
        "The exchange's list of contracts is kept only where FYERS_APP_ID is set.",
    )


def _parsed(symbol: str, exchange: str | None) -> Instrument:
    try:
        return parse_symbol(symbol, exchange=exchange)
    except SymbolRefused as refused:
        raise ContractRefused(Reason[refused.code], refused.message) from refused


def _spot(broker: Broker | None, underlying: str) -> Decimal | None:
    if broker is None:
        return None
    try:
        return broker.spot(underlying)
    # Without a level nothing is at the money: what is picked by it is refused, and the rest goes on.
    except BrokerUnavailable:
        return None
