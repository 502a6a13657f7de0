"""Whether Discord has sent a request: Ed25519 over its time and its body."""

from app.domain.chat import LONGEST_AGE
from app.errors import NotAuthenticated


def check_discord(key: str, body: bytes, timestamp: str | None, signature: str | None, now: float) -> None:
    """Raise NotAuthenticated for what Discord has not signed, or not within the last five minutes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not timestamp or not signature or not timestamp.isascii() or not timestamp.isdigit():
        raise NotAuthenticated("Discord's signature is missing.")
    if len(timestamp) > 12 or abs(now - int(timestamp)) > LONGEST_AGE.total_seconds():  # noqa: PLR2004
        raise NotAuthenticated("Discord's signature is older than five minutes.")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signature), timestamp.encode() + body
        )
    except (InvalidSignature, ValueError) as error:
        raise NotAuthenticated("Discord's signature is wrong.") from error
