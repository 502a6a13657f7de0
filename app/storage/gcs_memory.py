"""Objects that were read before: a generation never changes what it holds."""

import threading
from collections import OrderedDict

MOST_OBJECTS = 5_000
LARGEST_BYTES = 64_000


class Memory:
    """The contents that were read last, by key and generation; safe for threads."""

    def __init__(self) -> None:
        self._contents: OrderedDict[str, tuple[int, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, key: str, generation: int) -> bytes | None:
        """Return what an object held in a generation, if it was read."""
        with self._lock:
            known = self._contents.get(key)
            if known is None or known[0] != generation:
                return None
            self._contents.move_to_end(key)
            return known[1]

    def keep(self, key: str, generation: int, content: bytes) -> None:
        """Remember what was read; the largest and the oldest are let go."""
        if len(content) > LARGEST_BYTES:
            return
        with self._lock:
            self._contents[key] = (generation, content)
            self._contents.move_to_end(key)
            while len(self._contents) > MOST_OBJECTS:
                self._contents.popitem(last=False)
