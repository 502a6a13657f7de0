"""The exchange's list of contracts, kept up to date."""

from app.repositories.contract_lists import MasterRecord, Shelf
from app.services.instruments.master import ATTEND_SECONDS, SymbolMaster
from app.services.instruments.source import RefreshFailed

__all__ = ["ATTEND_SECONDS", "MasterRecord", "RefreshFailed", "Shelf", "SymbolMaster"]
