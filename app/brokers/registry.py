"""Which brokers there are: one line each. Nothing here needs an SDK or an account."""

from app.brokers import alpaca, fyers, paper

BROKERS = {
    entry.name: entry
    for entry in (
        paper.ENTRY,
        alpaca.ENTRY,
        fyers.ENTRY,
    )
}
