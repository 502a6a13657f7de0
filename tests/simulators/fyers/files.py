"""The symbol master as it is downloaded, whole or spoilt."""

from collections.abc import Callable

from tests.simulators.fyers.faults import HTML, PAGE, error
from tests.simulators.fyers.master import Master
from tests.simulators.loopback.messages import Answer

NARROW_COLUMNS = 18
TEXT, JSON = {"Content-Type": "text/csv"}, {"Content-Type": "application/json"}
ANSWERS = {
    "html": Answer(200, PAGE, HTML),
    "error": error(-1, "Internal server error", 500),
    "missing": error(404, "Not Found", 404),
    "empty": Answer(200, b"", TEXT),
}
MODES = frozenset({"good", "truncated", "narrow", *ANSWERS})


def spoilt(make: Callable[[], bytes], mode: str, headers: dict[str, str]) -> Answer:
    """Return a file as a mode has it: "truncated" ends in the middle of a row."""
    if mode in ANSWERS:
        return ANSWERS[mode]
    content = make()
    return Answer(200, content[: len(content) // 3] if mode == "truncated" else content, headers)


def csv(master: Master, mode: str) -> Answer:
    return spoilt(lambda: narrow(master.as_csv()) if mode == "narrow" else master.as_csv(), mode, TEXT)


def twin(master: Master, mode: str) -> Answer:
    return spoilt(master.as_json, mode, JSON)


def narrow(content: bytes) -> bytes:
    """Drop the reserved columns, as files before 2024 had none."""
    rows = content.decode().splitlines()
    return "".join(",".join(row.split(",")[:NARROW_COLUMNS]) + "\n" for row in rows).encode()
