"""Option structures: legs with signed ratios, what they are worth at expiry, and what they may cost."""
