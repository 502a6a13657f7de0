"""Links that sign in once: printed where the tokens lie, and known to the store by a digest."""

import secrets
from datetime import datetime

from app.domain.sessions import CODE_COUNTS, StartCode, code_digest
from app.repositories.sessions import StoredSessions

CODE_BYTES = 24


def new_code(stored: StoredSessions, now: datetime) -> tuple[str, datetime]:
    """Make the code of a link; return it and until when it signs in."""
    code, until = secrets.token_urlsafe(CODE_BYTES), now + CODE_COUNTS
    stored.add_code(StartCode(code_digest(code), until), now)
    return code, until


def start_link(address: str, code: str) -> str:
    """Write the link: what stands behind `#` is in no log and no Referer."""
    return f"{address}/#start={code}"
