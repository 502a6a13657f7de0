"""A warm process is one of its own, and is told of as a fresh one is."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.warm.process import PIPE, Source, begin, run

pytestmark = pytest.mark.integration

WAIT = "import sys; print('here', flush=True); sys.stdin.readline()"


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@pytest.fixture
def waiting():
    with begin(program(WAIT), stdin=PIPE, stdout=PIPE, text=True, start_new_session=True) as process:
        assert process.stdout.readline() == "here\n"
        yield process


@pytest.mark.parametrize(
    ("text", "code"),
    [("pass", 0), ("raise SystemExit(3)", 3), ("1 / 0", 1), ("import os; os.kill(os.getpid(), 9)", -9)],
)
def test_run_when_a_program_ends_then_it_is_told_how(text, code):
    assert run(program(text)).returncode == code == subprocess.run(program(text), check=False).returncode


def test_run_when_it_writes_then_both_streams_are_kept_apart():
    done = run(program("import sys; print('out'); print('err', file=sys.stderr)"))

    assert (done.stdout, done.stderr) == ("out\n", "err\n")


def test_run_when_it_takes_too_long_then_it_is_killed():
    with pytest.raises(subprocess.TimeoutExpired):
        run(program("import time; time.sleep(60)"), timeout_seconds=0.05)


@pytest.mark.parametrize("command", [["-m", "tests.warm.told", "a", "b"], ["tests/warm/told.py", "a", "b"]])
def test_program_when_it_is_a_module_or_a_file_then_it_is_the_main_one_each_time(command):
    environment = {"PATH": os.environ["PATH"], "GIVEN": "to it"}
    whole = [sys.executable, *command]
    warm = [run(whole, env=environment).stdout for _ in range(2)]
    fresh = subprocess.run(whole, env=environment, capture_output=True, text=True, check=True).stdout

    assert warm == [fresh, fresh]


def test_process_when_it_goes_on_then_it_has_a_session_of_its_own_and_no_end(waiting):
    assert waiting.poll() is None
    assert os.getsid(waiting.pid) == waiting.pid != os.getpid()
    waiting.stdin.write("go on\n")
    waiting.stdin.flush()

    assert waiting.wait(60) == 0


def test_process_when_its_group_is_killed_then_that_is_its_end(waiting):
    os.killpg(waiting.pid, signal.SIGKILL)

    assert waiting.wait(60) == waiting.poll() == -signal.SIGKILL


def test_process_when_a_file_of_another_one_is_open_then_it_has_none_of_it(waiting):
    told = run(program("import os; print(len(os.listdir('/proc/self/fd')))"))

    # Its three streams, and the folder that it reads.
    assert told.stdout == "4\n"


def test_processes_when_many_threads_begin_some_then_each_gets_its_own():
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda number: run(program(f"print({number})")).stdout, range(24)))

    assert told == [f"{number}\n" for number in range(24)]


def test_source_when_we_are_gone_then_it_leaves_nobody_behind():
    source = Source()
    ending, theirs = os.pipe()
    request = {
        "words": ["-c", "import time; time.sleep(60)"],
        "environment": {},
        "folder": ".",
        "session": True,
    }
    with Path(os.devnull).open() as nothing:
        pid = source.fork(request, [nothing.fileno()] * 3 + [theirs])
    source._channel.close()
    source._process.wait(60)
    os.close(theirs)
    os.close(ending)

    assert not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_text()
