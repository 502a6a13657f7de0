"""cloudbuild.yaml: what a trigger does with each push, by the same flags as `make deploy`."""

from deploy.options import SERVICE
from deploy.rooms.service import STEADY_FLAGS

_HEAD = f"""\
# Written by `make docs` from deploy/: a new version of the code, where a trigger builds each push.
# `make deploy` comes first. It decides settings, secrets, database, network and how many instances there may
# be, and all that stays as it set it. docs/deployment.md says what the trigger's account needs.
substitutions:
  _REGION: us-central1
  _IMAGE: ${{_REGION}}-docker.pkg.dev/${{PROJECT_ID}}/{SERVICE}/{SERVICE}:${{BUILD_ID}}

steps:
  - id: build
    name: gcr.io/cloud-builders/docker
    args: [build, --tag, "${{_IMAGE}}", .]
  - id: push
    name: gcr.io/cloud-builders/docker
    args: [push, "${{_IMAGE}}"]
  - id: deploy
    name: gcr.io/google.com/cloudsdktool/cloud-sdk:slim
    entrypoint: gcloud
    args:
      - run
      - deploy
      - {SERVICE}
      - --image=${{_IMAGE}}
      - --region=${{_REGION}}
"""
_FOOT = """\

images: ["${_IMAGE}"]
options:
  dynamicSubstitutions: true
  logging: CLOUD_LOGGING_ONLY
"""


def cloud_build() -> str:
    """Return the file's text."""
    return _HEAD + "".join(f"      - {flag}\n" for flag in STEADY_FLAGS) + _FOOT
