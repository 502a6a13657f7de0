"""`python -m tests.simulators.gcloud …` is gcloud on the state in the file that GCLOUD_STATE names."""

import json
import os
import sys
from pathlib import Path

from tests.simulators.gcloud.stand_in import StandIn


def main() -> int:
    path = Path(os.environ["GCLOUD_STATE"])
    gcloud = StandIn(json.loads(path.read_text(encoding="utf-8")))
    answer = gcloud(sys.argv[1:], sys.stdin.read())
    if gcloud.changes:
        # Only changes are written: what only asks runs beside others.
        path.write_text(json.dumps(gcloud.state), encoding="utf-8")
    sys.stdout.write(answer.output)
    sys.stderr.write(answer.complaint)
    return answer.code


if __name__ == "__main__":
    sys.exit(main())
