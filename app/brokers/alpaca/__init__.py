"""Alpaca: American shares, options and coins."""
