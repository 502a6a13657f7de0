"""What the house is built by: imports run one way, one SDK has one file, no route is left open."""

import ast
import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import chain, pairwise
from pathlib import Path

import pytest
from werkzeug.routing import PathConverter, UUIDConverter

from app import create_app
from app.brokers.registry import BROKERS
from app.config import Settings
from app.domain.reasons import Reason
from app.wiring.container import EXTENSION

ROOT = Path(__file__).parents[1]


def sources():
    for folder, inner, names in chain(os.walk(ROOT / "app"), os.walk(ROOT / "deploy")):
        # Packages of the dashboard's build are not ours, and too many to look at.
        inner[:] = sorted(set(inner) - {"node_modules"})
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))
    yield ROOT / "main.py"


SOURCES = [path.relative_to(ROOT).as_posix() for path in sources()]

LONGEST_FILE = 300
LONGEST_FUNCTION = 40

# Who may import what of ours; the first pattern that fits a file counts. None: everything.
ANYTHING = None
ADAPTERS_KNOW = (
    "app.brokers.base",
    "app.brokers.parts",
    "app.brokers.structure_desk",
    "app.clock",
    "app.domain",
    "app.errors",
)
RULES = {
    "main.py": ANYTHING,
    # Runs without the application's packages: it reads the settings' source, and asks them only where it can.
    "deploy/*": {"app.config", "app.errors"},
    "app/__init__.py": {"app.application"},
    "app/application.py": ANYTHING,
    "app/server.py": ANYTHING,
    "app/wiring/*": {
        "app.wiring",
        "app.services",
        "app.repositories",
        "app.schemas",
        "app.brokers",
        "app.storage",
        "app.domain",
        "app.clock",
        "app.ticket_ids",
        "app.config",
        "app.errors",
        "app.logs",
        "app.parsing",
        "app.version",
    },
    "app/parsing.py": set(),
    "app/dataclass.py": set(),
    "app/starting.py": set(),
    "app/cli/*": ANYTHING,
    "app/domain/*": {"app.domain"},
    "app/schemas/*": {"app.schemas", "app.brokers.registry", "app.domain", "app.errors"},
    "app/repositories/*": {
        "app.repositories",
        "app.clock",
        "app.domain",
        "app.errors",
        "app.storage.base",
    },
    "app/clock.py": set(),
    "app/ticket_ids.py": {"app.domain"},
    "app/services/*": {
        "app.services",
        "app.clock",
        "app.ticket_ids",
        "app.repositories",
        "app.domain",
        "app.errors",
        "app.logs",
        "app.brokers.base",
        "app.brokers.structure_desk",
        "app.storage.base",
    },
    **{
        f"app/brokers/{name}/*": {f"app.brokers.{name}", *ADAPTERS_KNOW, *more}
        for name, more in {"alpaca": (), "fyers": (), "paper": ("app.storage.base",)}.items()
    },
    "app/brokers/__init__.py": set(),
    "app/brokers/base.py": {"app.brokers.structure_desk", "app.domain"},
    "app/brokers/structure_desk.py": {"app.domain"},
    "app/brokers/parts.py": {"app.brokers.base", "app.domain", "app.storage.base"},
    "app/brokers/registry.py": {"app.brokers"},
    "app/storage/*": {"app.storage", "app.domain", "app.errors"},
    "app/blueprints/*": {
        "app.blueprints",
        "app.clock",
        "app.repositories",
        "app.services",
        "app.schemas",
        "app.domain",
        "app.errors",
        "app.logs",
        "app.config",
        "app.wiring.container",
        "app.version",
        "app.brokers.base",
        "app.storage.base",
    },
    "app/dashboard/*": {
        "app.dashboard",
        "app.blueprints",
        "app.wiring.container",
        "app.schemas",
        "app.domain",
        "app.errors",
    },
    "app/logs/*": {"app.logs"},
    "app/config/*": {"app.config", "app.brokers.registry", "app.parsing", "app.errors"},
    "app/first_start.py": {"app.config", "app.errors"},
    "app/errors/*": {"app.errors"},
    "app/version.py": set(),
}

