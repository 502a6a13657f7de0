"""The least that can keep the same promise and trade: a durable claim, then the order, then the answer."""

import hashlib
import os
import sqlite3
import threading

import requests
from flask import Flask, Response, jsonify, request

CLAIM = "INSERT INTO claims (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING"


def create_app() -> Flask:
    """Build the application on the file that DATABASE_PATH names."""
    connection = sqlite3.connect(os.environ["DATABASE_PATH"], isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS claims (hash TEXT PRIMARY KEY, body BLOB NOT NULL)")
    lock, alpaca = threading.Lock(), requests.Session()
    alpaca.headers["APCA-API-KEY-ID"] = os.environ["ALPACA_API_KEY"]
    alpaca.headers["APCA-API-SECRET-KEY"] = os.environ["ALPACA_SECRET_KEY"]
    alpaca.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=16))
    url = os.environ["ALPACA_TRADING_URL"] + "/v2/orders"
    app = Flask("baseline_alpaca", static_folder=None)

    @app.get("/health")
    def health() -> Response:
        return jsonify({"status": "ok"})

    @app.post("/webhook")
    def receive() -> Response:
        body, alert = request.get_data(), request.get_json(force=True)
        key = hashlib.sha256(body).hexdigest()
        with lock:
            is_new = connection.execute(CLAIM, (key, body)).rowcount == 1
        order = {"symbol": alert["symbol"], "side": alert["strategy_order_action"], "notional": "1"}
        order |= {"type": "market", "time_in_force": "day", "client_order_id": key}
        if is_new:
            alpaca.post(url, json=order, timeout=10).raise_for_status()
        return jsonify({"status": "accepted" if is_new else "duplicate", "order": {"client_order_id": key}})

    return app
