"""Whole files in a bucket, beside its documents: backups and what is archived."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from app.errors import NotFound, StoreUnavailable
from app.storage.gcs_transport import Absent, BucketTransport, Moved

# What is in memory of a file that is being written; a multiple of 256 KiB.
CHUNK_BYTES = 4 * 1024 * 1024
# A chunk takes longer than a document.
TIMEOUT_SECONDS = 30


class BucketFiles:
    """The files of one bucket, by name; a file is there when it is whole, and never written over."""

    def __init__(self, bucket_name: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._transport = BucketTransport(bucket_name, timeout_seconds=timeout_seconds)

    @property
    def bucket_name(self) -> str:
        """Whose files they are."""
        return self._transport.name

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """Give what a file is written to, piece by piece; where the block fails there is no file."""
        try:
            with self._transport.calling(f"write {name}", Moved):
                blob = self._transport.bucket().blob(name)
                with blob.open(
                    "wb",
                    chunk_size=CHUNK_BYTES,
                    ignore_flush=True,
                    content_type="application/octet-stream",
                    if_generation_match=0,
                    **self._transport.patience,
                ) as stream:
                    yield stream
        except Moved as error:
            raise StoreUnavailable(f"Bucket {self.bucket_name} has {name} already.") from error

    def put(self, name: str, content: bytes) -> None:
        """Write a small file under a name of its writer's own: one that is taken was written before."""
        with suppress(Moved), self._transport.calling(f"write {name}", Moved):
            blob = self._transport.bucket().blob(name)
            blob.upload_from_string(
                content, "application/gzip", if_generation_match=0, **self._transport.patience
            )

    def fetch(self, name: str, path: Path) -> None:
        """Write a file of the bucket to the disk; raise NotFound."""
        try:
            with self._transport.calling(f"read {name}", Absent):
                self._transport.bucket().blob(name).download_to_filename(path, **self._transport.patience)
        except Absent as error:
            raise NotFound(f"Bucket {self.bucket_name} has no {name}.") from error

    def names(self, prefix: str) -> list[str]:
        """Return the names of files that begin so, in order."""
        options: dict[str, Any] = {"fields": "items(name),nextPageToken"} | self._transport.patience
        with self._transport.calling("list files"):
            return [blob.name for blob in self._transport.bucket().list_blobs(prefix=prefix, **options)]

    def delete(self, name: str) -> None:
        """Remove a file; one that is gone is left as it is."""
        with suppress(Absent), self._transport.calling(f"delete {name}", Absent):
            self._transport.bucket().blob(name).delete(**self._transport.patience)

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()
