"""Where the state is; what that is asked for all over the house is answered here."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.config.settings import Settings


class StateHome(Enum):
    """What keeps the state: a file beside the process, a bucket, or a database that machines share."""

    FILE = "DATABASE_PATH"
    BUCKET = "GCS_BUCKET_NAME"
    DATABASE = "DATABASE_URL"

    @property
    def setting(self) -> str:
        """The setting that names it."""
        return self.value

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, whose disk is then its owner's and lasts."""
        return self is StateHome.FILE

    @property
    def is_shared(self) -> bool:
        """Whether several processes may serve one account over it.

        In a bucket no object takes two writes in a second, and nothing there excludes another process: one
        process serves all, counts in its memory and looks seldom.
        """
        return self is not StateHome.BUCKET


def log_folder(settings: "Settings") -> Path | None:
    """Return where the journals go; None in a cloud, where disks are memory, unless a folder is asked for."""
    in_cloud = settings.gcs_bucket_name is not None or (
        settings.use_cloud_logging and not settings.state_home.is_local
    )
    if settings.log_dir is not None or in_cloud:
        return settings.log_dir
    return settings.database_path.parent / "logs"
