from dataclasses import fields
from datetime import timedelta

import pytest

from app.domain.bots import BotConfiguration
from app.domain.trading_state import StateSwitch, TradingState

pytestmark = pytest.mark.unit


@pytest.fixture
def configuration(services):
    return lambda bot: services.operations.bots.get(bot)[0].configuration


def test_list_when_only_the_default_bot_exists_then_it_is_shown(run):
    result = run("bots", "list")

    assert result.output.splitlines()[1].split() == ["default", "1", "Default", "default", "ACTIVE"]


@pytest.mark.parametrize(
    ("own", "everywhere", "shown"),
    [("HALTED", "ACTIVE", "HALTED"), ("REDUCING", "HALTED", "HALTED (every bot)")],
)
def test_list_when_switches_are_thrown_then_the_stricter_one_is_shown(run, own, everywhere, shown):
    run("trading-state", own, "--bot", "default")
    run("trading-state", everywhere)

    assert run("bots", "list").output.splitlines()[1].endswith(f"default  {shown}")


def test_list_when_a_halt_is_over_then_the_bot_is_active(run, services, clock):
    until = clock() + timedelta(minutes=1)
    services.operations.bots.set_state("default", StateSwitch(TradingState.HALTED, until=until))
    clock.move(minutes=2)

    assert run("bots", "list").output.splitlines()[1].endswith("ACTIVE")


def test_set_when_help_is_asked_for_then_every_key_is_named(run):
    shown = run("bots", "set", "--help").output

    assert [item.name for item in fields(BotConfiguration) if item.name not in shown] == []


def test_create_when_settings_are_given_then_they_are_kept_and_the_secret_works(run, services, configuration):
    result = run("bots", "create", "swing", "allowed_symbols=AAPL,BTCUSDT", "attach_sl_tp=true")

    secret = result.output.split()[-1]
    assert services.operations.bots.authenticate(secret, "swing").id == "swing"
    assert configuration("swing").allowed_symbols == ("AAPL", "BTC-USD")


def test_set_when_keys_are_named_then_the_others_stay(run, configuration):
    run("bots", "set", "default", "notional=250")
    result = run("bots", "set", "default", "daily_order_cap=5")

    assert result.output == "daily_order_cap  5\n"
    assert str(configuration("default").notional) == "250"


def test_windows_when_they_are_named_by_commas_then_days_stay_with_their_times(run, configuration):
    run("bots", "set", "default", "trading_windows=mon,wed 09:45-12:00, fri 22:00-02:00;sun 17:00-24:00")

    assert configuration("default").trading_windows == (
        "mon,wed 09:45-12:00",
        "fri 22:00-02:00",
        "sun 17:00-24:00",
    )


def test_set_when_value_is_null_then_the_limit_is_inherited(run, configuration):
    run("bots", "set", "default", "daily_order_cap=5")
    run("bots", "set", "default", "daily_order_cap=null")

    assert configuration("default").daily_order_cap is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["set", "default", "nonsense=1"], "`nonsense` is no field here; leave it out"),
        (["set", "default", "sl_pct=-1"], "`sl_pct` must be greater than zero"),
        (["set", "default", "trading_windows=9-5"], "`trading_windows` must be written like mon-fri"),
        (["set", "default", "trading_windows=fri 09:00-09:00"], "must open before it closes"),
        (["set", "default", "sl_pct"], "not written as KEY=VALUE"),
        (["set", "default", "attach_sl_tp=yes"], "attach_sl_tp is true or false, not yes."),
        (["set", "default", "state=HALTED"], "flask trading-state HALTED --bot ID"),
        (["set", "default", "secret=mine"], "flask bots rotate-secret ID"),
        (["show", "nobody"], "There is no bot nobody."),
        (["create", "default"], "There is a bot default already."),
        (["halt"], "Name one bot, or say --all."),
    ],
)
def test_command_when_it_cannot_be_done_then_one_sentence_says_why(run, words, sentence):
    result = run("bots", *words)

    assert (result.exit_code, sentence in result.output) == (1, True)
    assert len(result.output.strip().splitlines()) == 1


def test_halt_when_bot_is_named_then_it_alone_stops_until_resume(run, services):
    run("bots", "create", "swing")
    run("bots", "halt", "swing", "--reason", "news")
    halted = {bot.id for bot, _ in services.operations.bots.all() if bot.switch.state is TradingState.HALTED}
    run("bots", "resume", "swing")

    assert halted == {"swing"}
    assert services.operations.bots.get("swing")[0].switch.state is TradingState.ACTIVE


def test_halt_when_all_are_meant_then_the_global_switch_is_thrown(run, services):
    run("bots", "halt", "--all", "--until", "2099-01-01T00:00:00Z")

    assert services.operations.switch.read().state is TradingState.HALTED


def test_rotate_secret_when_done_then_the_new_one_works(run, services):
    result = run("bots", "rotate-secret", "default")

    secret = result.output.splitlines()[0].split()[-1]
    assert services.operations.bots.authenticate(secret, None).id == "default"


def test_delete_when_not_confirmed_then_the_bot_stays(run, services):
    run("bots", "create", "swing")
    result = run("bots", "delete", "swing", input="n\n")

    assert result.exit_code == 1
    assert services.operations.bots.find("swing") is not None


def test_delete_when_confirmed_then_the_bot_is_gone(run, services):
    run("bots", "create", "swing")
    run("bots", "delete", "swing", "--yes")

    assert services.operations.bots.find("swing") is None
