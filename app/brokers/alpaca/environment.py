"""What the adapter takes from the surroundings, refused with a sentence before anything is sent."""

import os
import re
import ssl
from pathlib import Path

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from app.errors import SettingsError

# As requests reads them: the first that is set counts.
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# OpenSSL finds certificates in a folder by these names alone.
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")


def check_keys(*keys: str) -> None:
    """Raise SettingsError for keys that no header can carry."""
    # A key with a line break would make requests repeat it in its own error.
    if not all(key and key.isascii() and key.isprintable() and " " not in key for key in keys):
        raise SettingsError(
            "ALPACA_API_KEY and ALPACA_SECRET_KEY must be set, without spaces or line breaks."
        )


def check_certificates() -> None:
    """Raise SettingsError where the environment names certificates that cannot be used."""
    path = _named()
    if path is not None:
        trusting(path)


def believing(verify: bool | str = True) -> ssl.SSLContext:  # noqa: FBT001, FBT002  # as requests names it
    """Return what believes the certificates that requests would: those named, else the bundle it brings."""
    path = verify if isinstance(verify, str) else _named()
    return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH) if path is None else trusting(path)


def _named() -> str | None:
    return next((os.environ[name] for name in BUNDLES if os.environ.get(name)), None)


def trusting(path: str) -> ssl.SSLContext:
    """Return what believes a file or a folder of certificates alone; raise SettingsError."""
    name = next((name for name in BUNDLES if os.environ.get(name) == path), BUNDLES[0])
    folder = Path(path)
    try:
        if not folder.is_dir():
            return ssl.create_default_context(cafile=path)
        has_any = any(_HASHED.fullmatch(item.name) for item in folder.iterdir())
        context = ssl.create_default_context(capath=path)
    except OSError as error:
        # A path that is not there, or a file that holds no certificate: every request would fail on it.
        raise SettingsError(f"{name}: {path} holds no certificates that can be read.") from error
    if not has_any:
        raise SettingsError(
            f"{name}: {path} holds no certificates by their hashes: run openssl rehash {path}"
        )
    return context
