"""Complete samples of what the operator sends; documentation and Postman collection share them."""

from typing import Any

NEW_BOT: dict[str, Any] = {
    "id": "swing",
    "name": "Swing",
    "base_order_pct": "0.05",
    "attach_sl_tp": True,
    "allowed_symbols": ["AAPL", "BTC-USD"],
    "max_order_notional": "10000",
}
BOT_CHANGE: dict[str, Any] = {"base_order_pct": "0.03", "daily_order_cap": 10}
SWITCH: dict[str, Any] = {"state": "HALTED", "reason": "news"}
CIRCUIT_BREAKER: dict[str, Any] = {
    "glb_sl": "0.80",
    "glb_tp": "1.20",
    "base_equity": "100000",
    "active": True,
    "liquidate_on_tp": False,
}
AUTH_CODE: dict[str, Any] = {"auth_code": "eyJ…"}
PRICES: dict[str, Any] = {"AAPL": "190.50", "BTC-USD": None}
PAPER_CLOCK: dict[str, Any] = {"now": None}
PAPER_SWITCHES: dict[str, Any] = {"early_assignment": [], "close_short_legs_at_expiry": False}
TRADE_CLOSE: dict[str, Any] = {"trim": 50}
