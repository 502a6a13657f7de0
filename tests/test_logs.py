import io
import json
import logging
import os
import threading
from decimal import Decimal

import pytest

from app.logs import (
    CloudFormatter,
    FewWarnings,
    LineFormatter,
    MaskSecrets,
    bind_request,
    carried,
    configure_logging,
    mask,
    read_trace,
    redact,
    register_secrets,
    release_request,
    request_context,
)
from app.logs.context import Trace
from app.logs.entries import LARGEST_ENTRY
from app.logs.shared_console import SharedConsole

pytestmark = pytest.mark.unit

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SECRET = 'open"sesame/42'


@pytest.fixture(autouse=True)
def _nothing_left_behind():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    release_request()
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture
def logged():
    register_secrets(SECRET)

    def log(formatter, message, *args, exc_info=None, extra=None):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        handler.addFilter(MaskSecrets())
        exception = (type(exc_info), exc_info, None) if exc_info else None
        fields = {
            "name": "app.trading",
            "levelno": logging.ERROR,
            "levelname": "ERROR",
            "exc_info": exception,
        }
        handler.handle(logging.makeLogRecord({**fields, "msg": message, "args": args, **(extra or {})}))
        return stream.getvalue()

    return log


def configure(**changes):
    settings = {
        "level": "INFO",
        "file": None,
        "file_level": "DEBUG",
        "cloud": False,
        "cloud_level": "WARNING",
    }
    configure_logging(**{**settings, "project": "gate", **changes})


@pytest.mark.parametrize(
    "key",
    [
        *(
            "secret",
            "token",
            "Token",
            "PASSWORD",
            "passphrase",
            "Authorization",
            "api_key",
            "apiKey",
            "X-Api-Key",
        ),
        *("X-BOT-SECRET", "X-Webhook-Secret", "access_token", "refresh_token", "client_secret", "cookie"),
        *("Set-Cookie", "auth_code", "ALPACA_SECRET_KEY", "APCA-API-KEY-ID", "pin", "fyers_pin", "appIdHash"),
    ],
)
def test_redact_when_a_key_names_a_secret_then_masks_its_value(key):
    assert redact({"a": [{key: "abc"}]}) == {"a": [{key: "***"}]}


@pytest.mark.parametrize("key", ["symbol", "idempotency_key", "client_order_id", "spin", "keyword", "author"])
def test_redact_when_a_key_is_harmless_then_keeps_its_value(key):
    assert redact({key: "abc"}) == {key: "abc"}


def test_redact_when_a_key_is_itself_a_secret_then_masks_it():
    register_secrets(SECRET)

    assert redact({SECRET: 1, "a": [{f"x{SECRET}": "text"}]}) == {"***": 1, "a": [{"x***": "text"}]}


@pytest.mark.parametrize("value", [None, True, 3, Decimal("0.1"), "text", [1, [2]], {"a": {"b": 1}}])
def test_redact_when_nothing_is_secret_then_equal(value):
    assert redact(value) == value


def test_redact_when_a_secret_is_nested_then_hides_all_of_it():
    assert redact({"credentials": {"user": "u", "key": "k"}}) == {"credentials": "***"}


def test_redact_when_tokens_are_counted_then_keeps_the_count():
    assert redact({"output_tokens": 12, "tokens": ["t"]}) == {"output_tokens": 12, "tokens": "***"}


def test_redact_when_called_then_leaves_the_original():
    alert = {"secret": "abc"}
    redact(alert)

    assert alert == {"secret": "abc"}


def test_redact_when_nested_without_end_then_stops():
    deep = []
    for _ in range(5000):
        deep = [deep]

    assert "***" in str(redact(deep))


def test_redact_when_a_number_is_not_json_then_a_string():
    assert redact([float("nan"), float("-inf")]) == ["nan", "-inf"]


@pytest.mark.parametrize(
    "text",
    [
        "GET /webhook?secret=hush1234&x=1",
        '{"token": "hush1234"',
        '{\\"token\\": \\"hush1234\\"}',
        "{'password': 'hush1234 hush1234'}",
        "Authorization: Bearer hush1234",
        "sent Bearer hush1234",
        "api_key=hush1234",
        "POST /webhook/hush1234/enter/main",
        "GET /webhook/hush1234/misspelt",
        "GET //webhook//hush1234?x=1",
        "GET /auth-callback?s=ok&code=hush1234&state=x",
        "GET https://api.example/x?s=ok&auth_code=hush1234&state=x",
        "GET /data?access_token=hush1234",
        '{"refresh_token": "hush1234"}',
        '{"appIdHash": "hush1234"}',
        "Authorization: APP-100:hush1234",
        "for https://gate.example: eyJhbGciOiJ.hush1234.seal_",
    ],
)
def test_mask_when_a_secret_stands_in_its_usual_place_then_hidden(text):
    assert "hush1234" not in mask(text)
    assert "***" in mask(text)


