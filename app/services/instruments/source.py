"""Where the list of contracts comes from, and whether what came is one."""

from decimal import Decimal

from app.clock import Clock
from app.domain.contracts import IST, ContractIndex, MasterRefused, read_master
from app.domain.contracts.freeze_quantities import read_freezes
from app.repositories.contract_lists import MasterRecord
from app.services.instruments.download import DownloadFailed, download

# Some five times what the NSE's file was in July 2026.
MOST_BYTES = 64 << 20
MOST_TWIN_BYTES = 512 << 20
# A list that has shrunk to less than this share is not whole.
LEAST_SHARE = 0.5
_CSV, _TWIN = ".csv", "_sym_master.json"


class RefreshFailed(Exception):
    """The list could not be renewed; the last good one stays."""


class MasterSource:
    """The exchange's file, and beside it the JSON twin that knows the freeze quantities."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = url
        self._clock = clock

    def fetch(self, before: MasterRecord | None) -> ContractIndex:
        """Download and check the list, also against the one `before`; raise RefreshFailed."""
        try:
            content = b"".join(download(self.url, most_bytes=MOST_BYTES))
            index = read_master(content)
            self._check(index, before)
        except (DownloadFailed, MasterRefused) as error:
            raise RefreshFailed(str(error)) from error
        freezes = self._freezes()
        return read_master(content, freezes) if freezes else index

    def _check(self, index: ContractIndex, before: MasterRecord | None) -> None:
        today = self._clock().astimezone(IST).date()
        if index.last_expiry is None or index.last_expiry < today:
            raise MasterRefused("Every contract of the file has expired.")
        if before is not None and before.url == self.url and len(index) < before.rows * LEAST_SHARE:
            raise MasterRefused(f"The file lists {len(index)} contracts, the one before {before.rows}.")

    def _freezes(self) -> dict[str, Decimal]:
        if not self.url.endswith(_CSV):
            return {}
        try:
            return read_freezes(download(self.url.removesuffix(_CSV) + _TWIN, most_bytes=MOST_TWIN_BYTES))
        except DownloadFailed:
            # They are a convenience of the twin; MAX_ORDER_QUANTITY limits without them.
            return {}
