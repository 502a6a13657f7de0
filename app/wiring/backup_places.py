"""Where backups go: a folder takes databases, a bucket takes lines, since it may have no disk before it."""

import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.clock import Clock
from app.config import Settings
from app.errors import InvalidRequest, StoreUnavailable
from app.repositories.everything import Everything
from app.services.observability.log_archive import LogArchive
from app.services.operator.backups import BackupPlace
from app.storage.backup_files import copy_database, draft_of, write_database, write_lines
from app.wiring.store_addresses import BUCKET, of_settings

if TYPE_CHECKING:
    from app.storage.gcs_files import BucketFiles

DRAFT_SECONDS = 24 * 60 * 60
FOLDER = "backups/"
DATABASE, LINES = ".sqlite3", ".jsonl.gz"


class FolderPlace:
    """Databases in a folder, which is made; the state's own file is copied as it is."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings

    @property
    def shown(self) -> str:
        """How people call it."""
        return str(self._folder)

    def write(self, name: str, everything: Everything) -> tuple[str, int]:
        """Write a database under a name that lacks its ending; return the whole name, and its documents."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"{self._folder} cannot be made: {error.strerror}.") from error
        self._clear()
        path = self._folder / f"{name}{DATABASE}"
        return path.name, write_file(path, everything, self._settings)

    def _clear(self) -> None:
        """Remove drafts of processes that were killed over them; a day is longer than one takes."""
        for draft in self._folder.glob(f"gatehouse-*{DATABASE}.*"):
            with suppress(OSError):
                if time.time() - draft.stat().st_mtime > DRAFT_SECONDS:
                    draft.unlink()

    def names(self) -> list[str]:
        """Return what lies there."""
        return sorted(path.name for path in self._folder.glob(f"*{DATABASE}"))

    def delete(self, name: str) -> None:
        """Remove a backup."""
        (self._folder / name).unlink(missing_ok=True)


class BucketPlace:
    """Compressed lines in a bucket's folder, written as they are read."""

    def __init__(self, bucket_name: str, source: str) -> None:
        from app.storage.gcs_files import BucketFiles

        self._files = BucketFiles(bucket_name)
        self._source = source

    @property
    def shown(self) -> str:
        """How people call it."""
        return f"gs://{self._files.bucket_name}/{FOLDER.rstrip('/')}"

    def write(self, name: str, everything: Everything) -> tuple[str, int]:
        """Write lines under a name that lacks its ending; return the whole name, and their documents."""
        whole = f"{name}{LINES}"
        with self._files.writing(f"{FOLDER}{whole}") as stream:
            return whole, write_lines(everything, stream, heading={"of": self._source})

    def names(self) -> list[str]:
        """Return what lies there."""
        return [name.removeprefix(FOLDER) for name in self._files.names(FOLDER)]

    def delete(self, name: str) -> None:
        """Remove a backup."""
        self._files.delete(f"{FOLDER}{name}")

    def fetch(self, name: str, path: Path) -> None:
        """Write a backup to the disk; raise NotFound."""
        self._files.fetch(f"{FOLDER}{name}", path)

    def close(self) -> None:
        """Close every connection."""
        self._files.close()


def write_file(path: Path, everything: Everything, settings: Settings) -> int:
    """Write one database; return how many documents it has."""
    with draft_of(path) as draft:
        if settings.state_home.is_local and settings.database_path.exists():
            return copy_database(settings.database_path, draft)
        return write_database(everything, draft)


def log_archive(settings: Settings, clock: Clock, owner: str) -> LogArchive | None:
    """Return the logs in the bucket; None where they lie in a folder, or there is no bucket."""
    bucket_name = settings.gcs_bucket_name
    if bucket_name is None or settings.log_folder is not None:
        return None

    @cache
    def files() -> "BucketFiles":
        from app.storage.gcs_files import BucketFiles

        return BucketFiles(bucket_name, timeout_seconds=float(settings.store_timeout_seconds))

    return LogArchive(lambda name, content: files().put(name, content), clock, owner)


def place_of(settings: Settings, text: str | None) -> BackupPlace:
    """Return the place that an address or a folder names; without one the settings' own."""
    named = text or settings.backup_to
    if named is None and settings.gcs_bucket_name is not None:
        named = f"gs://{settings.gcs_bucket_name}"
    if named is None:
        return FolderPlace(settings.database_path.parent / FOLDER, settings)
    bucket = BUCKET.fullmatch(named)
    if bucket is not None:
        return BucketPlace(bucket[1], of_settings(settings).shown)
    if "://" in named:
        raise InvalidRequest(f"{named} is no place for backups: name a folder, or gs://BUCKET.")
    return FolderPlace(Path(named), settings)
