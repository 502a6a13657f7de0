import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from click import Context
from jsonschema_rs import Draft202012Validator

from app.blueprints.envelope import CODES as HTTP_CODES
from app.brokers.alpaca.environment import BUNDLES
from app.config import Settings
from app.domain.gates import GATES
from app.domain.reasons import Reason
from app.domain.signals import Dialect
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import AppError
from app.parsing import environment_names
from app.schemas.alerts import dialect_of
from app.schemas.body import read_object
from app.schemas.reading import read_signal
from docs.generate import ROOT

pytestmark = pytest.mark.unit

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)")
OPTION = re.compile(r"\b[A-Z]{1,6}\d{6}[CP]\d{8}\b")
BLOCK = re.compile(r"^```(?:json)?\n(\{.*?^\})\n```", re.MULTILINE | re.DOTALL)
PLACEHOLDERS = {
    "{{ticker}}": "BTCUSD",
    "{{exchange}}": "COINBASE",
    "{{interval}}": "15",
    "{{timenow}}": "2026-06-02T14:22:00Z",
    "{{strategy.order.id}}": "Breakout LE",
    "{{strategy.order.action}}": "buy",
    "{{strategy.order.contracts}}": "0.05",
    "{{strategy.order.price}}": "64340.15",
    "{{strategy.market_position}}": "long",
    "{{strategy.market_position_size}}": "0.05",
    "{{strategy.prev_market_position}}": "flat",
    "{{strategy.prev_market_position_size}}": "0",
}


