"""Where the state is; what that is asked for all over the house is answered here."""

from enum import Enum


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
