"""In which currency an account counts: amounts of different ones are never added up."""

from app.dataclass import dataclass
from app.repositories.equity import EquityHistory
from app.services.portfolio.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Currencies:
    """What the clock saw last, else what the account's history says; no broker is asked."""

    snapshots: Snapshots
    history: EquityHistory

    def of(self, broker: str) -> str | None:
        """Return the currency of an account; None where nobody has seen it."""
        account = self.snapshots.newest(broker).account
        return self.history.currency(broker) if account is None else account.currency
