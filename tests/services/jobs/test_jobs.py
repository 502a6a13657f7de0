"""Jobs in the row: run, told about, canceled, interrupted."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest

from app.domain.jobs import JobKind, JobState
from app.errors import JobOver, NotFound, RequestRefused, StoreUnavailable
from app.repositories.jobs import KEPT, StoredJobs
from app.services.jobs.service import Jobs, KindOfJob
from app.services.runtime.locks import ThreadLocks
from app.storage.memory import MemoryStore
from tests.builders import fresh_ticket_id
from tests.storage.cut_short import CutShort

pytestmark = pytest.mark.unit


class Steps:
    """A kind of job of some steps, each of which does something; `ran` says which jobs did how many."""

    def __init__(self, count: int = 3, each=lambda _step: None) -> None:
        self.count, self.each = count, each
        self.ran: list[int] = []

    def __call__(self, job, progress) -> dict:
        for step in range(self.count):
            progress(step, self.count)
            self.ran.append(step)
            self.each(step)
        return {"sum": sum(self.ran), **job.wanted}


@pytest.fixture
def jobs_of(store, clock):
    def make(kind, owner: str = "one", kept=store, **more) -> Jobs:
        locks = ThreadLocks(owner)
        kinds = {JobKind.REPLAY: KindOfJob(kind, **more)}
        return Jobs(StoredJobs(kept), kinds, clock=clock, locks=locks, new_id=fresh_ticket_id)

    return make


def state_of(jobs: Jobs, job) -> JobState:
    return next(each for each in jobs.every() if each.id == job.id).state


def test_job_when_it_is_run_then_its_result_is_kept(jobs_of):
    jobs = jobs_of(Steps())
    job = jobs.put(JobKind.REPLAY, {"bot": "swing"})
    jobs.run()
    (found,) = jobs.every()

    assert (found.state, found.done, found.total) == (JobState.DONE, 3, 3)
    assert (found.started_at, found.ended_at is not None) == (job.created_at, True)
    assert jobs.result(found) == {"sum": 3, "bot": "swing"}


def test_job_when_it_is_under_way_then_its_steps_are_told(jobs_of, clock):
    told = []

    def look(_step):
        told.append([(job.state, job.done, job.total) for job in jobs.every()])
        clock.move(seconds=3)

    jobs = jobs_of(Steps(2, look))
    jobs.put(JobKind.REPLAY, {})
    jobs.run()

    assert told == [[(JobState.RUNNING, 0, 2)], [(JobState.RUNNING, 1, 2)]]


def test_jobs_when_several_wait_then_one_runs_after_the_other_the_oldest_first(jobs_of, clock):
    order = []
    jobs = jobs_of(lambda job, _progress: order.append(job.wanted["name"]) or {})
    for name in "abc":
        jobs.put(JobKind.REPLAY, {"name": name})
        clock.move(seconds=1)
    for _ in range(3):
        jobs.run()

    assert order == ["a", "b", "c"]


def test_job_when_it_is_canceled_in_the_row_then_it_is_never_run(jobs_of):
    steps = Steps()
    jobs = jobs_of(steps)
    job = jobs.put(JobKind.REPLAY, {})
    jobs.cancel(job.id)
    jobs.run()

    assert (steps.ran, state_of(jobs, job)) == ([], JobState.CANCELED)


def test_job_when_it_is_canceled_while_it_runs_then_it_ends_after_its_step(jobs_of, clock):
    def cancel(_step):
        jobs.cancel(jobs.every()[0].id)
        clock.move(seconds=3)

    steps = Steps(5, cancel)
    jobs = jobs_of(steps)
    job = jobs.put(JobKind.REPLAY, {})
    jobs.run()

    assert (steps.ran, state_of(jobs, job)) == ([0], JobState.CANCELED)
    assert jobs.result(jobs.every()[0]) is None


def test_job_when_it_is_over_then_it_cannot_be_canceled(jobs_of):
    jobs = jobs_of(Steps())
    job = jobs.put(JobKind.REPLAY, {})
    jobs.run()

    with pytest.raises(JobOver, match="it is done"):
        jobs.cancel(job.id)
    with pytest.raises(NotFound):
        jobs.cancel("019aa1e8-0000-7000-8000-000000000000")


@pytest.mark.parametrize(
    ("error", "told"),
    [(RequestRefused("There is no model."), "There is no model."), (RuntimeError("boom"), "log")],
)
def test_job_when_it_fails_then_it_says_why_and_the_next_one_is_run(jobs_of, error, told):
    def fail(_step):
        raise error

    jobs = jobs_of(Steps(1, fail))
    jobs.put(JobKind.REPLAY, {})
    jobs.put(JobKind.REPLAY, {})
    jobs.run()
    jobs.run()

    assert [job.state for job in jobs.every()] == [JobState.FAILED] * 2
    assert told in jobs.every()[0].message


class Killed(BaseException):
    """The process is gone at this instant."""


def test_job_when_its_process_dies_then_it_is_interrupted_by_the_next_one(jobs_of, clock):
    def die(_step):
        raise Killed

    first, second = jobs_of(Steps(2, die), "one"), jobs_of(Steps(), "two")
    job = first.put(JobKind.REPLAY, {})
    clock.move(seconds=1)
    waiting = first.put(JobKind.REPLAY, {"name": "next"})
    with pytest.raises(Killed):
        first.run()
    second.run()
    while_it_may_live = state_of(second, job), state_of(second, waiting)
    clock.move(minutes=6)
    second.run()

    assert while_it_may_live == (JobState.RUNNING, JobState.QUEUED)
    assert (state_of(second, job), state_of(second, waiting)) == (JobState.INTERRUPTED, JobState.DONE)


class Deaf(MemoryStore):
    """A store that is away whenever a job's end is to be written."""

    is_away = True

    def replace(self, document, value):
        if self.is_away and value.get("ended_at") is not None:
            raise StoreUnavailable("The database is away.")
        return super().replace(document, value)


