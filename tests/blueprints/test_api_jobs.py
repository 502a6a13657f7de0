"""/api/jobs: a replay in the background."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from app import create_app
from app.domain.jobs import JobKind
from tests.builders import ScriptedAnalyst, services_of
from tests.past_opinions import NOON, past_ticket, said, write

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def later(clock):
    clock.now = NOON + timedelta(days=6)


@pytest.fixture
def start(operator):
    def started(**changes) -> str:
        response = operator.post("/api/jobs", json={"kind": "replay"} | changes)
        assert response.status_code == 202, response.json
        return response.json["id"]

    return started


@pytest.fixture
def work(services):
    return lambda: services.supervisor.tick(everything=True)


def test_job_when_it_is_put_into_the_row_then_it_waits_and_is_run_by_the_clock(start, work, operator, store):
    write(store, past_ticket(), past_ticket(opinion=said("skip", "0.4"), status="skipped", orders=[]))
    job = start(min_confidence="0.85")
    waiting = operator.get(f"/api/jobs/{job}").json
    work()
    done = operator.get(f"/api/jobs/{job}").json

    assert (waiting["state"], waiting["total"], waiting["result"]) == ("queued", 0, None)
    assert (done["state"], done["done"], done["total"]) == ("done", 3, 3)
    assert done["result"]["difference"]["ideas"] == 2
    assert done["result"]["cost"] == {}
    assert {one["new"]["outcome"] for one in done["result"]["ideas"]} >= {"denied OPINION_CONFIDENCE_LOW"}


def test_job_when_its_days_are_the_wrong_way_round_then_it_is_refused(operator):
    days = {"from": "2026-06-03", "to": "2026-06-02"}
    answer = operator.post("/api/jobs", json={"kind": "replay"} | days)

    assert (answer.status_code, answer.json["error"]["message"]) == (409, "`from` must not lie after `to`.")
    assert operator.get("/api/jobs").json["jobs"] == []


def test_job_when_no_limit_is_given_then_an_analyst_is_asked(start, work, operator, store):
    write(store, past_ticket(opinion=said("skip", "0.4"), status="skipped", orders=[]))
    job = start()
    work()
    (idea,) = operator.get(f"/api/jobs/{job}").json["result"]["ideas"]

    assert (idea["old"]["action"], idea["new"]["action"]) == ("skip", "buy")


def test_job_when_a_model_is_asked_for_without_a_key_then_it_says_what_is_missing(start, work, operator):
    job = start(model="gpt-9")
    work()
    failed = operator.get(f"/api/jobs/{job}").json

    assert (failed["state"], "OPENAI_API_KEY" in failed["message"]) == ("failed", True)


def test_job_when_it_is_canceled_then_the_list_says_so(start, operator):
    job = start(bot="swing", **{"from": "2026-06-01"})
    answer = operator.delete(f"/api/jobs/{job}")
    (row,) = operator.get("/api/jobs").json["jobs"]

    assert (answer.status_code, row["state"], row["result"]) == (200, "canceled", None)
    assert (row["wanted"]["from"], row["wanted"]["bot"], row["wanted"]["limit"]) == (
        "2026-06-01",
        "swing",
        20,
    )
    assert operator.delete(f"/api/jobs/{job}").status_code == 409


def test_job_when_done_then_nothing_was_ordered_and_no_ticket_written(start, work, operator, store, broker):
    write(store, past_ticket())
    start()
    work()

    assert (broker.open_orders(), broker.positions()) == ([], [])
    assert len(list(store.list("tickets/"))) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "dance"}, "must be replay or backtest"),
        ({}, "is missing"),
        ({"kind": "replay", "horizon": "1w"}, "horizon"),
        ({"kind": "replay", "min_confidence": "2"}, "min_confidence"),
        ({"kind": "replay", "speed": 2}, "no field here"),
    ],
)
def test_job_when_it_is_no_job_then_it_is_refused_in_words(operator, body, words):
    response = operator.post("/api/jobs", json=body)

    assert (response.status_code, words in response.json["error"]["message"]) == (400, True), response.json


def test_job_when_nobody_knows_it_then_404(operator):
    assert operator.get("/api/jobs/019aa1e8-0000-7000-8000-000000000000").status_code == 404


class TestCallsOfAScheduler:
    """`BACKGROUND_WORKER=false`: a call to `/tasks/tick` is all the clock there is."""

    @pytest.fixture
    def analyst(self):
        """An analyst that thinks until it may answer."""
        analyst = ScriptedAnalyst()
        analyst.begun, analyst.may_answer = threading.Event(), threading.Event()

        def think() -> None:
            analyst.begun.set()
            analyst.may_answer.wait(60)

        analyst.before_answer = think
        yield analyst
        analyst.may_answer.set()

    @pytest.fixture
    def app(self, make_app, analyst):
        return make_app(analyst=analyst, background_worker=False)

    @pytest.fixture
    def job(self, services, start, store):
        """A job in the row of a server that has begun to serve."""
        write(store, past_ticket(opinion=said("skip", "0.4"), status="skipped", orders=[]))
        services.operations.jobs.start(at_once=False)
        yield start()
        services.operations.jobs.stop(10)

    def test_tick_when_a_job_goes_on_then_no_task_waits_for_it_and_the_call_gives_it_time(
        self, job, operator, services, analyst
    ):
        answers = []
        call = threading.Thread(target=lambda: answers.append(operator.post("/tasks/tick").json))
        waiting = operator.get(f"/api/jobs/{job}").json["state"]
        call.start()
        assert analyst.begun.wait(60)
        # The next call of the scheduler, while the first one still waits for the job.
        turn = services.supervisor.turn(within_seconds=30)
        analyst.may_answer.set()
        call.join(60)

        every = {task.name for task in services.supervisor.tasks}
        assert (waiting, operator.get(f"/api/jobs/{job}").json["state"]) == ("queued", "done")
        assert (set(answers[0]["done"]), set(turn.done)) == (every, every)

    def test_server_when_it_begins_then_a_job_has_a_thread_and_the_clock_has_none(
        self, settings, store, analyst, clock
    ):
        write(store, past_ticket(opinion=said("skip", "0.4"), status="skipped", orders=[]))
        names, earlier = [], set(threading.enumerate())
        analyst.before_answer = lambda: names.extend(new.name for new in {*threading.enumerate()} - earlier)
        wanted = replace(settings, background_worker=False)
        app = create_app(wanted, store=store, analyst=analyst, clock=clock, background=True)
        jobs, supervisor = services_of(app).operations.jobs, services_of(app).supervisor
        jobs.put(JobKind.REPLAY, {})
        jobs.go_on(30)
        before = names[:]
        supervisor.turn(within_seconds=30)
        jobs.go_on(30)

        assert (before, "jobs" in names, "supervisor" in names) == ([], True, False)
        services_of(app).observability.journal.close()
