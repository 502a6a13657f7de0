"""Schemathesis in one process for several runs: to begin takes it as long as much of what it does.

`python -m tests.contract.asking` reads a run from each line, as JSON, and answers with a line.
"""

import json
import os
import sys
from contextlib import redirect_stdout
from io import StringIO

import schemathesis.cli

from tests.contract import hooks


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
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(**json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
