"""Which contracts an entry is made of: chosen by the bot's settings, or nearest to what a command names."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.brokers.structure_desk import StructureDesk
from app.dataclass import dataclass
from app.domain.bots import BotConfiguration
from app.domain.instruments import AssetClass, Instrument
from app.domain.reasons import Reason
from app.domain.structures.chain import Chain, ChainContract
from app.domain.structures.commands import EnterCommand, WantedLeg
from app.domain.structures.expiry_choice import ExpiryTerms, nearest_day
from app.domain.structures.kinds import Kind, StructureKind
from app.domain.structures.legs import Leg, Structure, StructureRefused, compose
from app.domain.structures.net_quotes import LegQuote
from app.domain.structures.parts import LadderPart
from app.domain.structures.selection import SelectionTerms, expiries_of, select
from app.domain.structures.strike_choice import Candidate, StrikeTerms, nearest_strike

DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class ContractChoice:
    """A structure with the contracts of its legs as they were quoted; `units` are what the legs make."""

    structure: Structure
    contracts: tuple[ChainContract, ...]
    chain: Chain
    units: int = 1
    candidates: Mapping[Kind, list[Candidate]] = field(default_factory=dict)

    def quotes(self, desk: StructureDesk) -> dict[str, LegQuote]:
        """Return the quotes of all legs: the chain's, and fresh ones of shares."""
        quotes = self.chain.quotes(contract.instrument.symbol for contract in self.contracts)
        shares = [leg.instrument for leg in self.structure.legs if leg.option is None]
        return quotes | (desk.quotes(shares) if shares else {})

    def record(self) -> dict[str, Any]:
        """Show what was weighed, the way tickets keep it: every candidate with its figures."""
        return {
            "underlying": self.chain.underlying,
            "underlying_price": format(self.chain.price, "f"),
            "legs": [{"symbol": leg.instrument.symbol, "ratio": leg.ratio} for leg in self.structure.legs],
            "columns": ["symbol", "bid", "ask", "delta", "open_interest", "volume", "distance", "chosen"],
            "candidates": [_row(candidate) for weighed in self.candidates.values() for candidate in weighed],
        }


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What was decided: the contracts, how many units, and the prices in turn."""

    choice: ContractChoice
    units: int
    parts: tuple[LadderPart, ...]
    loss: Decimal | None


def choose(
    desk: StructureDesk, keys: BotConfiguration, command: EnterCommand, underlying: str, local: datetime
) -> ContractChoice:
    """Choose the contracts; raise StructureRefused with why none can be had, or BrokerUnavailable."""
    if keys.structure is None:
        raise StructureRefused(Reason.BOT_KIND_MISMATCH, "Set its `structure`; `custom` takes legs alone.")
    listed = desk.expiries(underlying)
    if not listed:
        raise StructureRefused(Reason.CHAIN_UNAVAILABLE, f"Nothing is listed for {underlying}.")
    if command.legs:
        return _named(desk, keys, command, underlying, listed)
    return _by_settings(desk, keys, underlying, listed, local.date())


def _by_settings(
    desk: StructureDesk, keys: BotConfiguration, underlying: str, listed: list[date], today: date
) -> ContractChoice:
    kind = keys.structure
    if kind is None or kind is StructureKind.CUSTOM:
        raise StructureRefused(
            Reason.BOT_KIND_MISMATCH, "A `custom` bot enters the legs of its commands only."
        )
    if keys.strike_value is None:
        raise StructureRefused(Reason.BOT_KIND_MISMATCH, "The bot has no `strike_value` to choose by.")
    days = keys.days_to_expiry if keys.days_to_expiry is not None else DEFAULT_DAYS
    terms = SelectionTerms(
        kind,
        ExpiryTerms(days, keys.days_to_expiry_min, keys.days_to_expiry_max),
        StrikeTerms(keys.strike_by, keys.strike_value, keys.strike_rule),
        keys.wing_width,
    )
    expiries = expiries_of(terms, listed, today)
    chain = _chain(desk, underlying, expiries)
    found = select(terms, chain, expiries)
    return ContractChoice(found.structure, found.contracts, chain, candidates=found.candidates)


def _named(
    desk: StructureDesk, keys: BotConfiguration, command: EnterCommand, underlying: str, listed: list[date]
) -> ContractChoice:
    days = {
        leg.expiration: nearest_day(listed, leg.expiration, keys.nearest_expiry_days)
        for leg in command.legs
        if leg.expiration is not None
    }
    chain = _chain(desk, underlying, sorted(set(days.values())))
    legs, contracts = [], []
    for wanted in command.legs:
        contract = _nearest(chain, wanted, days, keys)
        if contract is not None:
            contracts.append(contract)
        instrument = Instrument(wanted.symbol, AssetClass.EQUITY) if contract is None else contract.instrument
        legs.append(Leg(instrument, wanted.quantity))
    structure, units = compose(legs)
    return ContractChoice(structure, tuple(contracts), chain, units)


def _nearest(
    chain: Chain, wanted: WantedLeg, days: dict[date, date], keys: BotConfiguration
) -> ChainContract | None:
    if wanted.kind is None or wanted.strike is None or wanted.expiration is None:
        return None
    listed = chain.of(wanted.kind, days[wanted.expiration])
    return nearest_strike(listed, wanted.strike, keys.nearest_strike_pct)


def _chain(desk: StructureDesk, underlying: str, expiries: list[date]) -> Chain:
    chain = desk.chain(underlying, expiries)
    if chain is None or not chain.contracts:
        raise StructureRefused(Reason.CHAIN_UNAVAILABLE, f"{underlying} has no price, so no chain.")
    return chain


def _row(candidate: Candidate) -> list[Any]:
    one = candidate.contract
    figures = (one.quote.bid, one.quote.ask, one.delta)
    texts = [None if figure is None else format(figure, "f") for figure in figures]
    distance = None if candidate.distance is None else format(candidate.distance, "f")
    return [one.instrument.symbol, *texts, one.open_interest, one.volume, distance, candidate.is_chosen]
