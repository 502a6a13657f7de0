"""Encryption by a link's own key: without the link, what is stored is noise."""

import hashlib
from base64 import urlsafe_b64encode


def place_of(token: str) -> str:
    """Return under which name a token's words are kept; it tells nothing of the key."""
    return _derived("place", token).hex()


def seal(token: str, text: str) -> str:
    """Encrypt a text by a token (Fernet: AES and HMAC)."""
    from cryptography.fernet import Fernet

    return Fernet(_key(token)).encrypt(text.encode()).decode()


def unseal(token: str, sealed: str) -> str:
    """Decrypt a text; raise ValueError where the token is not its own."""
    from cryptography.fernet import Fernet, InvalidToken

    try:
        return Fernet(_key(token)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ValueError("this is not sealed by that token") from error


def _key(token: str) -> bytes:
    return urlsafe_b64encode(_derived("key", token))


def _derived(purpose: str, token: str) -> bytes:
    # A token has 256 random bits: one round is enough, there is nothing to guess.
    return hashlib.sha256(f"gatehouse share {purpose} {token}".encode()).digest()
