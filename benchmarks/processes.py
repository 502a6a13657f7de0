"""What a server's processes use, as Linux counts it."""

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
# Places in /proc/<pid>/stat behind the command's closing parenthesis.
PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM = 1, 11, 12, 13, 14


def process_tree(pid: int) -> list[int]:
    """Return a process and everything that descends from it."""
    parents = {child: int(fields[PARENT]) for child, fields in _all_processes()}
    tree = [pid]
    for member in tree:
        tree += [child for child, parent in parents.items() if parent == member]
    return tree


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process tree, ended children included."""
    counted = (USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM)
    stats = (_fields(member) for member in process_tree(pid))
    return sum(int(fields[place]) for fields in stats for place in counted) / TICKS


def memory_megabytes(pid: int) -> list[dict[str, float]]:
    """Return `Rss` and `Pss` of each process in a tree; the sum of `Pss` counts shared pages once."""
    return [_rollup(member) for member in process_tree(pid)]


def _rollup(pid: int) -> dict[str, float]:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    rows = (line.split() for line in lines if line.startswith(("Rss:", "Pss:")))
    return {name.rstrip(":"): int(kilobytes) / 1024 for name, kilobytes, _ in rows}


def _all_processes() -> Iterator[tuple[int, list[str]]]:
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), _fields(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue


def _fields(pid: int) -> list[str]:
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
