"""Configurations of bots that trade structures, for tests on the paper broker with Apple at 100."""

CONDOR_BOT = {
    "underlying": "AAPL",
    "structure": "iron_condor",
    "days_to_expiry": 18,
    "strike_by": "percent",
    "strike_value": "0.05",
    "wing_width": "5",
    "ladder_give_pct": "1",
}
FAST_CONDOR = CONDOR_BOT | {"ladder": "fast"}
