"""Keys of Google's kind: an RSA key with a certificate of its own, and tokens signed with it."""

import base64
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

ISSUER = "https://accounts.google.com"


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@dataclass(frozen=True)
class SigningKey:
    name: str

    @cached_property
    def private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    @cached_property
    def certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.example")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, self.private.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=16))
            .sign(self.private, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM).decode()

    def sign(self, content: bytes) -> bytes:
        return self.private.sign(content, padding.PKCS1v15(), hashes.SHA256())

    def token(self, *, header: dict[str, Any] | None = None, seconds: int = 3600, **claims: Any) -> str:
        """Return a token as Google makes it; a claim of None is left out."""
        now = int(time.time())
        said = {
            "iss": ISSUER,
            "sub": "117",
            "iat": now,
            "exp": now + seconds,
            "email_verified": True,
        } | claims
        known = {name: value for name, value in said.items() if value is not None}
        first = {"alg": "RS256", "kid": self.name, "typ": "JWT"} | (header or {})
        signed = f"{encoded(json.dumps(first).encode())}.{encoded(json.dumps(known).encode())}"
        return f"{signed}.{encoded(self.sign(signed.encode()))}"


@cache
def signing_key(name: str) -> SigningKey:
    """Return a key; making one is slow, so each name is made once a run."""
    return SigningKey(name)
