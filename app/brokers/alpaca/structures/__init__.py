"""Alpaca's options desk: contracts, chains, and orders of several legs."""
