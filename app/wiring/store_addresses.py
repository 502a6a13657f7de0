"""Stores by address, as people write them: what a start on one would have in its settings."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.config import Settings, StateHome
from app.dataclass import dataclass
from app.errors import InvalidRequest
from app.logs import register_secrets
from app.parsing import passwords_in
from app.repositories.tokens import KEY as TOKENS

FROM_ENVIRONMENT = "env:"
_KINDS = "postgresql://USER@HOST/DATABASE, sqlite:///PATH or gs://BUCKET"
# As libpq reads it: `#`, `?` and `[` end no password.
_USER_AND_PLACE = re.compile(r"([^:/@]*)(?::[^@/]*)?@(.*)")
BUCKET = re.compile(r"gs://([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])/?")


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """A store: `settings` are those of a start on it, `shown` is how it is called, without a password."""

    settings: Settings
    shown: str

    @property
    def home(self) -> StateHome:
        """Where the state is."""
        return self.settings.state_home

    @property
    def tokens_key(self) -> str:
        """Under which key the tokens of the login at Fyers lie, in the store or in the bucket beside it."""
        return TOKENS if self.settings.gcs_bucket_name is None else self.settings.gcs_tokens_file

    @property
    def keeps_tokens_apart(self) -> bool:
        """Whether the tokens are in a bucket beside it."""
        return self.home is StateHome.DATABASE and self.settings.gcs_bucket_name is not None

    @property
    def writers(self) -> int:
        """How many writings it takes at a time."""
        return {StateHome.BUCKET: 32, StateHome.FILE: 1}.get(self.home, 2)


def of_settings(settings: Settings) -> StoreAddress:
    """Return the store that the settings name."""
    if settings.state_home is StateHome.BUCKET:
        return StoreAddress(settings, f"gs://{settings.gcs_bucket_name}")
    if settings.state_home is StateHome.FILE:
        return StoreAddress(settings, f"sqlite:///{settings.database_path}")
    return StoreAddress(settings, without_password(str(settings.database_url)))


def of_address(text: str, settings: Settings, environment: Mapping[str, str]) -> StoreAddress:
    """Return the store at an address, or at that which `env:NAME` names; raise InvalidRequest."""
    if text.startswith(FROM_ENVIRONMENT):
        name = text.removeprefix(FROM_ENVIRONMENT)
        text = environment.get(name, "")
        if not text:
            raise InvalidRequest(f"The environment has no {name}.")
    elsewhere = replace(settings, gcs_bucket_name=None, database_url=None)
    if (bucket := BUCKET.fullmatch(text)) is not None:
        return of_settings(replace(elsewhere, gcs_bucket_name=bucket[1]))
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///"):
        return of_settings(replace(elsewhere, database_path=Path(text.removeprefix("sqlite:///"))))
    if text.startswith(("postgresql://", "postgres://")):
        register_secrets(text, *passwords_in(text))
        # Fyers' tokens and the archive stay in a bucket that is there.
        return of_settings(replace(settings, database_url=text))
    # What was given may hold a password, so it is not repeated.
    raise InvalidRequest(
        f"That is not the address of a store: {_KINDS}, or env:NAME for a variable with one."
    )


def without_password(url: str) -> str:
    """Return how a database is called: user, hosts and name."""
    rest = url.partition("://")[2]
    known = _USER_AND_PLACE.match(rest)
    user, place = known.groups() if known else rest.rpartition("@")[::2]
    # No part of a password may remain that has an address's own signs in it.
    hosts = place.partition("?")[0].rpartition("@")[2]
    return f"postgresql://{user.partition(':')[0]}@{hosts}" if user else f"postgresql://{hosts}"