# What every file may know.
ANYWHERE = {"app.dataclass", "app.starting"}

# Whose file an SDK is, or whose files a framework is.
HOMES = {
    "alpaca": ["app/brokers/alpaca/transport.py"],
    "websockets": ["app/brokers/alpaca/streams_connection.py"],
    "fyers_apiv3": ["app/brokers/fyers/transport.py"],
    "openai": ["app/services/analyst/model_api.py"],
    "google.cloud": ["app/storage/gcs_transport.py"],
    "google.api_core": ["app/storage/gcs_transport.py"],
    # Credentials of the bucket's client, and tokens that others show: two halves of one package.
    "google.auth": ["app/storage/gcs_transport.py", "app/services/schedulers/google_tokens.py"],
    "psycopg": [f"app/storage/postgres_{name}.py" for name in ("connection", "session", "statements")],
    "cryptography": ["app/services/sharing/sealing.py", "app/services/chat/discord_signature.py"],
    "slack_sdk": ["app/services/chat/slack_signature.py"],
    "prometheus_client": ["app/services/observability/metrics.py"],
    "apprise": ["app/services/observability/notifier.py"],
    "flask": [
        "app/application.py",
        "app/wiring/container.py",
        "app/blueprints/*",
        "app/dashboard/*",
        "app/cli/*",
    ],
}
# Where a broker may be called by its name: its package; what logs in at Fyers; defaults and examples.
KNOW_BROKERS = {
    "alpaca": ["app/brokers/alpaca/capabilities.py"],
    "fyers": ["app/brokers/fyers/capabilities.py", "app/wiring/brokers.py", "app/wiring/background.py"],
    "paper": [
        "app/brokers/paper/capabilities.py",
        "app/config/settings.py",
        "app/services/trading/context.py",
        "app/cli/__init__.py",
        "app/cli/paper.py",
        "app/blueprints/api/openapi/operations.py",
    ],
}
# What every adapter does, and what one does that speaks through an SDK: each in a file of that name.
EVERY_ADAPTER = {"broker", "capabilities", "legs", "mapping", "market_data", "order_checks", "receipts"}
ADAPTER_WITH_SDK = {"normalisation", "orders", "outcomes", "payload", "session", "symbols", "transport"}
SDKS = {"alpaca", "fyers_apiv3", "openai", "google", "apprise"}

# Who talks to the store itself: everybody else asks a repository, and writes changes that one made.
KNOW_STORE = ["app/repositories/*", "app/storage/*", "app/brokers/paper/*"]
WITHOUT_KEYS = {"apply", "upkeep", "ping", "close"}
# Where a stored key may be spelt beside app/repositories: stores index tickets, a setting names an object.
KNOW_KEYS = {
    "tickets/": "app/domain/ticket_terms.py",
    "inbox/": "app/storage/terms.py",
    "tokens/fyers": "app/config/settings.py",
}
REPOSITORIES = "app/repositories/"
# Records that stand alone share this folder; each is spelt in full in its own file.
SINGLE_RECORDS = "state/"

# The only blueprints that may let everybody in.
PUBLIC_BLUEPRINTS = {"health", "dashboard", "login_callback", "approvals", "sign_in", "shares"}
GUARD_HOUSES = {f"app.blueprints.{name}" for name in ("authentication", "sources", "chat_signatures")}
SECRET = "a-secret-that-nobody-presents"


def imports(tree, *, at_start_only=False):
    """Yield the full names that a module imports, without what stands in functions if asked."""
    for node in ast.iter_child_nodes(tree):
        if at_start_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node, at_start_only=at_start_only)


@cache
def tree_of(file):
    """Parse a file when a test asks for it: whoever only collects the tests needs none."""
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


@cache
def nodes(tree):
    """Return whatever is in a tree: to walk through it takes longer than to look at what was found."""
    return list(ast.walk(tree))


@cache
def imported(file, *, at_start_only=False):
    return list(imports(tree_of(file), at_start_only=at_start_only))


@cache
def texts(file):
    return {node.value for node in nodes(tree_of(file)) if isinstance(node, ast.Constant)}


