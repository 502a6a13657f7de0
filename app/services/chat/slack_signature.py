"""Whether Slack has sent a request, by slack-sdk."""

from app.errors import NotAuthenticated

# One sentence for all: whoever has not signed learns nothing, not even whether Slack is set up here.
REFUSAL = "Not signed by Slack within the last five minutes, or SLACK_SIGNING_SECRET is not that app's."


def check_slack(secret: str | None, body: bytes, timestamp: str, signature: str, now: float) -> None:
    """Raise NotAuthenticated for what Slack has not signed lately; without a secret for everything."""
    from slack_sdk.signature import Clock, SignatureVerifier

    class Now(Clock):
        def now(self) -> float:
            return now

    if secret is None or not (timestamp + signature).isascii() or not timestamp.isdigit():
        raise NotAuthenticated(REFUSAL)
    verifier = SignatureVerifier(secret, Now())
    try:
        is_valid = verifier.is_valid(body=body, timestamp=timestamp, signature=signature)
    except (UnicodeDecodeError, ValueError):
        # The package reads a body as text before it compares: what is none cannot have come from Slack.
        is_valid = False
    if not is_valid:
        raise NotAuthenticated(REFUSAL)