def test_job_when_its_end_could_not_be_written_then_its_own_process_says_so_later_and_goes_on(jobs_of, clock):
    store = Deaf()
    jobs = jobs_of(Steps(), kept=store)
    job = jobs.put(JobKind.REPLAY, {})
    clock.move(seconds=1)
    waiting = jobs.put(JobKind.REPLAY, {"name": "next"})
    jobs.run()
    unwritten = state_of(jobs, job), state_of(jobs, waiting)
    store.is_away = False
    jobs.run()

    assert unwritten == (JobState.RUNNING, JobState.QUEUED)
    assert (state_of(jobs, job), state_of(jobs, waiting)) == (JobState.INTERRUPTED, JobState.DONE)
    assert "store was away" in jobs.find(UUID(job.id)).message


def test_job_when_how_far_it_is_cannot_be_told_for_a_while_then_it_goes_on(jobs_of, clock):
    store = CutShort()

    def away_for_a_step(step):
        clock.move(seconds=3)
        store.breaks = lambda _key, _value: step == 0

    jobs = jobs_of(Steps(3, away_for_a_step), kept=store)
    job = jobs.put(JobKind.REPLAY, {})
    jobs.run()

    assert (state_of(jobs, job), jobs.result(jobs.every()[0])["sum"]) == (JobState.DONE, 3)


def test_jobs_when_two_processes_want_to_run_then_one_does(jobs_of):
    inside = threading.Event()

    def run_the_other(_step):
        other.run()
        inside.set()

    other_steps = Steps()
    other = jobs_of(other_steps, "two")
    jobs = jobs_of(Steps(1, run_the_other), "one")
    jobs.put(JobKind.REPLAY, {})
    jobs.put(JobKind.REPLAY, {})
    jobs.run()

    assert (inside.is_set(), other_steps.ran) == (True, [])


def test_jobs_when_they_have_a_thread_then_they_run_beside_the_request_and_end_with_the_process(jobs_of):
    begun, may_go_on = threading.Event(), threading.Event()

    def wait(_step):
        begun.set()
        may_go_on.wait(60)

    jobs = jobs_of(Steps(2, wait))
    jobs.start()
    job = jobs.put(JobKind.REPLAY, {})
    assert begun.wait(60)
    stopping = threading.Thread(target=jobs.stop, args=(5,))
    stopping.start()
    may_go_on.set()
    stopping.join(60)

    assert state_of(jobs, job) is JobState.INTERRUPTED


