"""Count what one strategy alert passes through: files, and calls from file to file, until the broker is told.

`python -m benchmarks.alert_path` prints a markdown table: folders, loops between rooms, source files, and the
files entered and the calls across files from the webhook's view, what stands before every view left out, to
`broker.submit` at the paper broker; of the store, what is asked of it until the answer. The clock has
looked once, as in every server a second after its start: until then an alert looks for interrupted ones too.
"""
# ruff: noqa: T201  # its result is what it prints

import ast
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from app import create_app
from app.config import Settings
from benchmarks.counting import CountingSqliteStore

APP = Path(sys.modules["app"].__file__ or "").parent
SECRET = "a-secret-for-the-benchmark"  # noqa: S105  # nothing but this process knows it
VIEW = ("blueprints/webhook.py", "receive_alert")
ALERT = {
    "secret": SECRET,
    "symbol": "AAPL",
    "strategy_order_id": "long",
    "strategy_order_action": "buy",
    "strategy_order_contracts": 1,
    "strategy_order_price": 190.5,
}


@dataclass
class Followed:
    """What was entered until the broker was told."""

    files: Counter[str] = field(default_factory=Counter)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    store: Counter[str] = field(default_factory=Counter)
    is_begun: bool = False
    is_over: bool = False

    def follow(self, frame: FrameType, event: str, _: Any) -> None:
        """Take note of a call within the application (a profiler's hook)."""
        if event != "call" or self.is_over:
            return
        entered = _file(frame)
        self.is_begun = self.is_begun or (entered, frame.f_code.co_name) == VIEW
        if entered is None or not self.is_begun:
            return
        self.files[entered] += 1
        left = _file(frame.f_back) if frame.f_back is not None else None
        if left is not None and left != entered:
            self.calls[left, entered] += 1
        if frame.f_code.co_name == "submit" and entered.startswith("brokers/"):
            self.is_over = True


def main() -> None:
    """Measure and print."""
    followed = follow_alert()
    rooms = list(rooms_and_imports())
    print("| measured | figure |\n|---|---:|")
    print(f"| folders with code | {len({path.parent for path in APP.rglob('*.py')})} |")
    print(f"| source files | {sum(1 for _ in APP.rglob('*.py'))} |")
    print(f"| loops between rooms | {len(loops(rooms))} |")
    print(f"| files from webhook to submit | {len(followed.files)} |")
    print(f"| calls across files | {sum(followed.calls.values())} |")
    asked = ", ".join(f"{name} {count}" for name, count in followed.store.most_common())
    print(f"| calls to the store, to the answer ({asked}) | {followed.store.total()} |")
    for loop in loops(rooms):
        print(f"\nA loop: {', '.join(loop)}")
    if "--calls" in sys.argv:
        for (left, entered), count in sorted(followed.calls.items()):
            print(f"{count:4} {left} -> {entered}")


def follow_alert() -> Followed:
    """Post one alert to a fresh application and follow it; the second one, as the first fills caches."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment(
            {"DATABASE_PATH": f"{folder}/x.sqlite3", "WEBHOOK_SECRET": SECRET, "OPERATOR_TOKEN": SECRET[::-1]}
        )
        store = CountingSqliteStore(settings.database_path)
        client = create_app(settings, store=store).test_client()
        followed = Followed()
        client.post("/tasks/tick", headers={"Authorization": f"Bearer {SECRET[::-1]}"})
        client.post("/webhook", json=ALERT | {"strategy_order_comment": "first"})
        store.start_afresh()
        sys.setprofile(followed.follow)
        try:
            answer = client.post("/webhook", json=ALERT)
        finally:
            sys.setprofile(None)
        if not followed.is_over:
            sys.exit(f"The alert came to no broker: {answer.get_data(as_text=True)}")
        followed.store = store.calls
        return followed


def rooms_and_imports() -> Iterator[tuple[str, str]]:
    """Yield which room imports which; a room is a folder of `app` or of `app/services`, or a loose file."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "app":
                for alias in node.names:
                    yield room_of(path), room_of(_source(f"{node.module}.{alias.name}"))


def loops(imports: list[tuple[str, str]]) -> list[list[str]]:
    """Return the groups of rooms of which each can be reached from each."""
    known: dict[str, set[str]] = defaultdict(set)
    for room, other in imports:
        known[room].add(other)
    reach = {room: _reach(known, room) for room in known}
    groups = {
        tuple(sorted({room} | {other for other in reach[room] if room in reach.get(other, set())}))
        for room in known
    }
    return sorted(list(group) for group in groups if len(group) > 1)


def _reach(known: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [room for room in known[start] if room != start]
    while waiting:
        room = waiting.pop()
        if room not in found:
            found.add(room)
            waiting += known.get(room, set())
    return found


def room_of(path: Path) -> str:
    """Return the room of a source file."""
    first, *rest = path.relative_to(APP).parts
    return f"{first}/{rest[0]}" if first == "services" and len(rest) > 1 else first


def _source(name: str) -> Path:
    """Return the file in which a name is, as well as imports can tell."""
    path = APP.parent.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return _source(name.rpartition(".")[0])


def _file(frame: FrameType | None) -> str | None:
    if frame is None:
        return None
    name = frame.f_code.co_filename
    return name.removeprefix(f"{APP}/") if name.startswith(f"{APP}/") else None


if __name__ == "__main__":
    main()
