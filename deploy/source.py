"""What the image is built from, as one short name: the same files, the same image."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from deploy.known_settings import ROOT

_FILES = ("Dockerfile", "main.py", "requirements.txt")
_FOLDER = "app"
_DASHBOARD = "app/dashboard"
_DIGITS = 12


def source_tag(root: Path = ROOT) -> str:
    """Return a tag that changes with any file that goes into the image."""
    digest = hashlib.sha256()
    for name in sorted([*_FILES, *_files_in(root)]):
        content = (root / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return f"source-{digest.hexdigest()[:_DIGITS]}"


def _files_in(root: Path) -> Iterator[str]:
    """Yield what .dockerignore lets in: of the dashboard the build, and what serves it."""
    for folder, below, files in os.walk(root / _FOLDER):
        place = Path(folder).relative_to(root).as_posix()
        is_dashboard = place == _DASHBOARD
        below[:] = [name for name in below if _is_kept(name, is_dashboard=is_dashboard)]
        yield from (f"{place}/{name}" for name in files if not is_dashboard or name.endswith(".py"))


def _is_kept(folder: str, *, is_dashboard: bool) -> bool:
    return folder == "dist" if is_dashboard else folder != "__pycache__"
