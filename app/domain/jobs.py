"""Work that takes longer than an answer may: what is wanted, how far it is, and what came of it."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.dataclass import dataclass


class JobKind(StrEnum):
    """What can be run."""

    REPLAY = "replay"
    BACKTEST = "backtest"


class JobState(StrEnum):
    """Where a job stands; `interrupted`: the process that ran it died or was told to stop."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        """True where nothing will change any more."""
        return self not in {JobState.QUEUED, JobState.RUNNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job; `done` of `total` steps are done, `message` says in words why there is no result.

    `has_upload`: files came with it, which are kept until it is over.
    `owner` is the process that took it, `seen_at` when that last said that it was at it.
    """

    id: str
    kind: JobKind
    created_at: datetime
    wanted: dict[str, Any] = field(default_factory=dict)
    state: JobState = JobState.QUEUED
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    message: str | None = None
    owner: str | None = None
    seen_at: datetime | None = None
    has_upload: bool = False
