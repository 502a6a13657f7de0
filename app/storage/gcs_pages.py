"""Pages of a bucket's objects from the last name down, which a bucket itself can only list upwards."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from app.storage.base import Document, Page
from app.storage.terms import carries, page_of

Listed = tuple[str, int]
# Reading this many objects takes a few seconds where none was read before.
MOST_READ = 2000
BATCH = 64


class BucketPages:
    """Folder after folder backwards, each listed by name; objects are read until the page is full.

    `folders` names what lies directly under a prefix, ending with a slash; `names` lists a folder in order;
    `fetch` reads a batch.
    """

    def __init__(
        self,
        folders: Callable[[str], Sequence[str]],
        names: Callable[[str], Iterator[Listed]],
        fetch: Callable[[tuple[Listed, ...]], Iterator[Document | None]],
    ) -> None:
        self._folders = folders
        self._names = names
        self._fetch = fetch

    def page(self, prefix: str, *, terms: Sequence[str], before: str, since: str, limit: int) -> Page:
        """Return a page; one that read as much as it may is short and says where to go on."""
        found: list[Document] = []
        read, names = 0, self._backwards(prefix, before, since)
        size = BATCH if terms else min(BATCH, limit + 1)
        while len(found) <= limit and (batch := tuple(islice(names, size))):
            documents = (item for item in self._fetch(batch) if item is not None)
            found += [item for item in documents if carries(item, terms)]
            read += len(batch)
            if read >= MOST_READ and len(found) <= limit:
                return Page(tuple(found), batch[-1][0])
        return page_of(found, limit)

    def _backwards(self, prefix: str, before: str, since: str) -> Iterator[Listed]:
        for folder in sorted(self._folders(prefix), reverse=True) or [prefix]:
            # A folder ends before `since` where that is a key behind all of its own.
            if (not before or folder < before) and (folder >= since or since.startswith(folder)):
                listed = list(self._names(folder))
                yield from (
                    item for item in reversed(listed) if (not before or item[0] < before) and item[0] >= since
                )
