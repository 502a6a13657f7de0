"""Schemathesis in one process for several runs: to begin takes it as long as much of what it does.

`python -m tests.contract.asking` reads a run from each line, as JSON, and answers with a line.
"""

import gc
import json
import os
import sys
from contextlib import redirect_stdout
from io import StringIO

import schemathesis.cli

from tests.contract import hooks

# Counted in objects, of which each request makes thousands; Python's own limit is 700.
MOST_YOUNG_OBJECTS = 50_000


def run(arguments: list[str], folder: str, known: dict[str, list[object]]) -> dict[str, object]:
    """Run it in a folder of its own, where it keeps what failed; return its exit code and its report."""
    os.chdir(folder)
    hooks.KNOWN.clear()
    hooks.KNOWN.update(known)
    report = StringIO()
    with redirect_stdout(report):
        try:
            code = schemathesis.cli.schemathesis.main(arguments, standalone_mode=False)
        except SystemExit as ended:
            code = ended.code
    return {"code": code, "report": report.getvalue()}


def main() -> None:
    """Answer until nobody asks any more.

    What was imported stays; to look for garbage in it again and again took a fourteenth of the time.
    """
    gc.freeze()
    gc.set_threshold(MOST_YOUNG_OBJECTS)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(**json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