def offenders(files, faults):
    """Return what each file does that it may not."""
    found = {file: list(faults(file)) for file in files}
    return {file: wrong for file, wrong in found.items() if wrong}


def is_within(name, packages):
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


@pytest.mark.unit
def test_file_when_it_imports_ours_then_only_what_its_place_may_know():
    assert offenders(SOURCES, forbidden_imports) == {}


def forbidden_imports(file):
    rule = next(rule for pattern, rule in RULES.items() if fnmatch(file, pattern))
    ours = [name for name in imported(file) if is_within(name, ["app"]) or name.startswith(".")]
    return [name for name in ours if rule is not ANYTHING and not is_within(name, rule | ANYWHERE)]


@pytest.mark.unit
@pytest.mark.parametrize("package", HOMES)
def test_package_when_it_has_a_home_then_nobody_else_imports_it(package):
    importers = [file for file in SOURCES if any(is_within(name, [package]) for name in imported(file))]

    assert [file for file in importers if not any(fnmatch(file, home) for home in HOMES[package])] == []


@pytest.mark.unit
@pytest.mark.parametrize("sdk", sorted(SDKS - {"google"} | {"google.cloud"}))
def test_sdk_when_imported_then_by_one_file_alone(sdk):
    importers = [file for file in SOURCES if any(is_within(name, [sdk]) for name in imported(file))]

    assert len(importers) == 1


@pytest.mark.unit
@pytest.mark.parametrize("broker", BROKERS)
def test_adapter_when_it_plays_a_role_then_its_file_has_the_name_of_the_role(broker):
    has_sdk = any(home.startswith(f"app/brokers/{broker}/") for homes in HOMES.values() for home in homes)
    roles = EVERY_ADAPTER | (ADAPTER_WITH_SDK if has_sdk else set())

    assert {role for role in roles if f"app/brokers/{broker}/{role}.py" not in SOURCES} == set()


def classes(file):
    named = (node for node in nodes(tree_of(file)) if isinstance(node, ast.ClassDef))
    return {node.name for node in named if node.name != "Meta" and not node.name.startswith("_")}


@pytest.mark.unit
def test_class_when_its_name_stands_twice_then_it_is_one_role_in_two_adapters():
    places = {}
    for file in SOURCES:
        for name in classes(file):
            places.setdefault(name, []).append(file)
    twice = {name: files for name, files in places.items() if len(files) > 1}

    assert {name: files for name, files in twice.items() if not is_one_role(files)} == {}


def is_one_role(files):
    return all(fnmatch(file, "app/brokers/*/*") for file in files) and len({Path(f).name for f in files}) == 1


@pytest.mark.unit
@pytest.mark.parametrize("broker", BROKERS)
def test_broker_when_added_then_nobody_else_knows_its_name(broker):
    knowing = [file for file in SOURCES if broker in texts(file)]

    assert [file for file in knowing if not any(fnmatch(file, home) for home in KNOW_BROKERS[broker])] == []


def called(tree):
    """Yield what is called as `…owner.name(…)`: the owner's last name and the name."""
    for node in nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield getattr(owner, "attr", getattr(owner, "id", "")).lstrip("_"), node.func.attr


@pytest.mark.unit
def test_file_when_it_is_no_repository_then_it_reads_and_writes_no_keys():
    others = [file for file in SOURCES if not any(fnmatch(file, pattern) for pattern in KNOW_STORE)]

    assert offenders(others, lambda file: asked_of_the_store(file) - WITHOUT_KEYS) == {}


def asked_of_the_store(file):
    return {name for owner, name in called(tree_of(file)) if owner == "store"}


def stored_keys():
    """Return what app/repositories spells as stored keys, or as beginnings of them."""
    found = {text for file in SOURCES if file.startswith(REPOSITORIES) for text in texts(file)}
    return {text for text in found if re.fullmatch(r"[a-z_]+/[a-z_-]*", str(text))} | {"tickets/"}


@pytest.mark.unit
def test_stored_key_when_it_is_spelt_then_in_one_file_alone():
    places = {key: spelling(key) for key in stored_keys()}

    assert len(places) > 20
    assert {key: files for key, files in places.items() if len(files) > 1} == {}
    assert [file for files in places.values() for file in files if not file.startswith(REPOSITORIES)] == []


