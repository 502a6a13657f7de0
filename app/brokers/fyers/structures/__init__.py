"""The options desk at Fyers: chains, orders of up to three legs, and what they cost in margin."""
