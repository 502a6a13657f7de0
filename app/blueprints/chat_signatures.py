"""Who has signed what comes from a chat platform; nothing is read before that is known."""

from flask import g, request

from app.blueprints.sources import source_of_dialect
from app.blueprints.webhook import read_body
from app.schemas.chat.line import ENTRY
from app.services.chat.discord_signature import check_discord
from app.services.chat.slack_signature import check_slack
from app.wiring.container import services

SLACK_TIME, SLACK_SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
DISCORD_TIME, DISCORD_SIGNATURE = "X-Signature-Timestamp", "X-Signature-Ed25519"


def signed_by_slack() -> None:
    """Let in what Slack has signed within the last five minutes."""
    source_of_dialect(ENTRY)
    secret = services().settings.slack_signing_secret
    g.said = read_body()
    g.said_at, g.signature = request.headers.get(SLACK_TIME, ""), request.headers.get(SLACK_SIGNATURE, "")
    check_slack(secret, g.said, g.said_at, g.signature, services().clock().timestamp())


def signed_by_discord() -> None:
    """Let in what Discord has signed within the last five minutes."""
    source_of_dialect(ENTRY)
    key = services().settings.discord_public_key
    g.said = read_body()
    g.said_at = request.headers.get(DISCORD_TIME, "")
    signature = request.headers.get(DISCORD_SIGNATURE, "")
    check_discord(key, g.said, g.said_at, signature, services().clock().timestamp())