def spelling(key):
    """Return the files that spell a stored key, or what begins as it does."""
    begins = key if key.startswith(SINGLE_RECORDS) else key.partition("/")[0] + "/"
    return [
        file
        for file in SOURCES
        if any(str(text).startswith(begins) for text in texts(file)) and KNOW_KEYS.get(key) != file
    ]


@pytest.mark.unit
def test_lock_when_it_is_held_then_its_name_is_spelt_by_the_locks_alone():
    assert [file for file in SOURCES if ("locks", "hold") in called(tree_of(file))] == []


MODULES = {file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in SOURCES}


def room_of(name):
    """Return whose a name is: a folder of app or app/services with all below it, or a loose file."""
    parts = name.split(".")
    while ".".join(parts) not in MODULES:
        parts.pop()
    return ".".join(parts[: 3 if parts[1:2] == ["services"] else 2])


def rooms():
    """Return which rooms each room imports, and one file of its that does."""
    graph = {}
    for module, file in MODULES.items():
        for name in (name for name in imported(file) if is_within(name, ["app"])):
            graph.setdefault(room_of(module), {}).setdefault(room_of(name), file)
    return graph


def loop_in(graph):
    """Return the steps of a loop, each with the file that takes it; nothing where there is none."""
    try:
        TopologicalSorter({room: set(others) - {room} for room, others in graph.items()}).prepare()
    except CycleError as error:
        loop = error.args[1][::-1]
        return [f"{one} -> {other} in {graph[one][other]}" for one, other in pairwise(loop)]
    return []


@pytest.mark.unit
def test_rooms_when_they_import_each_other_then_without_a_loop():
    assert loop_in(rooms()) == []


@pytest.mark.unit
def test_loop_when_there_is_one_then_it_is_shown_step_by_step():
    graph = {"one": {"two": "one/a.py", "one": "one/b.py"}, "two": {"one": "two/c.py"}, "three": {"one": "3"}}

    assert sorted(loop_in(graph)) == ["one -> two in one/a.py", "two -> one in two/c.py"]


@pytest.mark.unit
def test_file_when_loaded_then_imports_no_sdk():
    assert offenders(SOURCES, sdks_at_the_start) == {}


def sdks_at_the_start(file):
    return [name for name in imported(file, at_start_only=True) if is_within(name, SDKS)]


# One compares at each step of a backtest, the other not at all, which is said to the library.
OTHER_DATACLASSES = {"app/domain/backtest/tape.py", "app/schemas/meanings.py"}


@pytest.mark.unit
def test_dataclass_when_declared_then_its_functions_are_not_compiled_at_the_start():
    declaring = [file for file in SOURCES if "dataclasses.dataclass" in imported(file)]

    assert {file for file in declaring if file.startswith("app/")} == {"app/dataclass.py", *OTHER_DATACLASSES}


SERVICES = [file for file in SOURCES if file.startswith("app/services/")]


@pytest.mark.unit
def test_service_when_it_wants_an_ability_then_the_protocol_has_it():
    assert offenders(SERVICES, abilities_asked_for) == {}


def abilities_asked_for(file):
    calls = [node for node in nodes(tree_of(file)) if isinstance(node, ast.Call)]
    names = [ast.unparse(call) for call in calls if getattr(call.func, "id", None) in {"getattr", "hasattr"}]
    return [name for name in names if name.endswith(("')", "', None)"))]


GATEWAY = "app/services/broker_access/gateway.py"
ORDERS = {"submit", "cancel", "replace"}
# Who may speak to a broker about orders: the adapters about their own, and the gateway.
SPEAKERS = ("app/brokers/*", "app/services/broker_access/*")


