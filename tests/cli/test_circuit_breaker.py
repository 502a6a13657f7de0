from datetime import timedelta

import pytest

from app.domain.circuit_breaker import Phase
from app.domain.trading_state import TradingState

pytestmark = pytest.mark.unit


def fields(result) -> dict[str, str]:
    return dict(line.split(None, 1) for line in result.output.splitlines() if len(line.split(None, 1)) == 2)


def test_breaker_when_it_was_never_set_then_it_is_shown_as_off(run):
    shown = fields(run("circuit-breaker", "show"))

    assert (shown["broker"], shown["active"], shown["phase"]) == ("paper", "false", "armed")


def test_breaker_when_set_then_what_is_named_changes_and_the_rest_stays(run, services):
    result = run("circuit-breaker", "set", "active=true", "base_equity=100000", "glb_tp=null")
    breaker = services.portfolio.breaker.read("paper")

    assert "watched for operator: stop-loss at 80000.00, take-profit at off" in result.output
    assert (breaker.active, str(breaker.glb_sl), breaker.glb_tp) == (True, "0.80", None)


def test_breaker_when_reset_after_a_breach_then_armed_anew_and_trading_goes_on(run, services, clock):
    run("circuit-breaker", "set", "active=true", "base_equity=1000000000")
    services.portfolio.breaker.watch()
    clock.now += timedelta(seconds=15)
    services.portfolio.breaker.watch()
    tripped = services.portfolio.breaker.read("paper").phase
    run("circuit-breaker", "reset", "--broker", "paper")

    assert (tripped, services.portfolio.breaker.read("paper").phase) == (Phase.TRIPPED, Phase.ARMED)
    assert services.operations.switch.read().state is TradingState.ACTIVE


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["set", "active"], "active is not written as KEY=VALUE."),
        (["set", "glb_sl=2"], "`glb_sl` must be below 1"),
        (["set", "stop=1"], "`stop` is no field here"),
        (["show", "--broker", "nobody"], "There is no broker nobody here."),
        (["reset", "--broker", "nobody"], "There is no broker nobody here."),
    ],
)
def test_breaker_when_it_cannot_be_done_then_a_sentence_says_why(run, words, sentence):
    result = run("circuit-breaker", *words)

    assert (result.exit_code, sentence in result.output) == (1, True)
