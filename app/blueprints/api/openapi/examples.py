"""Complete samples of what can be sent; documentation, Postman collection and command line share them."""

from typing import Any

from app.domain.signals import Dialect

STRATEGY: dict[str, Any] = {
    "symbol": "BTCUSD",
    "strategy_order_id": "long",
    "strategy_order_action": "buy",
    "strategy_order_contracts": 0.05,
    "strategy_order_price": 64340.15,
    "strategy_order_comment": "Breakout",
}
BRIDGE: dict[str, Any] = {
    "strategy_id": "tv_breakout_v1",
    "fund_id": "default",
    "symbol": "BTC-USD",
    "side": "buy",
    "quantity": "0.05",
    "order_type": "limit",
    "limit_price": "95000",
    "tif": "day",
    "actor": "tradingview",
    "idempotency_key": "tv_breakout_v1-1716496837",
    "thesis": "20-bar breakout with volume",
}
OPTION: dict[str, Any] = {
    "symbol": "NSE:NIFTY",
    "strikeprice": "ATM",
    "optionType": "CE",
    "expiry": "weekly",
    "action": "SELL",
    "qty": 65,
}
TRADE_IDEA: dict[str, Any] = {
    "alert_name": "High confidence bullish ideas",
    "source": "trade_idea",
    "symbol": "NVDA",
    "direction": "bullish",
    "strategy": "buy_call",
    "model": "swing",
    "entry_price": 142.5,
    "target_price": 148.0,
    "stop_price": 139.0,
    "triggered_at": "2026-06-02T14:22:00Z",
    "matched_criteria": {"direction": "bullish", "confidence_min": 0.75},
}
ALERTS: dict[Dialect, dict[str, Any]] = {
    Dialect.STRATEGY: STRATEGY,
    Dialect.BRIDGE: BRIDGE,
    Dialect.OPTION: OPTION,
    Dialect.TRADE_IDEA: TRADE_IDEA,
}
COMMANDS: dict[Dialect, dict[str, Any]] = {
    Dialect.STRATEGY: {"command": "cancel", "order": "all", "symbol": "BTCUSD"},
    Dialect.BRIDGE: {
        "command": "modify",
        "fund_id": "default",
        "order": "tv_breakout_v1-1716496837",
        "limit_price": "94500",
        "idempotency_key": "tv_breakout_v1-1716496837-lower",
    },
}

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
