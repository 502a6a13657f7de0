"""Fyers: options and shares at the National Stock Exchange of India."""
