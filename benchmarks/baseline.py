"""The least that can keep the same promise: a row keyed by the body's hash is on disk before the answer."""

import hashlib
import os
import sqlite3
import threading

from flask import Flask, Response, jsonify, request

CLAIM = "INSERT INTO claims (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING"


def create_app() -> Flask:
    """Build the application on the file that DATABASE_PATH names."""
    path = os.environ["DATABASE_PATH"]
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS claims (hash TEXT PRIMARY KEY, body BLOB NOT NULL)")
    lock = threading.Lock()
    app = Flask("baseline", static_folder=None)

    @app.get("/health")
    def health() -> Response:
        return jsonify({"status": "ok"})

    @app.post("/webhook")
    def receive() -> Response:
        body = request.get_data(cache=False)
        key = hashlib.sha256(body).hexdigest()
        with lock:
            is_new = connection.execute(CLAIM, (key, body)).rowcount == 1
        return jsonify({"status": "accepted" if is_new else "duplicate", "key": key})

    return app
