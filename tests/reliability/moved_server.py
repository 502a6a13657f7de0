"""The server with what only a torture has: a clock that can be moved, and a paper broker that fails.

`python -m tests.reliability.moved_server` serves as `main.py` does. The file that TORTURE_FILE names says by
how many seconds the clock is ahead, and how many of the paper desk's calls are struck.
"""

import json
import os
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "tests.reliability.moved_server")
TORTURE_FILE = "TORTURE_FILE"
# Where the faults that struck the paper desk are counted, one a line, over every kill.
STRUCK_SUFFIX = ".struck"


@dataclass(slots=True)
class Torment:
    """What the file says at this moment; whoever torments writes it, the server reads it."""

    file: Path
    _seen: int = 0
    _values: dict[str, float] = field(default_factory=dict)

    def write(self, **changes: float) -> None:
        """Change some of it at once."""
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.values() | changes))
        new.replace(self.file)

    def values(self) -> dict[str, float]:
        """Return what was written last."""
        try:
            changed = self.file.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if changed != self._seen:
            self._values, self._seen = json.loads(self.file.read_text()), changed
        return self._values

    def now(self) -> datetime:
        """Return the moved time."""
        return datetime.now(UTC) + timedelta(seconds=self.values().get("ahead", 0))

    @property
    def share(self) -> float:
        """How many of the paper desk's calls are struck."""
        return self.values().get("share", 0)

    def strike(self, kind: str) -> None:
        """Count a fault."""
        with self.file.with_suffix(STRUCK_SUFFIX).open("a") as struck:
            struck.write(f"{kind}\n")

    def struck(self) -> list[str]:
        """Return the faults that struck."""
        file = self.file.with_suffix(STRUCK_SUFFIX)
        return file.read_text().split("\n")[:-1] if file.exists() else []


def main() -> None:
    """Serve with the moved clock and the failing paper broker."""
    import app
    import main as entry
    from app.brokers.registry import BROKERS
    from tests.reliability.faulty_paper import FaultyPaper

    torment = Torment(Path(os.environ[TORTURE_FILE]))
    paper = BROKERS["paper"]

    def build(settings: Any, parts: Any) -> Any:
        return FaultyPaper(paper.build(settings, parts), torment)

    BROKERS["paper"] = replace(paper, build=build)
    app.create_app = partial(app.create_app, clock=torment.now)
    entry.main()


if __name__ == "__main__":
    main()
