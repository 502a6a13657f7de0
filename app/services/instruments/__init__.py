"""The exchange's list of contracts, kept up to date."""

from app.repositories.contract_lists import ContractLists, MasterRecord
from app.services.instruments.master import ATTEND_SECONDS, SymbolMaster
from app.services.instruments.source import RefreshFailed

__all__ = ["ATTEND_SECONDS", "ContractLists", "MasterRecord", "RefreshFailed", "SymbolMaster"]
