"""The built-in broker: a market simulated in the store, open day and night."""
