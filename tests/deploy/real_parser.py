"""Run by gcloud's own Python: read command lines as JSON, print what its parser says against each."""

import contextlib
import io
import json
import sys

LIBRARY = sys.argv[1]
sys.path[:0] = [f"{LIBRARY}/lib", f"{LIBRARY}/lib/third_party"]

from googlecloudsdk import gcloud_main  # noqa: E402  # where it lies is known only now

parser = vars(gcloud_main.CreateCLI([]))["_CLI__parser"]
complaints = []
for words in json.load(sys.stdin):
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            parser.parse_args(words)
    except BaseException as error:  # noqa: BLE001  # it ends its process by several kinds of exception
        complaints.append([" ".join(words), f"{type(error).__name__}: {error}"])
json.dump(complaints, sys.stdout)
