"""Every setting: its name, type, default and meaning. The environment is read here and nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import fields
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.brokers.registry import BROKERS
from app.config.chat import ChatSettings
from app.config.state_home import StateHome, log_folder
from app.config.together import check_together
from app.dataclass import dataclass
from app.errors import SettingsError
from app.parsing import (
    LEVEL,
    at_least,
    boolean,
    clock_time,
    currency,
    database_url,
    decimal,
    email,
    fraction,
    integer,
    is_set,
    networks,
    one_of,
    passwords_in,
    port,
    positive,
    read_setting,
    setting,
    url,
    uuid,
    words,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(ChatSettings):
    """What the environment says; an attribute is the setting's name in small letters.

    Money is in the account's currency, fractions are 0.02 for 2 %, times are seconds.
    """

    # Serving
    port: int = setting("TCP port that the server listens on", 8080, port)
    web_concurrency: int = setting("Server processes", 1, positive(integer))
    web_threads: int = setting("Threads in each server process", 16, positive(integer))
    public_url: str | None = setting("Address under which callers reach this service", None, url)
    trusted_proxy_count: int = setting(
        "Proxies in front whose X-Forwarded-For entry is believed, counted from the right", 0, integer
    )

    # Storage
    database_path: Path = setting(
        "SQLite file, used without the two below", Path("data/gatehouse.sqlite3"), Path
    )
    database_url: str | None = setting(
        "PostgreSQL that replaces it, as postgresql://user:password@host:5432/database",
        None,
        database_url,
        secret=True,
    )
    # One thread may wait in it for a bot, one for a symbol; whoever holds what they wait for needs a third.
    database_connections: int = setting("Most connections of one process to it, from 3", 10, at_least(3))
    gcs_bucket_name: str | None = setting(
        "Cloud Storage bucket that replaces the SQLite file; beside a database it holds tokens", None
    )
    gcs_tokens_file: str = setting("Object that holds broker tokens in the bucket", "tokens/fyers")
    store_timeout_seconds: Decimal = setting("Longest wait for the store", Decimal(2), positive(decimal))
    backup_time: time | None = setting("Time of the daily backup, UTC; unset: none", None, clock_time)
    backup_to: str | None = setting("Folder or gs://BUCKET of backups; unset: the bucket, or `backups`", None)
    backup_keep_days: int = setting("Days after which a backup is removed", 30, positive(integer))

    # Who may call
    webhook_secret: str | None = setting(
        "Secret of the default bot's alerts", None, secret=True, alias="WEBHOOK_SECRET_TOKEN"
    )
    operator_token: str | None = setting("Bearer token of the operator", None, secret=True)
    viewer_token: str | None = setting(
        "Token of who may see everything and change nothing", None, secret=True
    )
    account_secret: str | None = setting(
        "UUID in the addresses of bot commands; unset: made at the first start", None, uuid, secret=True
    )
    account_email: str | None = setting("Whose account it is, as bot commands answer it", None)
    allowed_source_ips: tuple[Any, ...] = setting(
        "Addresses, networks or the preset 'tradingview': who may post strategy, bridge and option alerts; "
        "empty is everybody",
        (),
        networks,
    )
    idea_source_ips: tuple[Any, ...] = setting("The same: who may post trade ideas", (), networks)
    command_source_ips: tuple[Any, ...] = setting("The same: who may send bot commands", (), networks)
    tasks_service_account: str | None = setting(
        "E-mail of the account whose Google tokens open /tasks/*; unset: none does", None, email
    )
    tasks_oidc_audience: str | None = setting(
        "Audience of these tokens; unset: PUBLIC_URL", None, needs="tasks_service_account"
    )
    tasks_certs_url: str = setting(
        "Address of Google's certificates", "https://www.googleapis.com/oauth2/v1/certs", url
    )
    max_content_length: int = setting("Largest body in bytes", 4096, positive(integer))
    rate_limit_per_second: Decimal = setting("Alerts a second and bot; 0: no limit", Decimal(10), decimal)

    # Alerts
    idempotency_ttl_seconds: int = setting(
        "How long a repeated alert gets the first answer, from 30", 300, at_least(30)
    )
    stale_alert_seconds: int | None = setting(
        "Oldest alert that may still trade, by its own time; unset: not checked, 120 after a crash",
        None,
        positive(integer),
    )

    # Trading
    dry_run: bool = setting("External brokers get no orders; the paper broker always fills", True, boolean)
    default_broker: str = setting("Broker of bots without one", "paper", one_of(*BROKERS))
    allow_live_trading: bool = setting("Real money may be used", False, boolean)
    allow_short_selling: bool = setting("Ceiling: bots may sell short", False, boolean)
    market_hours_only: bool = setting("Ceiling: entries only while the market is open", False, boolean)
    max_notional_usd: Decimal = setting(
        "Largest order of a trade idea; other alerts: see the bots", Decimal(250), positive(decimal)
    )
    max_order_quantity: Decimal | None = setting("Ceiling: units in one order", None, positive(decimal))
    daily_order_cap: int | None = setting("Ceiling: entry orders a bot and day (UTC)", None, integer)
    daily_notional_cap: Decimal | None = setting("Ceiling: entry value a bot and day (UTC)", None, decimal)
    daily_loss_limit: Decimal | None = setting(
        "Ceiling: loss of a day at which an account's entries end", None, positive(decimal)
    )
    per_symbol_cap: Decimal | None = setting("Ceiling: value of a resulting position", None, decimal)
    broker_timeout_seconds: Decimal = setting("Longest wait for a broker", Decimal(10), positive(decimal))

    # The paper broker
    paper_cash: Decimal = setting("Cash of a new paper account", Decimal(100000), positive(decimal))
    paper_currency: str = setting("Its currency, like INR", "USD", currency)
    paper_leverage: Decimal = setting("Buying power as a multiple of equity", Decimal(1), positive(decimal))
    paper_options_level: str = setting(
        "What the paper account may do with option structures; each level includes those before",
        "spreads",
        one_of("nothing", "covered", "long", "spreads", "uncovered"),
    )
    paper_fee_per_order: Decimal = setting("Fee of each order that fills", Decimal(0), decimal)
    paper_fee_pct: Decimal = setting("Fee as a fraction of a fill's value", Decimal(0), fraction)
    paper_slippage_pct: Decimal = setting("Fraction by which market orders fill worse", Decimal(0), fraction)
    paper_partial_fill_probability: Decimal = setting("Chance of a fill in two parts", Decimal(0), fraction)
    paper_seed: int = setting("Seed of the simulation: one seed, one result", 0, integer)
    paper_follow_alert_prices: bool = setting(
        "An alert's price moves the simulated market, but not of pinned symbols", True, boolean
    )

    # Recovery and the clock
    background_worker: bool = setting("Run the clock in a thread; off where a scheduler does", True, boolean)
    circuit_breaker_seconds: int = setting(
        "Pause between two looks at the equity that the circuit breaker watches", 10, positive(integer)
    )
    cleanup_seconds: int = setting(
        "Pause between two looks for exits whose position is gone", 30, positive(integer)
    )
    exits_seconds: int = setting(
        "Pause between two looks for positions that lack their exits", 5, positive(integer)
    )
    orders_seconds: int = setting("Pause between two looks at working orders", 5, positive(integer))
    exit_pursuit_seconds: int = setting("How long an exit is tried again", 1800, positive(integer))
    mpp_pending_seconds: int = setting(
        "How long an order at the market may rest where brokers turn it into a price-protected limit",
        20,
        positive(integer),
    )
    mpp_pending_action: str = setting(
        "What becomes of it then: a fresh limit, its end, or nothing; a stop-loss gets a fresh one",
        "reprice",
        one_of("reprice", "cancel", "leave"),
    )
    reconcile_seconds: int = setting(
        "Pause between two comparisons of the brokers' positions with the bots' trades", 60, positive(integer)
    )
    unknown_grace_seconds: int = setting(
        "An order of unknown outcome that its broker does not know so long after the send was never placed",
        30,
        positive(integer),
    )
    inbox_claim_seconds: int = setting(
        "After this time an unfinished alert of another machine may be taken over", 60, positive(integer)
    )

    # Alpaca
    alpaca_api_key: str | None = setting("Alpaca key", None, secret=True, needs="alpaca_secret_key")
    alpaca_secret_key: str | None = setting("Alpaca secret", None, secret=True, needs="alpaca_api_key")
    alpaca_paper: bool = setting("Alpaca's paper account rather than the live one", True, boolean)
    alpaca_trading_url: str | None = setting("Alpaca trading address, without /v2", None, url)
    alpaca_data_url: str | None = setting("Alpaca data address, without /v2", None, url)
    alpaca_streams: bool = setting("Alpaca's streams tell entries what they prove fresh", False, boolean)
    alpaca_options_feed: str = setting("Whose option quotes", "indicative", one_of("indicative", "opra"))

    # Fyers
    fyers_app_id: str | None = setting("Fyers app id", None)
    fyers_secret_id: str | None = setting("Fyers app secret", None, secret=True, needs="fyers_app_id")
    fyers_redirect_uri: str | None = setting(
        "Where Fyers sends the browser after the login; unset: /auth-callback under PUBLIC_URL", None, url
    )
    fyers_auth_code: str | None = setting("One-time code of a login", None, secret=True, needs="fyers_app_id")
    fyers_pin: str | None = setting("PIN of the refresh flow", None, secret=True, needs="fyers_app_id")
    login_reminder_time: time = setting(
        "When the owner is told on trading days that a login is due, in India", time(8, 30), clock_time
    )
    fyers_structures: bool = setting("Fyers trades structures of options", False, boolean)
    fyers_api_url: str | None = setting("Fyers address, with /api/v3", None, url)
    fyers_data_url: str | None = setting("Fyers data address, with /data", None, url)
    fyers_symbol_master_url: str = setting(
        "Address of the symbol master CSV; its JSON twin is looked for beside it",
        "https://public.fyers.in/sym_details/NSE_FO.csv",
        url,
    )
    symbol_master_max_age_days: int = setting(
        "Days after which the last good symbol master is too old to trade by", 3, positive(integer)
    )

    # The analyst
    openai_api_key: str | None = setting("Key of the language model", None, secret=True)
    openai_model: str = setting("Language model", "gpt-5.5")
    openai_base_url: str | None = setting("Address of the Responses API", None, url)
    max_output_tokens: int = setting(
        "Most tokens of one answer of the model, its reasoning included", 4000, at_least(16)
    )
    optionomics_email: str | None = setting("Optionomics account", None, needs="optionomics_token")
    optionomics_token: str | None = setting("Optionomics token", None, secret=True, needs="optionomics_email")
    optionomics_mcp_url: str = setting("Optionomics MCP server", "https://optionomics.ai/mcp", url)
    optionomics_mcp_mode: str = setting(
        "Who calls the MCP server's tools: this service, or the model's server with our token",
        "local",
        one_of("local", "hosted"),
    )
    optionomics_allowed_tools: tuple[str, ...] = setting(
        "Tools that the model may use, by commas; empty is every tool that the server lists", (), words
    )
    mcp_tool_timeout_seconds: Decimal = setting(
        "Longest wait for one answer of the MCP server", Decimal(15), positive(decimal)
    )
    analyst_timeout_seconds: Decimal = setting(
        "Longest wait for one opinion, its tools included", Decimal(90), positive(decimal)
    )
    analyst_failure_limit: int = setting(
        "Opinions of a bot that fail in a row until you are told; one that needs them goes REDUCING",
        5,
        positive(integer),
    )
    min_llm_confidence: Decimal = setting("Least confidence of an opinion", Decimal("0.72"), fraction)
    analyst_workers: int = setting("Opinions that are asked for at one time", 4, positive(integer))
    approval_timeout_seconds: int = setting(
        "How long a person may take to approve an order", 900, positive(integer)
    )

    # Telling the owner
    notification_url: str | None = setting("Where notifications go, as apprise writes it", None, secret=True)
    notification_topic: str | None = setting(
        "Topic at an ntfy server", None, secret=True, needs="notification_url"
    )
    log_level: str = setting("Least severity on the console, unless that is the cloud's", "INFO", LEVEL)
    log_dir: Path | None = setting(
        "Folder of logs.jsonl and activity.log; default `logs` beside the database", None, Path
    )
    log_file: Path | None = setting("File that repeats the console's log", None, Path)
    file_log_level: str = setting("Least severity in LOG_FILE", "INFO", LEVEL)
    use_cloud_logging: bool = setting("Write Cloud Logging's JSON on the console", False, boolean)
    cloud_log_level: str = setting("Least severity in Cloud Logging's JSON", "INFO", LEVEL)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; raise SettingsError with a sentence that names the first unusable one."""
        said = (item for item in fields(cls) if is_set(item, environment))
        try:
            settings = cls(**{item.name: read_setting(item, environment) for item in said})
        except ValueError as error:
            raise SettingsError(str(error)) from error
        check_together(settings)
        return settings

    @property
    def state_home(self) -> StateHome:
        """Where the state is."""
        if self.database_url is not None:
            return StateHome.DATABASE
        return StateHome.FILE if self.gcs_bucket_name is None else StateHome.BUCKET

    @property
    def log_folder(self) -> Path | None:
        """Where the journals go; in a cloud only when asked for, since disks there are memory."""
        return log_folder(self)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for the logs' last line of defence."""
        values = (getattr(self, item.name) for item in fields(self) if item.metadata["secret"])
        return (*(value for value in values if value), *passwords_in(self.database_url))
