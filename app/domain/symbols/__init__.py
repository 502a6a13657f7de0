"""Symbols: what the name in an alert stands for."""

from app.domain.symbols.derivatives import option_instrument
from app.domain.symbols.names import SymbolRefused
from app.domain.symbols.rules import get_asset_class, parse_symbol

__all__ = ["SymbolRefused", "get_asset_class", "option_instrument", "parse_symbol"]
