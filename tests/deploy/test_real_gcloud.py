"""An installed gcloud's parser takes every command line that is used; nothing is sent anywhere."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from docs.generate import ROOT
from tests.deploy.test_deploy import KEYS

pytestmark = pytest.mark.integration


@pytest.fixture
def library():
    """Return where the Google Cloud SDK lies."""
    found = shutil.which("gcloud")
    place = Path(found).resolve().parents[1] if found else Path()
    if not (place / "lib" / "googlecloudsdk").is_dir():
        pytest.skip("the Google Cloud SDK is not installed here")
    return place


def test_commands_when_gcloud_is_installed_then_its_parser_takes_them_all(deployer, library, tmp_path):
    use_everything(deployer)
    lines = {json.dumps(words) for words in deployer.gcloud.calls}
    bundled = next(library.glob("platform/bundledpython*/bin/python3"), "python3")
    environment = os.environ | {"CLOUDSDK_CONFIG": str(tmp_path), "PYTHONPATH": ""}
    done = subprocess.run(
        [bundled, str(Path(__file__).with_name("real_parser.py")), str(library)],
        input=f"[{','.join(sorted(lines))}]",
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert len(lines) > 60
    assert json.loads(done.stdout) == []


def use_everything(deployer):
    """Let every command come: first runs, later ones, changes, what is mended and what is given up."""
    deployer.state["instance_takes_long"] = True
    deployer("YES=1", "SQL=1", "EGRESS=1", said=KEYS)
    deployer("YES=1", "SQL=1", "EGRESS=1", said=KEYS)
    deployer.state["buckets"]["gs://demo-gatehouse"].clear()
    deployer("YES=1", "SQL=db-custom-2-7680", said=KEYS | {"PUBLIC_URL": "https://alerts.example.com"})
    deployer("YES=1", "EGRESS=0", said=KEYS)
    deployer("YES=1", said=KEYS | {"ALPACA_API_KEY": "another", "ALLOWED_SOURCE_IPS": "10.0.0.1,tradingview"})
