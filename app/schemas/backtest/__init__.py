"""Files of the past: bars, alerts and lists of trades, as TradingView and others export them."""
