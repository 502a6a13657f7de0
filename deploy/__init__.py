"""One command to Cloud Run, `make deploy`: it needs Python and gcloud, and no package."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # whoever deploys may have installed nothing
    sys.exit("Python 3.11 or newer is needed here: make deploy PYTHON=python3.12 …")