def brokers_named(tree):
    """Collect the names that stand for a broker in a file: by what they are called, hinted or made from."""
    names = {"broker"}
    for node in nodes(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            kinds = {each.id for each in ast.walk(node.annotation) if isinstance(each, ast.Name)}
            if "Broker" in kinds:
                names.add(node.arg if isinstance(node, ast.arg) else last_name(node.target))
    for node in [*nodes(tree), *nodes(tree)]:  # twice: a name may be made from a later one
        if isinstance(node, ast.Assign) and is_broker(node.value, names):
            names |= {last_name(target) for target in node.targets}
        elif isinstance(node, ast.For | ast.comprehension) and is_broker(node.iter, names):
            names.add(last_name(node.target))
    return names


def last_name(node):
    """Return what stands last in `a.b.c`; nothing for any other expression."""
    if isinstance(node, ast.Name | ast.Attribute):
        return node.id if isinstance(node, ast.Name) else node.attr
    return ""


def is_broker(node, names):
    """Tell whether an expression is a broker, or all of them: one by name, or what the registry gives."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"get", "all"} and last_name(node.func.value) == "registry"
    return last_name(node) in names


@pytest.mark.unit
@pytest.mark.parametrize(
    "program",
    [
        "def f(broker): broker.submit(1)",
        "def f(one: Broker | None): one.cancel(1)",
        "def f(held): partial(held.broker.replace, 1)",
        "class A:\n    venue: Broker\n    def f(self): self.venue.submit(1)",
        "def f(self):\n    for each in self.registry.all(): each.cancel(1)",
        "def f(self):\n    first = self.registry.get('x')\n    second = first\n    second.submit(1)",
    ],
)
def test_rule_when_a_broker_is_told_something_then_it_is_found(program):
    assert list(spoken_to_brokers(ast.parse(program)))


def spoken_to_brokers(tree):
    """Yield the lines in which a broker is told to submit, cancel or replace, called at once or handed on."""
    names = brokers_named(tree)
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr in ORDERS and is_broker(node.value, names):
            yield node.lineno


@pytest.mark.unit
def test_broker_when_it_is_told_something_then_by_the_gateway():
    others = [file for file in SOURCES if not any(fnmatch(file, place) for place in SPEAKERS)]

    assert offenders(others, lambda file: spoken_to_brokers(tree_of(file))) == {}


@pytest.mark.unit
def test_dry_run_when_it_is_asked_for_then_in_the_gateway_alone():
    assert set(offenders(SERVICES, lambda file: lines_with(file, "dry_run"))) <= {GATEWAY}


@pytest.mark.unit
def test_service_when_it_waits_then_by_what_it_is_handed():
    # A file's lock is retried for a millisecond, which no clock of a test has to see.
    may_sleep = {"app/services/runtime/locks.py"}

    assert set(offenders(SERVICES, lambda file: lines_with(file, "sleep"))) <= may_sleep


def lines_with(file, name):
    return [node.lineno for node in nodes(tree_of(file)) if last_name(node) == name]


@pytest.mark.integration
def test_application_when_built_with_defaults_then_no_sdk_was_paid_for(tmp_path):
    program = "import sys; from app import create_app; create_app(); print(*sys.modules)"
    environment = {"DATABASE_PATH": str(tmp_path / "x.sqlite3"), "PYTHONPATH": str(ROOT)}
    built = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )

    assert {name.partition(".")[0] for name in built.stdout.split()} & {*SDKS, "psycopg", "requests"} == set()


@pytest.mark.unit
def test_file_when_measured_then_not_too_long():
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in SOURCES}

    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}


def functions(tree):
    return (node for node in nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.unit
def test_functions_when_measured_then_not_too_long():
    assert offenders(SOURCES, long_functions) == {}


def long_functions(file):
    lengths = {node.name: node.end_lineno - node.lineno + 1 for node in functions(tree_of(file))}
    return [f"{name}: {length}" for name, length in lengths.items() if length > LONGEST_FUNCTION]


@pytest.mark.unit
def test_reason_when_declared_then_docs_list_it_with_its_meaning():
    lines = (ROOT / "docs/reasons.md").read_text(encoding="utf-8").splitlines()
    rows = {tuple(line.split(" | ")[:2]) for line in lines}

    assert [each for each in Reason if (f"| `{each.value}`", each.meaning) not in rows] == []


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    environment = {
        "DATABASE_PATH": str(tmp_path_factory.mktemp("house") / "x.sqlite3"),
        "WEBHOOK_SECRET": SECRET,
        "OPERATOR_TOKEN": f"operator-{SECRET}",
    }
    app = create_app(Settings.from_environment(environment))
    yield app
    app.extensions[EXTENSION].observability.journal.close()
    app.extensions[EXTENSION].store.close()


def guards(app, blueprint):
    """The names of the authentication functions that a blueprint asks first."""
    asked = app.before_request_funcs.get(blueprint, [])
    return {guard.__name__ for guard in asked if guard.__module__ in GUARD_HOUSES}


def routes(app):
    """Every method and address, with something in the place of its variables."""
    address = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: sample(converter) for name, converter in rule._converters.items()}
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
            yield (
                rule.endpoint.rpartition(".")[0],
                method,
                address.build(rule.endpoint, values, method=method),
            )


def sample(converter):
    if isinstance(converter, UUIDConverter):
        return "00000000-0000-7000-8000-000000000000"
    return "paper/AAPL" if isinstance(converter, PathConverter) else "1"


@pytest.mark.unit
def test_blueprint_when_registered_then_names_its_authentication(app):
    assert {name for name in app.blueprints if not guards(app, name)} == set()


@pytest.mark.unit
def test_blueprint_when_public_then_it_is_one_of_few(app):
    assert {name for name in app.blueprints if "public" in guards(app, name)} <= PUBLIC_BLUEPRINTS


@pytest.mark.unit
def test_blueprint_when_it_takes_alerts_then_what_it_refuses_is_noted_at_the_door(app):
    taking = {name for name in app.blueprints if "allowed_source" in guards(app, name)}
    noting = {
        name: {kind.__name__ for kind, by in app.error_handler_spec[name][None].items() if notes(by)}
        for name in taking
    }

    assert {"webhook", "ideas"} <= taking
    assert {
        name for name in taking if not noting[name] >= {"AlertRefused", "NotFound", "StoreError"}
    } == set()


def notes(handler):
    return handler.__module__ == "app.blueprints.door"


@pytest.mark.unit
def test_route_when_registered_then_belongs_to_a_blueprint(app):
    assert {path for blueprint, _, path in routes(app) if not blueprint} == set()


@pytest.mark.unit
@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer wrong", f"Bearer {SECRET}", "Basic b3A6b3A="]
)
def test_route_when_nobody_has_logged_in_then_answers_401_or_refuses_the_alert(app, authorization):
    client = app.test_client()
    headers = {"Authorization": authorization} if authorization is not None else {}
    answered = {}
    for number, (blueprint, method, path) in enumerate(routes(app)):
        asked = guards(app, blueprint)
        if "public" not in asked:
            # Each from another address: who guesses at many doors from one is slowed down (429).
            caller = {"REMOTE_ADDR": f"10.0.0.{number}"}
            status = client.open(path, method=method, headers=headers, environ_overrides=caller).status_code
            refusals = {400, 401, 404} if "allowed_source" in asked else {401}
            answered[f"{method} {path}"] = status if status not in refusals else "refused"

    assert set(answered.values()) == {"refused"}, answered


@pytest.mark.unit
@pytest.mark.parametrize("path", ["/webhook", "/tradingview/webhook"])
@pytest.mark.parametrize("secret", [None, "", "wrong", 5, [SECRET], {"a": SECRET}, f"operator-{SECRET}"])
def test_alert_when_its_secret_is_wrong_then_401_and_nothing_is_stored(app, path, secret):
    alert = {"strategy_order_id": "long", "strategy_order_action": "buy", "symbol": "AAPL", "secret": secret}
    caller = {"REMOTE_ADDR": f"10.1.0.{len(path)}"}
    response = app.test_client().post(path, json=alert, environ_overrides=caller)

    assert response.status_code == 401
    assert list(app.extensions[EXTENSION].store.list("inbox/")) == []


@pytest.mark.unit
@pytest.mark.parametrize("path", ["/health", "/readyz"])
def test_public_route_when_asked_then_tells_no_secret_and_no_detail(app, path):
    answer = app.test_client().get(path)

    assert set(answer.json) <= {"status", "dry_run", "alpaca_paper"}
    assert SECRET not in answer.text
