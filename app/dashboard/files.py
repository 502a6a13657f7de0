"""The files of a build: read once, compressed once, and read again where a new build replaced them."""

import gzip
import hashlib
import mimetypes
from pathlib import Path

from app.dataclass import dataclass

BUILD = Path(__file__).parent / "dist"
# Below this a network packet is not saved.
WORTH_COMPRESSING = 1400
TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".ico": "image/x-icon"}
_TEXT_KINDS = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file as it is sent: whole, and compressed where that is worth it."""

    content: bytes
    compressed: bytes | None
    content_type: str
    digest: str


class BuiltFiles:
    """What stands under a folder; nothing outside of it can be named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[tuple[int, int], BuiltFile]] = {}

    def find(self, name: str) -> BuiltFile | None:
        """Return a file by its path from the folder, None where there is none."""
        # A path, not the name, is the key: `./` before a name must not make another file of it.
        path = self._folder / name
        is_name = ".." not in path.parts and "\0" not in name
        is_inside = is_name and path.resolve().is_relative_to(self._folder.resolve())
        if not is_inside or not path.is_file():
            return None
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = self._known[path] = (stamp, _read(path))
        return known[1]


def _read(path: Path) -> BuiltFile:
    content = path.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_text = kind.startswith(_TEXT_KINDS)
    compressed = gzip.compress(content, mtime=0) if is_text and len(content) > WORTH_COMPRESSING else None
    told = f"{kind}; charset=utf-8" if is_text else kind
    return BuiltFile(content, compressed, told, hashlib.sha256(content).hexdigest()[:32])
