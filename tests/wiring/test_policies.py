"""What follows from several settings together."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.wiring.policies import longest_wait

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"approval_timeout_seconds": 600, "exit_pursuit_seconds": 60}, 1500),
        ({"approval_timeout_seconds": 600, "exit_pursuit_seconds": 60, "stale_alert_seconds": 10}, 610),
        # The entry of a reversal follows its exit, which may take longer than any person.
        ({"approval_timeout_seconds": 600, "exit_pursuit_seconds": 3600}, 3600),
        ({"gcs_bucket_name": "state", "exit_pursuit_seconds": 3600}, 0),
    ],
)
def test_longest_wait_when_an_entry_may_be_sent_late_then_tickets_are_read_from_before_that(
    settings, changes, seconds
):
    assert longest_wait(replace(settings, **changes)) == timedelta(seconds=seconds)