@pytest.mark.parametrize("text", [SECRET, "open%22sesame%2F42", json.dumps(SECRET)])
def test_mask_when_a_registered_secret_is_encoded_then_hidden(text, logged):
    assert "sesame" not in mask(f"before {text} after")


def test_mask_when_a_registered_value_is_short_then_kept():
    register_secrets("123")

    assert mask("order 12345 at 123") == "order 12345 at 123"


@pytest.mark.parametrize("formatter", [LineFormatter(), CloudFormatter("gate")])
def test_line_when_a_secret_is_logged_then_hidden_everywhere(formatter, logged):
    line = logged(
        formatter, "m %s", SECRET, exc_info=RuntimeError(SECRET), extra={"url": SECRET, "token": "t0k3n"}
    )

    assert "sesame" not in line
    assert "t0k3n" not in line


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\u202eb", "a\x00b", "a\ud800b"]
)
def test_line_when_text_has_control_characters_then_one_printable_line(text, logged):
    bind_request(text)
    line = logged(LineFormatter(), "x %s", text, extra={"ticket": text})

    assert line.endswith("\n")
    assert line[:-1].isprintable()


def test_line_when_an_exception_forges_an_entry_then_it_stays_behind_the_bar(logged):
    line = logged(
        LineFormatter(), "failed", exc_info=RuntimeError("x\n2026-01-01T00:00:00.000Z INFO all is well")
    )

    assert all(part.startswith("    | ") for part in line.splitlines()[1:])


def test_line_when_a_request_is_bound_then_names_it_and_the_ticket(logged):
    bind_request("r-1")
    line = logged(LineFormatter(), "ordered %s", "AAPL", extra={"ticket": "t-1"})

    assert line.endswith("Z ERROR    app.trading [r-1] ordered AAPL ticket=t-1\n")


def test_line_when_the_arguments_do_not_fit_then_no_error_reaches_the_caller(logged):
    assert "could not be formatted" in logged(LineFormatter(), "%d orders", "many")


def test_cloud_entry_when_a_request_is_bound_then_carries_its_trace(logged):
    bind_request("r-1", Trace(TRACE, SPAN, is_sampled=True))
    entry = json.loads(logged(CloudFormatter("gate"), "ordered", extra={"ticket": "t-1", "severity": "NONE"}))

    assert entry["logging.googleapis.com/trace"] == f"projects/gate/traces/{TRACE}"
    assert entry["logging.googleapis.com/spanId"] == SPAN
    assert entry["logging.googleapis.com/trace_sampled"] is True
    assert (entry["request_id"], entry["ticket"], entry["severity"]) == ("r-1", "t-1", "ERROR")


def test_cloud_entry_when_an_exception_is_logged_then_one_line_with_its_stack(logged):
    text = logged(CloudFormatter(None), "failed", exc_info=RuntimeError("why\nnot"))

    assert text.count("\n") == 1
    assert "RuntimeError: why\nnot" in json.loads(text)["stack_trace"]


@pytest.mark.parametrize(
    ("level", "severity"), [(5, "DEBUG"), (10, "DEBUG"), (25, "INFO"), (30, "WARNING"), (50, "CRITICAL")]
)
def test_cloud_entry_when_formatted_then_has_a_known_severity(level, severity):
    record = logging.makeLogRecord({"levelno": level, "msg": "m"})

    assert json.loads(CloudFormatter(None).format(record))["severity"] == severity


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({"X-Cloud-Trace-Context": f"{TRACE}/123;o=1"}, Trace(TRACE, f"{123:016x}", is_sampled=True)),
        ({"X-Cloud-Trace-Context": f"{TRACE}/{2**64 - 1};o=0"}, Trace(TRACE, "f" * 16)),
        ({"X-Cloud-Trace-Context": f"{TRACE}/{2**64};o=1"}, Trace(TRACE, None, is_sampled=True)),
        ({"X-Cloud-Trace-Context": f"{TRACE}/0"}, Trace(TRACE)),
        ({"X-Cloud-Trace-Context": f"{TRACE}/span;o=1"}, Trace(TRACE)),
        ({"X-Cloud-Trace-Context": TRACE.upper()}, Trace(TRACE)),
        ({"X-Cloud-Trace-Context": "0" * 32}, None),
        ({"traceparent": f"00-{TRACE}-{SPAN}-01"}, Trace(TRACE, SPAN, is_sampled=True)),
        ({"traceparent": f"00-{TRACE}-{SPAN}-00"}, Trace(TRACE, SPAN)),
        ({"traceparent": f"cc-{TRACE}-{SPAN}-03-more"}, Trace(TRACE, SPAN, is_sampled=True)),
        ({"traceparent": f"00-{TRACE}-{'0' * 16}-01"}, Trace(TRACE, None, is_sampled=True)),
        ({"traceparent": f"00-{'0' * 32}-{SPAN}-01"}, None),
        ({"X-Cloud-Trace-Context": "no", "traceparent": f"00-{TRACE}-{SPAN}-00"}, Trace(TRACE, SPAN)),
        ({"traceparent": f"00-{TRACE}\n-{SPAN}-01"}, None),
        ({}, None),
    ],
)
def test_trace_when_read_from_headers_then_only_if_well_formed(headers, trace):
    assert read_trace(headers.get) == trace


