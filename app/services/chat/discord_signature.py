"""Whether Discord has sent a request: Ed25519 over its time and its body."""

import re

from app.domain.chat import LONGEST_AGE
from app.errors import NotAuthenticated

# One sentence for all: whoever has not signed learns nothing, not even whether Discord is set up here.
REFUSAL = "Not signed by Discord within the last five minutes, or DISCORD_PUBLIC_KEY is not that app's."
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


def check_discord(key: str | None, body: bytes, timestamp: str, signature: str, now: float) -> None:
    """Raise NotAuthenticated for what Discord has not signed lately; without a key for everything."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if key is None or not _SECONDS.fullmatch(timestamp):
        raise NotAuthenticated(REFUSAL)
    if abs(now - int(timestamp)) > LONGEST_AGE.total_seconds():
        raise NotAuthenticated(REFUSAL)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signature), timestamp.encode() + body
        )
    except (InvalidSignature, ValueError) as error:
        raise NotAuthenticated(REFUSAL) from error
