"""The store that holds the state."""

from app.config import Settings, StateHome
from app.repositories.unfinished_copies import refuse_unfinished
from app.storage.base import Store

# One process serves a bucket. Where another one does as well, while a deployment replaces it, what it puts
# into an empty folder is seen so much later.
EMPTY_SECONDS = 10


def open_store(settings: Settings, *, whole: bool = True) -> Store:
    """Open the store that holds the state; an SDK is imported only where it is used.

    Raise SettingsError where it holds an unfinished copy, unless it need not be `whole`.
    """
    store = _opened_store(settings)
    if whole:
        try:
            refuse_unfinished(store, settings.state_home.setting)
        except BaseException:
            store.close()
            raise
    return store


def open_token_store(settings: Settings) -> Store | None:
    """Open the bucket that keeps brokers' tokens beside a database; None where they lie with all else."""
    if settings.state_home is not StateHome.DATABASE or settings.gcs_bucket_name is None:
        return None
    from app.storage.gcs import GcsStore

    return GcsStore(settings.gcs_bucket_name, timeout_seconds=float(settings.store_timeout_seconds))


def _opened_store(settings: Settings) -> Store:
    timeout = float(settings.store_timeout_seconds)
    if settings.database_url is not None:
        from app.storage.postgres import PostgresStore

        size = settings.database_connections
        return PostgresStore(settings.database_url, timeout_seconds=timeout, connections=size)
    if settings.gcs_bucket_name is not None:
        from app.storage.gcs import GcsStore

        return GcsStore(settings.gcs_bucket_name, timeout_seconds=timeout, empty_seconds=EMPTY_SECONDS)
    from app.storage.sqlite import SqliteStore

    return SqliteStore(settings.database_path, timeout_seconds=timeout)
