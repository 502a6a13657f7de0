"""Which brokers there are, one line each; nothing here needs an SDK or an account."""

from app.brokers.alpaca.capabilities import CAPABILITIES as ALPACA
from app.brokers.fyers.capabilities import CAPABILITIES as FYERS
from app.brokers.paper.capabilities import CAPABILITIES as PAPER

BROKERS = {capabilities.name: capabilities for capabilities in (PAPER, ALPACA, FYERS)}