def test_work_when_another_thread_does_it_then_its_lines_keep_the_request():
    seen = []
    bind_request("r-1", Trace(TRACE))
    work = carried(lambda: seen.append(request_context().request_id))
    release_request()
    thread = threading.Thread(target=lambda: (work(), seen.append(request_context().request_id)))
    thread.start()
    thread.join()

    assert seen == ["r-1", None]


@pytest.mark.parametrize("letter", ["x", '"', "\\", "\n", "é", "𝄞", "\u202e"])
@pytest.mark.parametrize("where", ["message", "traceback", "a field", "many fields", "a record"])
def test_cloud_entry_when_it_would_be_too_large_then_it_is_cut_and_stays_json(logged, letter, where):
    text, extra, trouble = letter * 300_000, {"ticket": "t-1"}, None
    if where == "traceback":
        trouble = RuntimeError(text + "the end")
    elif where == "a field":
        extra["words"] = text
    elif where == "many fields":
        extra |= {f"field{number}": text[:20_000] for number in range(60)}
    elif where == "a record":
        extra["request"] = {"rows": [text[:1000]] * 300}
    line = logged(CloudFormatter("gate"), text if where == "message" else "m", exc_info=trouble, extra=extra)
    entry = json.loads(line)

    assert len(line.encode()) <= LARGEST_ENTRY + 1
    assert (entry["severity"], entry["ticket"]) == ("ERROR", "t-1")
    if where == "traceback":
        assert entry["stack_trace"].endswith("the end")


def test_cloud_entry_when_a_field_is_no_json_then_the_rest_is_written(logged):
    class Broken:
        def __str__(self):
            raise RuntimeError

    entry = json.loads(logged(CloudFormatter(None), "m", extra={"ticket": "t-1", "odd": Broken()}))

    assert (entry["message"], entry["ticket"], entry["left_out"]) == ("m", "t-1", "RuntimeError: no JSON")


def test_console_when_local_then_lines_from_its_level(capsys):
    configure(level="warning")
    logging.getLogger("app.x").info("quiet")
    logging.getLogger("app.x").warning("loud")

    assert capsys.readouterr().out.endswith("Z WARNING  app.x loud\n")


def test_console_when_in_the_cloud_then_json_from_the_cloud_level(capsys):
    configure(cloud=True, cloud_level="WARNING")
    logging.getLogger("app.x").info("quiet")
    logging.getLogger("app.x").warning("loud")

    assert json.loads(capsys.readouterr().out)["message"] == "loud"


def test_console_when_processes_write_long_lines_at_once_then_each_stays_whole():
    read, write = os.pipe()
    lines = SharedConsole(os.fdopen(write, "w"))
    children = []
    for letter in "ab":
        child = os.fork()
        if child == 0:
            for _ in range(20):
                lines.emit(logging.makeLogRecord({"msg": letter * 100_000}))
            os._exit(0)
        children.append(child)
    lines.stream.close()
    with os.fdopen(read) as pipe:
        written = pipe.read().splitlines()
    for child in children:
        os.waitpid(child, 0)
    lines.close()

    assert sorted(written) == ["a" * 100_000] * 20 + ["b" * 100_000] * 20


def test_console_when_configured_twice_then_each_line_once(capsys):
    configure()
    configure()
    logging.getLogger("app.x").info("once")

    assert capsys.readouterr().out.count("once") == 1


def test_file_when_set_then_has_its_own_level(tmp_path, capsys):
    configure(file=tmp_path / "new" / "gatehouse.log", file_level="DEBUG", level="ERROR")
    logging.getLogger("app.x").debug("detail")

    assert "detail" in (tmp_path / "new" / "gatehouse.log").read_text()
    assert "detail" not in capsys.readouterr().out


def test_file_when_it_cannot_be_opened_then_the_console_says_so(tmp_path, capsys):
    configure(file=tmp_path)

    assert "LOG_FILE cannot be opened" in capsys.readouterr().out


def test_libraries_when_configured_then_do_not_chatter():
    configure(level="DEBUG")

    assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.INFO)


def test_warnings_when_there_are_too_many_then_few_pass_and_the_rest_is_counted():
    few, passed = FewWarnings(2), []
    for second in (0, 1, 2, 3, 61):
        record = logging.LogRecord("server", logging.WARNING, "", 0, "bad %s", ("line",), None)
        record.created = 1000.0 + second
        if few.filter(record):
            passed.append(record.getMessage())

    assert passed == ["bad line", "bad line", "bad line (2 more like this were left out before)"]


def test_errors_when_there_are_many_then_all_pass():
    few = FewWarnings(0)
    errors = [logging.LogRecord("server", logging.ERROR, "", 0, "bad", (), None) for _ in range(5)]

    assert all(few.filter(error) for error in errors)
