"""Google's list prices in US dollars, for regions of the first tier such as us-central1, and what follows.

Prices change, and other regions cost up to half as much again: the pages named say what holds.
"""

from decimal import Decimal

AS_OF = "November 2026"
SECONDS_A_MONTH = 730 * 3600

# https://cloud.google.com/run/pricing: instance-based billing.
CPU_SECOND = Decimal("0.000018")
GIBIBYTE_SECOND = Decimal("0.000002")
FREE_CPU_SECONDS = 240_000
FREE_GIBIBYTE_SECONDS = 450_000
INSTANCE_GIBIBYTES = Decimal("0.5")

# https://cloud.google.com/storage/pricing: Standard storage in one region.
CLASS_A_OPERATION = Decimal("0.005") / 1000
CLASS_B_OPERATION = Decimal("0.0004") / 1000
STORED_GIBIBYTE_MONTH = Decimal("0.020")

# https://cloud.google.com/stackdriver/pricing: Cloud Logging, beyond what is free each month.
LOG_GIBIBYTE = Decimal("0.50")
FREE_LOG_GIBIBYTES = 50

# https://cloud.google.com/sql/pricing: db-g1-small in one zone, and 10 GB of SSD.
DATABASE_HOUR = Decimal("0.035")
DATABASE_GIBIBYTE_MONTH = Decimal("0.17")
DATABASE_GIBIBYTES = 10

# https://cloud.google.com/nat/pricing, for each instance; https://cloud.google.com/vpc/network-pricing.
NAT_HOUR = Decimal("0.0014")
ADDRESS_HOUR = Decimal("0.005")

# https://cloud.google.com/secret-manager/pricing: a version, beyond six.
SECRET_MONTH = Decimal("0.06")
FREE_SECRETS = 6

# Counted by `python -m benchmarks.operations`: what the clock of an idle service asks of a bucket.
CLOCK_CLASS_A_A_MINUTE = 131
CLOCK_CLASS_B_A_MINUTE = 40

HOURS_A_MONTH = 730
_CENT = Decimal("0.01")


def monthly(*, bucket: bool, sql: bool, egress: bool, secrets: int) -> list[tuple[str, Decimal]]:
    """Return what a month costs before the first alert, item by item."""
    rows = [("Cloud Run: one instance, 1 CPU and 512 MiB, always on", _instance())]
    if bucket:
        rows.append(("Cloud Storage: what the clock asks of the bucket", _clock_over_bucket()))
    if sql:
        disk = DATABASE_GIBIBYTES * DATABASE_GIBIBYTE_MONTH
        rows.append(("Cloud SQL: db-g1-small in one zone, 10 GB", DATABASE_HOUR * HOURS_A_MONTH + disk))
    if egress:
        rows.append(("Cloud NAT and its address", (NAT_HOUR + ADDRESS_HOUR) * HOURS_A_MONTH))
    if secrets > FREE_SECRETS:
        rows.append(("Secret Manager, beyond six secrets", SECRET_MONTH * (secrets - FREE_SECRETS)))
    return [(what, dollars.quantize(_CENT)) for what, dollars in rows]


def _clock_over_bucket() -> Decimal:
    minute = CLOCK_CLASS_A_A_MINUTE * CLASS_A_OPERATION + CLOCK_CLASS_B_A_MINUTE * CLASS_B_OPERATION
    return minute * 60 * HOURS_A_MONTH


def _instance() -> Decimal:
    memory = INSTANCE_GIBIBYTES * SECONDS_A_MONTH
    return (SECONDS_A_MONTH - FREE_CPU_SECONDS) * CPU_SECOND + (
        memory - FREE_GIBIBYTE_SECONDS
    ) * GIBIBYTE_SECOND
