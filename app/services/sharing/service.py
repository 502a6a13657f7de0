"""One-time links: made by the operator, shown once to whoever has them, then gone."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.tickets import Randomness
from app.errors import ShareOver
from app.repositories.shares import SealedShare, Shares
from app.services.sharing.sealing import place_of, seal, unseal

LIFETIME = timedelta(minutes=10)
TOKEN_BYTES = 32
PURGE_SECONDS = 30.0
OVER = "Nothing is shown here: the link was opened already, or its ten minutes are over. Make another one."


@dataclass(frozen=True, slots=True)
class SharedWords:
    """What a link shows: where alerts go, and what they say, secret included."""

    address: str
    message: str


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A link's token, which nobody else keeps, and when it ends."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Sharing:
    """Keeps words sealed by their link's token; the token itself is stored nowhere."""

    shares: Shares
    clock: Clock
    randomness: Randomness

    def share(self, words: SharedWords) -> SharedLink:
        """Make a link that shows these words once, for ten minutes."""
        token = urlsafe_b64encode(self.randomness(TOKEN_BYTES)).rstrip(b"=").decode()
        expires_at = self.clock() + LIFETIME
        sealed = seal(token, json.dumps([words.address, words.message]))
        self.shares.keep(place_of(token), SealedShare(sealed, expires_at))
        return SharedLink(token, expires_at)

    def waiting_until(self, token: str) -> datetime:
        """Return until when a link can be opened, and leave it so; raise ShareOver."""
        share = self.shares.find(place_of(token), self.clock())
        if share is None:
            raise ShareOver(OVER)
        return share.expires_at

    def reveal(self, token: str) -> SharedWords:
        """Return a link's words, for the only time; raise ShareOver."""
        share = self.shares.take(place_of(token), self.clock())
        try:
            address, message = json.loads(unseal(token, share.sealed if share is not None else ""))
        except ValueError as error:
            raise ShareOver(OVER) from error
        return SharedWords(address, message)

    def purge(self) -> int:
        """Remove what nobody has opened in time."""
        return self.shares.purge(self.clock())
