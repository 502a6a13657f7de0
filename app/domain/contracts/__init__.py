"""Contracts that an exchange lists: its file, an index of it, and the words that alerts use."""

from app.domain.contracts.contract_query import WantedContract, find_contract
from app.domain.contracts.index import ContractIndex, IndexUnreadable
from app.domain.contracts.listed import IST, ContractKind, ContractRefused, ListedContract, Terms
from app.domain.contracts.master import MasterRefused, read_master

__all__ = [
    "IST",
    "ContractIndex",
    "ContractKind",
    "ContractRefused",
    "IndexUnreadable",
    "ListedContract",
    "MasterRefused",
    "Terms",
    "WantedContract",
    "find_contract",
    "read_master",
]
