"""The list of contracts: loaded when it is asked for, renewed every morning, refused when it is too old."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as hour
from typing import NamedTuple

from app.clock import Clock
from app.domain.contracts import IST, ContractIndex, ContractRefused, IndexUnreadable
from app.domain.reasons import Reason
from app.errors import StoreError, StoreUnavailable
from app.repositories.contract_lists import ContractLists, MasterRecord
from app.services.instruments.source import MasterSource, RefreshFailed
from app.services.observability.events import EventKind
from app.services.observability.notifier import Notifier
from app.storage.base import Store

# New contracts are listed overnight.
REFRESH_AT = hour(8)
# Each attempt may be ninety megabytes.
RETRY_AFTER = timedelta(minutes=10)
ATTEND_SECONDS = LOOK_SECONDS = 60.0

_logger = logging.getLogger(__name__)


class _Held(NamedTuple):
    record: MasterRecord
    contracts: ContractIndex


class SymbolMaster:
    """The contracts of the NSE, shared by all threads and, through the store, by all processes."""

    def __init__(
        self,
        *,
        store: Store,
        url: str,
        max_age_days: int,
        clock: Clock,
        notifier: Notifier,
        in_background: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shelf = ContractLists(store)
        self._source = MasterSource(url, clock)
        self._max_age = timedelta(days=max_age_days)
        self._clock = clock
        self._notifier = notifier
        self._in_background = in_background
        self._monotonic = monotonic
        self._held: _Held | None = None
        self._next_look = 0.0
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._retry_at: datetime | None = None
        self._notified_on: date | None = None
        self._damaged: str | None = None

    def index(self) -> ContractIndex:
        """Return the contracts; raise ContractRefused for none or too old ones, or StoreUnavailable."""
        held = self._current()
        if held is None:
            raise ContractRefused(
                Reason.SYMBOL_MASTER_MISSING,
                "The list of contracts was never downloaded: flask symbols refresh.",
            )
        if self.is_stale(held.record):
            raise ContractRefused(
                Reason.SYMBOL_MASTER_STALE,
                f"The list of contracts is of {held.record.downloaded_at:%Y-%m-%d %H:%M} UTC, "
                f"more than {self._max_age.days} days ago.",
            )
        return held.contracts

    def record(self) -> MasterRecord | None:
        """Return which list is kept, without loading it; raise StoreUnavailable."""
        return self._shelf.record()

    def is_stale(self, record: MasterRecord) -> bool:
        """True when a list is too old to be believed."""
        return self._clock() - record.downloaded_at > self._max_age

    def ensure(self) -> int:
        """Renew the list when that is due and return 1; trouble is told, and met again later."""
        if self._thread is not None and self._thread.is_alive():
            return 0
        if not self._is_due(self._clock()):
            return 0
        if self._in_background:
            # Orders and exits must not wait for a hundred megabytes.
            self._thread = threading.Thread(target=self._attempt, name="symbol master", daemon=True)
            self._thread.start()
        else:
            self._attempt()
        return 1

    def refresh(self) -> MasterRecord:
        """Download, check and keep the list; raise RefreshFailed or StoreUnavailable."""
        index = self._source.fetch(self._shelf.record())
        record = self._shelf.put(index, self._source.url, self._clock())
        self._next_look = 0.0
        self._damaged = self._notified_on = self._retry_at = None
        _logger.info("The symbol master has %s contracts", record.rows)
        return record

    def _current(self) -> _Held | None:
        if self._held is not None and self._monotonic() < self._next_look:
            return self._held
        with self._turn:
            if self._held is None or self._monotonic() >= self._next_look:
                self._next_look = self._monotonic() + LOOK_SECONDS
                self._held = self._newest(self._held)
            return self._held

    def _newest(self, held: _Held | None) -> _Held | None:
        try:
            record = self._shelf.record()
            if record is None or (held is not None and held.record.id == record.id):
                return held
            return _Held(record, self._shelf.load(record))
        except StoreUnavailable:
            # Without a list no contract has a name; the one that is loaded is good until it is too old.
            if held is None:
                raise
        except IndexUnreadable as error:
            _logger.warning("The stored symbol master cannot be used: %s", error)
            self._damaged = None if record is None else record.id
        return held

    def _is_due(self, now: datetime) -> bool:
        if self._retry_at is not None and now < self._retry_at:
            return False
        record = self._shelf.record()
        if record is None or record.url != self._source.url or record.id == self._damaged:
            return True
        return record.downloaded_at < _last_refresh_time(now)

    def _attempt(self) -> None:
        self._retry_at = self._clock() + RETRY_AFTER
        try:
            self.refresh()
        except (RefreshFailed, StoreError) as error:
            self._notify(str(error))
        except Exception:  # the thread's edge: the owner must hear of it before the list is too old
            _logger.exception("The list of contracts could not be renewed in an unforeseen way")
            self._notify("The log has the details.")

    def _notify(self, trouble: str) -> None:
        message = (
            f"The list of contracts could not be renewed. {trouble} The last good one is used while it is"
        )
        message += f" at most {self._max_age.days} days old."
        _logger.warning("%s", message)
        today = self._clock().astimezone(IST).date()
        # Once a day: it is tried again every ten minutes, and would fail as often.
        if self._notified_on != today:
            self._notified_on = today
            self._notifier.notify(EventKind.SYMBOL_MASTER, message)


def _last_refresh_time(now: datetime) -> datetime:
    local = now.astimezone(IST)
    today = datetime.combine(local.date(), REFRESH_AT, IST)
    return today if local >= today else today - timedelta(days=1)
