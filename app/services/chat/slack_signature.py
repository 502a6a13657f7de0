"""Whether Slack has sent a request, by slack-sdk."""

from app.errors import NotAuthenticated


def check_slack(secret: str, body: bytes, timestamp: str | None, signature: str | None, now: float) -> None:
    """Raise NotAuthenticated for what Slack has not signed, or not within the last five minutes."""
    from slack_sdk.signature import Clock, SignatureVerifier

    class Now(Clock):
        def now(self) -> float:
            return now

    if not timestamp or not signature or not (timestamp + signature).isascii() or not timestamp.isdigit():
        raise NotAuthenticated("Slack's signature is missing.")
    verifier = SignatureVerifier(secret, Now())
    try:
        is_valid = verifier.is_valid(body=body, timestamp=timestamp, signature=signature)
    except (UnicodeDecodeError, ValueError):
        # The package reads a body as text before it compares: what is none cannot have come from Slack.
        is_valid = False
    if not is_valid:
        raise NotAuthenticated("Slack's signature is wrong, or older than five minutes.")
