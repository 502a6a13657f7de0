import json
import re
from dataclasses import fields
from functools import cache

import pytest
from dotenv import dotenv_values

from app.blueprints.api.openapi.document import routes
from app.config import Settings
from app.domain.bots import BotConfiguration
from app.domain.reasons import Reason
from app.parsing import environment_names
from app.schemas.bot import BotSchema
from app.schemas.bot_pairs import read_pairs
from docs.generate import PAGES, ROOT

pytestmark = pytest.mark.unit


@cache
def written(path: str) -> str:
    """Write a page once: many tests look at a line of it."""
    return PAGES[path]()


def _requests(items) -> list[dict]:
    return [found for item in items for found in _requests(item.get("item", [])) or [item]]


@pytest.fixture
def collection():
    return json.loads((ROOT / "docs/gatehouse.postman_collection.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(PAGES))
def test_page_when_compared_with_the_code_then_it_is_not_stale(path):
    assert (ROOT / path).read_text(encoding="utf-8") == written(path), "run `make docs`"


def test_setting_when_declared_then_docs_and_example_have_it():
    page, example = written("docs/settings.md"), written(".env.example")

    for item in fields(Settings):
        assert all(f"`{name}`" in page for name in environment_names(item)), item.name
        assert f"\n#{item.name.upper()}=" in example


def test_example_when_every_line_is_taken_then_it_says_the_defaults(tmp_path):
    lines = written(".env.example").replace("\n#", "\n").splitlines()
    file = tmp_path / ".env"
    file.write_text("\n".join(line for line in lines if "=" in line and line.split("=")[0].isupper()))

    values = {name: value or "" for name, value in dotenv_values(file).items()}
    assert len(values) == len(fields(Settings))
    assert Settings.from_environment(values) == Settings()


def test_example_when_read_as_it_is_then_nothing_is_set():
    assert dotenv_values(ROOT / ".env.example") == {}


def test_bots_page_when_a_default_is_shown_then_the_schema_takes_it():
    page = written("docs/bots.md")
    shown = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| `([^`]+)` \|", page, re.MULTILINE))
    pairs = tuple(f"{name}={default}" for name, default in shown.items())

    assert BotConfiguration(**BotSchema().load(read_pairs(pairs))) == BotConfiguration()


def test_reasons_when_listed_then_every_code_is_there_once():
    page = written("docs/reasons.md")

    assert all(f"| `{reason.value}` | {reason.meaning} |" in page for reason in Reason)


def test_collection_when_compared_with_the_url_map_then_every_route_has_a_request(app, collection):
    requests = [item["request"] for item in _requests(collection["item"])]
    sent = {(item["method"], "/" + "/".join(item["url"]["path"])) for item in requests}
    served = {(method.upper(), path.replace("{", ":").replace("}", "")) for path, method, _ in routes(app)}

    assert sent == served


def test_collection_when_read_then_it_holds_no_secret(collection):
    variables = {item["key"]: item["value"] for item in collection["variable"]}

    assert (variables["webhook_secret"], variables["operator_token"]) == ("", "")
    assert "v2.1.0" in collection["info"]["schema"]


def test_collection_when_an_alert_is_sent_then_it_carries_the_webhook_secret(collection):
    alerts = next(folder for folder in collection["item"] if folder["name"] == "Alerts")

    for item in alerts["item"]:
        body = json.loads(item["request"]["body"]["raw"])
        assert body["secret"] == "{{webhook_secret}}"
        assert item["request"]["auth"] == {"type": "noauth"}
