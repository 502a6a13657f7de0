"""Gatehouse: alerts become gated broker orders, exactly once."""
