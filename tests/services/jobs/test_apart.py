"""Work in a process of its own: what comes back, and how it ends with whoever asked for it."""

import os
import pickle
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.errors import RequestRefused
from app.services.jobs.apart import ROOT, run_apart
from app.services.jobs.progress import JobStopped
from app.services.jobs.service import WEIGHT

pytestmark = pytest.mark.integration


def silent(_done: int, _total: int) -> None:
    """Take no note."""


@dataclass
class Sum:
    """Adds up, and prints meanwhile."""

    count: int

    def __call__(self, tell):
        for number in range(self.count):
            print("noise", number)  # noqa: T201  # what must not be taken for an answer
            tell(number, self.count)
        return {"sum": sum(range(self.count)), "process": os.getpid(), "weight": os.nice(0)}


@dataclass
class Fail:
    """Ends in one of the ways in which work can."""

    how: str

    def __call__(self, _tell):
        if self.how == "dies":
            os._exit(3)
        raise RequestRefused("There is nothing.") if self.how == "refuses" else KeyError("boom")


@dataclass
class Endless:
    """Goes on, and says where it is."""

    mark: Path

    def __call__(self, tell):
        self.mark.write_text(str(os.getpid()), encoding="utf-8")
        while True:
            time.sleep(0.05)
            tell(1, 2)


def wait_for(truth, seconds: float = 300) -> bool:
    deadline = time.monotonic() + seconds
    while not truth() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(truth())


def is_running(mark: Path) -> bool:
    with suppress(ProcessLookupError):
        os.kill(int(mark.read_text(encoding="utf-8")), 0)
        return True
    return False


def test_work_when_it_is_done_then_its_outcome_comes_from_a_process_that_gives_way():
    heard = []
    outcome = run_apart(Sum(100_000), lambda done, total: heard.append((done, total)))

    assert outcome["sum"] == 4_999_950_000
    assert outcome["process"] != os.getpid()
    assert outcome["weight"] >= min(WEIGHT, os.nice(0) + 1)
    assert heard[-1] == (100_000, 100_000)


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ("refuses", RequestRefused, "There is nothing."),
        ("fails", RuntimeError, "boom"),
        ("dies", RuntimeError, "3"),
    ],
)
def test_work_when_it_comes_to_nothing_then_it_is_said_why(how, error, words):
    with pytest.raises(error, match=words):
        run_apart(Fail(how), silent)


def test_work_when_it_shall_go_no_further_then_its_process_ends(tmp_path):
    mark = tmp_path / "process"

    def stop(_done, _total):
        if mark.exists() and mark.read_text(encoding="utf-8"):
            raise JobStopped

    with pytest.raises(JobStopped):
        run_apart(Endless(mark), stop)

    assert not is_running(mark)


def test_work_when_whoever_asked_is_gone_then_it_ends_by_itself(tmp_path):
    mark = tmp_path / "process"
    process = subprocess.Popen(
        [sys.executable, "-m", "app.services.jobs.apart"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    process.stdin.write(pickle.dumps(Endless(mark)))
    process.stdin.close()
    assert wait_for(lambda: mark.exists() and mark.read_text(encoding="utf-8"))
    process.stdout.close()

    assert wait_for(lambda: process.poll() is not None)