def test_job_when_the_clock_begins_it_then_a_call_waits_no_longer_than_it_may(jobs_of):
    begun, may_go_on = threading.Event(), threading.Event()

    def wait(_step):
        begun.set()
        may_go_on.wait(60)

    jobs = jobs_of(Steps(1, wait))
    jobs.start(at_once=False)
    job = jobs.put(JobKind.REPLAY, {})
    jobs.go_on(30)
    in_the_row = state_of(jobs, job)
    jobs.run()
    assert begun.wait(60)
    jobs.go_on(0)
    under_way = state_of(jobs, job)
    may_go_on.set()
    jobs.go_on(30)

    assert [in_the_row, under_way, state_of(jobs, job)] == [
        JobState.QUEUED,
        JobState.RUNNING,
        JobState.DONE,
    ]


def test_jobs_when_there_are_many_then_the_oldest_that_are_over_make_way(jobs_of, store, clock):
    jobs = jobs_of(lambda _job, _progress: {})
    for _ in range(KEPT + 3):
        jobs.put(JobKind.REPLAY, {})
        clock.move(seconds=1)
    for _ in range(KEPT + 4):
        jobs.run()

    assert len(jobs.every()) == len(list(store.list("job_results/"))) == KEPT


def test_job_when_its_record_is_unreadable_then_the_others_are_told(jobs_of, store):
    jobs = jobs_of(Steps())
    store.create("jobs/x", {"kind": "dance"})
    jobs.put(JobKind.REPLAY, {})

    assert len(jobs.every()) == 1


def test_job_when_it_takes_long_without_a_word_then_a_living_process_keeps_it(jobs_of, clock):
    jobs = jobs_of(
        Steps(2, lambda _step: clock.move(seconds=timedelta(hours=1).total_seconds()) or jobs.run())
    )
    job = jobs.put(JobKind.REPLAY, {})
    jobs.run()

    assert state_of(jobs, job) is JobState.DONE


@pytest.mark.parametrize("over_by", ["done", "failed", "canceled", "dead"])
def test_upload_when_its_job_is_over_then_nothing_of_it_stays(jobs_of, store, clock, over_by):
    def step(_step):
        assert len(list(store.list("job_uploads/"))) == 1
        if over_by != "done":
            raise Killed if over_by == "dead" else RequestRefused("no")

    jobs = jobs_of(Steps(1, step))
    job = jobs.put(JobKind.REPLAY, {}, {"alerts": {"text": "x" * 1000}})
    if over_by == "canceled":
        jobs.cancel(job.id)
    elif over_by == "dead":
        with pytest.raises(Killed):
            jobs.run()
        clock.move(minutes=6)
        jobs_of(Steps(), "two").run()
    else:
        jobs.run()

    assert list(store.list("job_uploads/")) == []
    assert state_of(jobs, job).is_over


class DiesBefore(MemoryStore):
    """A store whose process is gone before it writes a job."""

    def create(self, key: str, value, *, durable: bool = True):
        if key.startswith("jobs/"):
            raise Killed
        return super().create(key, value, durable=durable)


def test_upload_when_the_process_dies_before_its_job_is_written_then_the_clock_removes_it(jobs_of, clock):
    store = DiesBefore()
    jobs = jobs_of(Steps(), kept=store)
    with pytest.raises(Killed):
        jobs.put(JobKind.REPLAY, {}, {"prompt": "version: bold-1"})
    kept = []
    for minutes in (0, 59, 2):
        clock.move(minutes=minutes)
        jobs.run()
        kept.append(len(list(store.list("job_uploads/"))))

    assert kept == [1, 1, 0]


def test_job_when_it_cannot_come_to_anything_then_it_never_waits(jobs_of, store):
    def look(_wanted, _upload):
        raise RequestRefused("There is nothing to play.")

    jobs = jobs_of(Steps(), look=look)
    with pytest.raises(RequestRefused):
        jobs.put(JobKind.REPLAY, {}, {"alerts": {}})

    assert list(store.list("job")) == []


def test_file_when_kept_then_it_is_small_there_and_goes_with_its_job(jobs_of, store, clock):
    files = StoredJobs(store).files
    text = "2026-06-02,100.10,100.20\n" * 10_000
    jobs = jobs_of(lambda job, _progress: files.keep(job.id, "equity.csv", text) or {})
    job = jobs.put(JobKind.REPLAY, {})
    jobs.run()
    (kept,) = store.list("job_files/")

    assert jobs.file(jobs.find(job.id), "equity.csv") == text
    assert len(kept.value["packed"]) < 5000
    for _ in range(KEPT + 1):
        clock.move(seconds=1)
        jobs.put(JobKind.REPLAY, {})
        jobs.run()
    assert job.id not in " ".join(each.key for each in store.list("job"))
