import pytest

from app.domain.trading_state import TradingState

pytestmark = pytest.mark.unit


def _rows(result) -> list[list[str]]:
    return [line.split() for line in result.output.splitlines()[1:]]


def test_trading_state_when_nothing_is_named_then_every_switch_is_shown(run):
    run("bots", "create", "swing")

    assert _rows(run("trading-state")) == [
        ["every", "bot", "ACTIVE"],
        ["default", "ACTIVE"],
        ["swing", "ACTIVE"],
    ]


def test_trading_state_when_state_is_named_then_it_holds_for_every_bot(run, services):
    result = run("trading-state", "reducing", "--reason", "news")

    assert result.output == "trading is REDUCING.\n"
    assert services.operations.switch.read().state is TradingState.REDUCING


def test_trading_state_when_bot_is_named_then_only_its_switch_is_thrown(run, services):
    run("trading-state", "HALTED", "--bot", "default", "--until", "2099-01-01T00:00:00Z")

    assert services.operations.bots.get("default")[0].switch.state is TradingState.HALTED
    assert services.operations.switch.read().state is TradingState.ACTIVE


def test_trading_state_when_thrown_with_a_reason_then_the_switch_tells_it(run):
    run("trading-state", "HALTED", "--reason", "news", "--until", "2099-01-01T00:00:00Z")

    shown = _rows(run("trading-state", "--bot", "default"))
    assert shown[0] == ["every", "bot", "HALTED", "2099-01-01", "00:00:00", "UTC", "news"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--reason", "news"], 1, "Name a state"),
        (["HALTED", "--bot", "nobody"], 1, "There is no bot nobody."),
        (["HALTED", "--until", "tomorrow"], 1, "`until` must be"),
        (["ASLEEP"], 2, "'ASLEEP' is not one of"),
    ],
)
def test_trading_state_when_it_cannot_be_set_then_a_sentence_says_why(run, words, code, sentence):
    result = run("trading-state", *words)

    assert (result.exit_code, sentence in result.output) == (code, True)
