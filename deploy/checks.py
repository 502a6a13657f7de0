"""Settings as the service would judge them, before anything is made."""

from deploy.cloud_settings import MUST_BE
from deploy.errors import DeployError
from deploy.rooms.secrets import secret_name, stored_names
from deploy.wish import Wish

# For what is made only later; as unlike as secrets have to be.
_STANDS_FOR = {name: f"stands-for-{name.lower()}-until-it-is-made" for name in MUST_BE}
_DATABASE = "postgresql://postgres:password@/gatehouse?host=/cloudsql/p:r:gatehouse"


def check_settings(wish: Wish) -> None:
    """Raise DeployError with the service's own sentence; without its packages it says so at its start."""
    try:
        from app.config import Settings
        from app.errors import SettingsError
    except ImportError:
        return
    try:
        Settings.from_environment(_told(wish))
    except SettingsError as error:
        raise DeployError(
            f"The service would not start: {error.message}.", "Put it right in .env."
        ) from error


def _told(wish: Wish) -> dict[str, str]:
    there = stored_names(wish)
    told = dict(wish.settings.plain)
    for name, value in wish.settings.secrets.items():
        kept = (
            wish.cloud.secret(secret_name(wish, name))
            if value is None and secret_name(wish, name) in there
            else None
        )
        told[name] = value or kept or _STANDS_FOR.get(name, "")
    if wish.sql:
        told["DATABASE_URL"] = _DATABASE
    return told
