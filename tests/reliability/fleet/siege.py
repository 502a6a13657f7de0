"""Three servers, one store: any of them is killed, the database is lost, and every alert is accounted for."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.reliability.documents import read_documents
from tests.reliability.fleet.blows import Blow, Blows
from tests.reliability.fleet.capped import capped_stream, make_capped_bots, overruns, reached
from tests.reliability.fleet.fleet import Fleet
from tests.reliability.fleet.grounds import Ground, wait_until_all_acknowledge
from tests.reliability.fleet.probes import probe_limits
from tests.reliability.fleet.takeover import TakeoverWatch
from tests.reliability.fleet.witness import COMMAND, LEADERS_FILE, changes, deeds, rivals
from tests.reliability.report import Report
from tests.reliability.sender import Sender
from tests.reliability.stage import Stage

SERVERS = 3
CAPPED_SENDERS = 3
# One alert of so many is sent once more although it was acknowledged, to another server.
REPEATS = 10
# So long after the database is back every server takes alerts again, and after a death another one has taken
# up what was left, both without being started again.
LONGEST_RETURN_SECONDS = 15.0
LONGEST_TAKEOVER_SECONDS = 15.0
# Three servers, two databases and the senders share one machine: what is slow there is not yet away.
SETTINGS = {"ALLOW_SHORT_SELLING": "true", "STORE_TIMEOUT_SECONDS": "4"}


class Siege:
    """One run; the seed decides every delay, every blow but the `first` ones, and every alert.

    `slowness`: how many times longer than promised everything may take, where others use the machine too.
    """

    def __init__(
        self,
        folder: Path,
        seed: int,
        stage: Stage,
        ground: Ground,
        *,
        first: Sequence[str] = (),
        slowness: float = 1,
    ) -> None:
        self._folder, self._stage, self._ground = folder, stage, ground
        self._longest_return = LONGEST_RETURN_SECONDS * slowness
        self._longest_takeover = LONGEST_TAKEOVER_SECONDS * slowness
        self._random = Random(seed)
        self._leaders = folder / "leaders.jsonl"
        shared = {**SETTINGS, **stage.settings, LEADERS_FILE: str(self._leaders)}
        settings = [shared | ground.settings(number) for number in range(SERVERS)]
        self._fleet = Fleet(folder, COMMAND, ground.database, settings)
        self._fleet.start()
        secrets = make_capped_bots(self._fleet)
        capped = [capped_stream(Random(f"{seed}-c{n}"), secrets, f"c{n}") for n in range(CAPPED_SENDERS)]
        self._streams = [*stage.streams(self._fleet, seed), *capped]
        self._blows = Blows(self._fleet, self._random, self._watch)
        self._kinds = self._blows.kinds() | ground.kinds(self._fleet, self._random, self._note_return)
        named = {told(kind): kind for kind in self._kinds}
        self._first = [named[name] for name in first]
        self._watches: list[TakeoverWatch] = []
        # When the database was struck: what was left meanwhile could not be taken up.
        self._struck_at: list[float] = []
        self._returns: list[float] = []
        # Since when the broker answers: what it says nothing of nobody can take up. Paper always does.
        self._broker_since: float | None = 0.0
        self._done = Counter[str]()
        self.report = Report(seed)

    def run(self, kills: int, seconds: float) -> Report:
        """Strike until there were enough kills or the time is over; then settle, account and probe."""
        try:
            deadline = time.monotonic() + seconds
            while self.report.kills < kills and time.monotonic() < deadline:
                step = self._stage.kills_between_looks or kills
                self._torment(min(kills, self.report.kills + step), deadline)
                started = time.monotonic()
                self._stage.settle(self._fleet)
                self._done["settling, s"] += round(time.monotonic() - started)
                self._stage.inspect(self._fleet)
            self._account()
        finally:
            self._fleet.kill()
            self._stage.close()
            self._ground.close(self._folder)
        return self.report

    def _torment(self, kills: int, deadline: float) -> None:
        self._broker_since = 0.0 if self._stage.refuses_nothing else None
        self._stage.begin()
        self._ground.spoil()
        self._sender = Sender(self._fleet.ports, self._streams, repeats=REPEATS)
        self._sender.start()
        try:
            while self.report.kills < kills and time.monotonic() < deadline:
                self._wait_for_load()
                time.sleep(self._random.uniform(0, self._stage.longest_delay_seconds))
                self._strike()
        finally:
            self.report.struck = Counter(self._ground.heal())
            self._stage.end()
            self._broker_since = time.time()
            self._sender.stop()
            self.report.sent += self._sender.sent

    def _strike(self) -> None:
        by_chance: Blow = self._random.choices([*self._kinds], [*self._kinds.values()])[0]
        blow = self._first.pop(0) if self._first else by_chance
        name = told(blow)
        print(f"{time.strftime('%H:%M:%S')} {name}", flush=True)  # noqa: T201  # its progress
        self._done[name] += 1
        if blow.__self__ is not self._blows:  # type: ignore[attr-defined]  # a method
            self._struck_at.append(time.time())
        self.report.kills += blow()

    def _note_return(self, _at: float) -> None:
        """The database is there again: measure how long every server needs to take alerts."""
        seconds = wait_until_all_acknowledge(
            self._sender.acknowledged_by, self._fleet.ports, self._longest_return
        )
        self._returns.append(seconds)

    def _watch(self, dead: list[int], at: float) -> None:
        watch = TakeoverWatch(
            self._fleet.database,
            dead,
            at,
            longest_seconds=self._longest_takeover,
            free_since=lambda: self._broker_since,
        )
        watch.start()
        self._watches.append(watch)

    def _wait_for_load(self) -> None:
        before, deadline = self._sender.acknowledged, time.monotonic() + 5
        while self._sender.acknowledged == before and time.monotonic() < deadline:
            time.sleep(0.002)

    def _account(self) -> None:
        report = self.report
        report.drains = self._blows.drains
        report.findings = self._stage.account(self._fleet, report)
        self._dump()
        done = deeds(self._leaders, self._fleet.deaths)
        report.findings.leaders += rivals(done)
        self._account_for_times()
        if report.evidence is not None:
            exactly = self._stage.refuses_nothing
            report.findings.exceeded += overruns(report.evidence, exactly=exactly)
            self._done["caps that were reached"] = reached(report.evidence)
        limits = probe_limits(self._fleet)
        report.findings.exceeded += limits.findings
        report.tracebacks = self._fleet.tracebacks()
        report.done |= self._done | {
            "changes of the leader": changes(done),
            "let through by rate": limits.by_rate,
            "let through by minute": limits.by_minute,
        }

    def _dump(self) -> None:
        """Keep every document, for whoever looks at findings."""
        with (self._folder / "documents.jsonl").open("w") as lines:
            for key, value in read_documents(self._fleet.database, ""):
                lines.write(json.dumps([key, value]) + "\n")

    def _account_for_times(self) -> None:
        for watch in self._watches:
            watch.join()
        seen = [watch.seen for watch in self._watches if self._was_undisturbed(watch)]
        report, took_over = self.report, [each for each in seen if each.left and each.ended_at]
        report.findings.late += [
            f"{each.left} alerts of a dead process were not taken up within {self._longest_takeover} s"
            for each in seen
            if each.ended_at is None
        ]
        report.findings.late += [
            f"not every server took alerts within {seconds:.1f} s after the database was back"
            for seconds in self._returns
            if seconds >= self._longest_return
        ]
        slowest = max((each.seconds for each in took_over), default=0)
        report.done |= {
            "takeovers": len(took_over),
            "slowest takeover, ms": round(slowest * 1000),
            "slowest return, ms": round(max(self._returns, default=0) * 1000),
        }

    def _was_undisturbed(self, watch: TakeoverWatch) -> bool:
        """Tell whether the database was there all the time, some seconds before included."""
        began, ended = watch.seen.killed_at, watch.seen.killed_at + watch.seen.seconds
        return not any(began - self._longest_return <= at <= ended for at in self._struck_at)


def told(blow: Blow) -> str:
    """Return a blow's name in words."""
    return blow.__name__.replace("_", " ")
