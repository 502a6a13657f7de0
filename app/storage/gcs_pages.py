"""Pages of a bucket's objects from the last name down, which a bucket itself can only list upwards."""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from app.domain.ticket_terms import Wanted
from app.storage.base import Document, Page
from app.storage.terms import carries, page_of

Listed = tuple[str, int]
# So many objects are looked at for a page, and for so long: whoever waits is told where to go on.
MOST_READ = 2000
MOST_SECONDS = 2.0
BATCH = 64


class BucketPages:
    """Folder after folder backwards, each listed by name; objects are read until the page is full.

    `folders` names what lies directly under a prefix, ending with a slash; `names` lists a folder in order;
    `fetch` reads a batch. There is no index: what few tickets carry is looked for in one after the other.
    """

    def __init__(
        self,
        folders: Callable[[str], Sequence[str]],
        names: Callable[[str], Iterator[Listed]],
        fetch: Callable[[tuple[Listed, ...]], Iterator[Document | None]],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = folders
        self._names = names
        self._fetch = fetch
        self._seconds = seconds

    def page(self, prefix: str, *, terms: Wanted, before: str, since: str, limit: int) -> Page:
        """Return a page; one that read as much as it may is short and says where to go on."""
        found: list[Document] = []
        ends = self._seconds() + MOST_SECONDS
        read, names = 0, self._backwards(prefix, before, since)
        size = BATCH if terms else min(BATCH, limit + 1)
        while len(found) <= limit and (batch := tuple(islice(names, size))):
            documents = (item for item in self._fetch(batch) if item is not None)
            found += [item for item in documents if carries(item, terms)]
            read += len(batch)
            is_enough = read >= MOST_READ or (bool(terms) and self._seconds() >= ends)
            if is_enough and len(found) <= limit:
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