def _errors(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _errors(below)


CODES = {reason.value for reason in Reason} | {kind.code for kind in _errors(AppError)}
CODES |= {*HTTP_CODES.values(), "HTTP_ERROR"}
# Names of the same shape that are no codes: our settings, what other programs and tests read, and symbols.
SETTINGS = {name for field in fields(Settings) for name in environment_names(field)}
OF_OTHERS = {
    *BUNDLES,
    "GOOGLE_CLOUD_PROJECT",
    "POSTGRES_PASSWORD",
    "TEST_DATABASE_URL",
    "FUZZ_EXAMPLES",
    "BAJAJ_AUTO",
    "M_M",
}


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _anchors(page) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {name.strip().replace(" ", "-") for name in words}


WRITTEN = [page for page in PAGES if "Written by `make docs`" not in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_when_written_by_hand_then_it_is_short(page):
    assert len(page.read_text(encoding="utf-8").splitlines()) < 250


def test_index_when_read_then_it_is_short_and_leads_to_every_page():
    index = _text("docs/README.md")
    named = {path for path, _ in LINK.findall(index)}

    assert len(index.splitlines()) < 12
    assert named == {page.name for page in ROOT.glob("docs/*.md")} - {"README.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_when_it_links_then_the_target_is_there(page):
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not anchor or anchor in _anchors(target), anchor


@pytest.mark.parametrize(
    "pages", [["README.md"], ["docs/alerts.md", "docs/options.md"]], ids=["readme", "docs"]
)
def test_page_when_it_shows_alerts_then_each_is_understood(pages):
    text = "\n".join(_text(page) for page in pages)
    for name, value in PLACEHOLDERS.items():
        text = text.replace(name, value)
    alerts = [read_object(block.encode()) for block in BLOCK.findall(text)]
    understood = [read_signal(dialect_of(alert), alert).dialect for alert in alerts if "symbol" in alert]

    assert {Dialect.STRATEGY, Dialect.BRIDGE, Dialect.OPTION} <= set(understood)


def test_readme_when_it_makes_a_key_then_no_two_orders_share_it():
    bridge = next(block for block in BLOCK.findall(_text("README.md")) if "fund_id" in block)
    alert = read_object(bridge.encode())

    parts = {"exchange", "ticker", "interval", "strategy.order.action", "strategy.order.id", "timenow"}
    parts |= {"strategy.order.contracts", "strategy.market_position_size"}
    assert alert["idempotency_key"].startswith(alert["strategy_id"] + "-")
    assert set(re.findall(r"{{([\w.]+)}}", alert["idempotency_key"])) == parts


def test_readme_when_its_message_is_the_key_then_no_two_orders_share_it():
    strategy = next(block for block in BLOCK.findall(_text("README.md")) if "{{strategy.market" in block)

    assert set(PLACEHOLDERS) == set(re.findall(r"{{[\w.]+}}", strategy))


def test_page_when_it_shows_calls_then_the_api_takes_each(operator):
    shown = _text("docs/operating.md") + _text("docs/trading.md")
    calls = re.findall(r"^curl -s -X (\w+) http://[^/]+(/\S+) .*-d '(.+)'$", shown, re.MULTILINE)
    statuses = [
        operator.open(path, method=method, data=body, headers={"If-Match": "*"}).status_code
        for method, path, body in calls
    ]

    assert statuses == [200] * 6


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_when_it_names_a_command_then_there_is_one(app, page):
    named = re.findall(r"\bflask ((?:[a-z][a-z-]+)(?: [a-z][a-z-]+)?)", page.read_text(encoding="utf-8"))
    for words in (name.split() for name in named):
        command = app.cli.get_command(Context(app.cli), words[0])
        assert command is not None, words
        assert words[1:] == [] or words[1] in getattr(command, "commands", words), words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_when_it_names_a_code_then_the_code_exists(page):
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)[`=]", page.read_text(encoding="utf-8")))

    assert named - CODES - SETTINGS - OF_OTHERS == set()


def test_gates_when_listed_then_they_stand_in_their_order():
    named = re.findall(r"^\| \w+ \| `(\w+)` \| [A-Z]", _text("docs/reasons.md"), re.MULTILINE)

    assert named == [gate.name for group in GATES for gate in group.gates]


def test_symbols_when_listed_then_they_are_read_as_the_table_says():
    table = _text("docs/alerts.md").partition("## Symbols")[2].partition("## Bots")[0]
    for names, meaning in re.findall(r"^\| (`[^|]+) \| ([^|]+) \|$", table, re.MULTILINE):
        for name in re.findall(r"`([^`]+)`", names):
            assert _meaning(name) in meaning, name


def test_options_when_pages_show_them_then_they_have_not_expired():
    shown = {name for page in ("docs/alerts.md", "README.md") for name in OPTION.findall(_text(page))}

    assert shown
    today = datetime.now(UTC).date()
    assert [name for name in shown if parse_symbol(name).option.expiry < today] == []


def _meaning(name: str) -> str:
    try:
        instrument = parse_symbol(name)
    except SymbolRefused as refused:
        return refused.code
    return "future" if instrument.asset_class.value == "future" else f"`{instrument.symbol}`"


def test_readme_when_it_shows_an_answer_then_it_has_the_shape_of_the_document(operator):
    document = operator.get("/api/openapi.json").json
    shown = [json.loads(block) for block in BLOCK.findall(_text("README.md"))]
    answer = next(block for block in shown if "ticket" in block)
    schema = {"components": document["components"], "$ref": "#/components/schemas/AlertAnswer"}
    Draft202012Validator(schema).validate(answer)


def test_design_when_it_names_a_file_or_folder_then_it_is_there():
    named = re.findall(r"`((?:app|tests|docs)/[\w/.]+)`", _text("docs/design.md"))

    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_design_when_the_rooms_are_listed_then_they_are_those_of_the_house():
    table = _text("docs/design.md").partition("| room of")[2].partition("\n\n")[0]
    rooms = {path.name for path in (ROOT / "app/services").iterdir() if (path / "__init__.py").exists()}

    assert {
        name for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for name in _names(row)
    } == rooms


def _names(cell: str) -> list[str]:
    return [name.rstrip("/") for name in re.findall(r"`([^`]+)`", cell)]


def test_design_when_the_clock_is_listed_then_every_task_stands_there(services):
    table = _text("docs/design.md").partition("## The clock")[2].partition("##")[0]
    listed = set(re.findall(r"^\| ([a-z][a-z ]+) \|", table, re.MULTILINE)) - {"task"}

    assert {task.name for task in services.supervisor.tasks} <= listed


def test_design_when_the_keys_are_listed_then_every_repository_stands_there():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "app/repositories").glob("*.py")]
    keys = {
        key for source in sources for key in re.findall(r'^(?:PREFIX|KEY) = "([^"]+)"', source, re.MULTILINE)
    }
    page = _text("docs/design.md")
    rows = re.findall(r"^\| (`[^`]+`) \|", page.partition("## What is kept")[2], re.MULTILINE)

    assert len(rows) == len(set(rows)) >= len(keys) > 15
    assert [key for key in sorted(keys) if f"| `{key}" not in page] == []
