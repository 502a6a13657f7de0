"""Circuit breakers that bots ask for: whose counts, at which account, and what an edit changes."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation

import pytest

from app.domain.bots import BotConfiguration
from app.domain.circuit_breaker import Breach, CircuitBreaker
from app.domain.json_codec import to_json
from app.domain.trading_state import TradingState
from tests.builders import ScriptedBroker, services_of

pytestmark = pytest.mark.unit

ACTIVE, REDUCING = TradingState.ACTIVE, TradingState.REDUCING


class Killed(BaseException):
    """The process dies here."""


class Portfolio(ScriptedBroker):
    """A broker whose account is worth what a test says."""

    equity = "100000"
    currency = "USD"

    def account(self):
        return replace(super().account(), equity=Decimal(self.equity), currency=self.currency)


@pytest.fixture
def brokers():
    made = {name: Portfolio(name) for name in ("paper", "alpaca")}
    for broker in made.values():
        broker.held |= {"AAPL": Decimal(7)}
    return made


@pytest.fixture
def paper(brokers):
    return brokers["paper"]


@pytest.fixture
def alpaca(brokers):
    return brokers["alpaca"]


@pytest.fixture
def app(make_app, brokers):
    return make_app(brokers=brokers, dry_run=False)


@pytest.fixture
def breaker(services):
    return services.portfolio.breaker


@pytest.fixture
def state(services):
    return lambda: services.operations.switch.read().state


@pytest.fixture
def ask(services):
    """Let a bot ask for a breaker, and the clock take it up."""

    def ask(bot, sl="0.80", tp="1.20", *, enabled=True, **keys):
        asked = BotConfiguration(
            enable_global_sl_tp=enabled, global_sl_pct=Decimal(sl), global_tp_pct=Decimal(tp), **keys
        )
        if services.operations.bots.find(bot) is None:
            services.operations.bots.create(bot, asked)
        else:
            services.operations.bots.change(bot, asked, version=services.operations.bots.get(bot)[1])
        services.portfolio.breaker.watch()

    return ask


def level(breaker, broker="paper"):
    return breaker.read(broker).strictest(Breach.STOP_LOSS)


@pytest.mark.parametrize(
    ("equity", "phase", "breach"),
    [
        ("90000.01", "armed", None),
        ("90000", "tripped", "stop_loss"),
        ("109999.99", "armed", None),
        ("110000", "armed", "take_profit"),
    ],
)
def test_bot_when_the_equity_is_at_its_bound_then_the_breaker_acts(
    ask, breaker, paper, equity, phase, breach
):
    ask("swing", "0.90", "1.10")
    paper.equity = equity
    breaker.watch()

    assert (breaker.read().phase, breaker.read().breach) == (phase, breach)
    assert paper.held["AAPL"] == (0 if phase == "tripped" else 7)


def test_bot_when_its_keys_are_off_then_nothing_is_watched(ask, breaker, paper):
    ask("swing", "0.90", enabled=False)
    paper.equity = "1"

    assert (breaker.watch(), paper.submitted) == (0, [])


def test_two_bots_when_they_differ_then_the_strictest_counts_on_either_side(ask, breaker, paper):
    ask("bold", "0.50", "1.05")
    ask("shy", "0.90", "2")
    loss, gain = (breaker.read().strictest(breach) for breach in Breach)

    assert (loss.source, gain.source) == ("shy", "bold")
    paper.equity = "90000"
    breaker.watch()
    assert (breaker.read().phase, breaker.read().breach_source) == ("tripped", "shy")


def test_operator_when_stricter_than_the_bots_then_it_is_the_operators(ask, breaker, paper):
    ask("swing", "0.50")
    breaker.edit({"active": True, "base_equity": Decimal(100_000)})
    paper.equity = "80000"
    breaker.watch()

    assert (breaker.read().phase, breaker.read().breach_source) == ("tripped", "operator")


def test_base_when_another_bot_asks_later_then_the_first_ones_stays(ask, breaker, paper):
    ask("early", "0.80")
    paper.equity = "85000"
    ask("late", "0.90")

    assert [(item.source, item.base_equity) for item in breaker.read().bots] == [
        ("early", 100_000),
        ("late", 85_000),
    ]
    assert (breaker.read().phase, level(breaker).source) == ("armed", "early")


def test_base_when_a_bot_is_edited_then_it_begins_anew_and_the_operators_stays(ask, breaker, paper):
    breaker.edit({"active": True, "base_equity": Decimal(100_000)})
    ask("swing", "0.70")
    paper.equity = "85000"
    ask("swing", "0.75")

    assert [item.base_equity for item in breaker.read().thresholds] == [100_000, 85_000]


def test_bot_when_deleted_then_its_threshold_goes(ask, breaker, paper, services):
    ask("swing", "0.90")
    services.operations.bots.delete("swing", version=services.operations.bots.get("swing")[1])
    paper.equity = "1"
    breaker.watch()

    assert (breaker.read("paper").thresholds, paper.submitted) == ((), [])


def test_two_brokers_when_one_falls_then_only_its_positions_are_sold(ask, breaker, paper, alpaca, state):
    ask("here", "0.90")
    ask("there", "0.90", broker="alpaca")
    alpaca.equity = "1"
    breaker.watch()

    assert (paper.held, alpaca.held, state()) == ({"AAPL": 7}, {"AAPL": 0}, REDUCING)
    assert (breaker.read("paper").phase, breaker.read("alpaca").phase) == ("armed", "tripped")


def test_two_brokers_when_one_cannot_be_seen_then_the_other_is_still_watched(ask, breaker, paper, alpaca):
    ask("here", "0.90", broker="paper")
    ask("there", "0.90", broker="alpaca")
    alpaca.is_reachable, paper.equity = False, "1"
    breaker.watch()

    assert (breaker.stored.knows_equity("alpaca"), breaker.stored.knows_equity("paper")) == (False, True)
    assert paper.held == {"AAPL": 0}


def test_two_brokers_when_one_fails_in_an_unforeseen_way_then_the_other_is_still_watched(
    ask, breaker, paper, alpaca
):
    ask("here", "0.90", broker="paper")
    ask("there", "0.90", broker="alpaca")
    alpaca.equity, paper.equity = "no number", "1"
    with pytest.raises(InvalidOperation):
        breaker.watch()

    assert paper.held == {"AAPL": 0}


def test_two_brokers_when_both_tripped_then_trading_goes_on_after_the_second_edit(
    ask, breaker, paper, alpaca, state
):
    ask("here", "0.90")
    ask("there", "0.90", broker="alpaca")
    paper.equity = alpaca.equity = "1"
    breaker.watch()
    states = []
    for broker in ("alpaca", "paper"):
        breaker.edit({"broker": broker})
        states.append(state())

    assert states == [REDUCING, ACTIVE]


def test_restart_when_killed_in_the_middle_then_it_goes_on_for_the_same_bot(
    ask, breaker, alpaca, make_app, brokers
):
    ask("swing", "0.90", broker="alpaca")
    alpaca.equity, alpaca.failures = "1", [Killed()]
    with pytest.raises(Killed):
        breaker.watch()
    restarted = services_of(make_app(brokers=brokers, dry_run=False)).portfolio.breaker
    middle = restarted.read("alpaca")
    alpaca.take(alpaca.submitted[0])
    restarted.watch()

    assert (middle.phase, middle.breach_source) == ("liquidating", "swing")
    assert (restarted.read("alpaca").phase, len(alpaca.submitted)) == ("tripped", 1)


def test_liquidation_when_the_bot_is_changed_meanwhile_then_it_ends_all_the_same(
    ask, breaker, paper, services
):
    ask("swing", "0.90")
    paper.equity = "1"
    paper.before_answer = lambda: setattr(paper, "is_reachable", False)
    breaker.watch()
    paper.is_reachable, paper.before_answer = True, lambda: None
    ask("swing", enabled=False)

    assert (breaker.read("paper").phase, paper.held["AAPL"]) == ("tripped", 0)


@pytest.mark.parametrize("keys", [{"sl": "0.10"}, {"enabled": False}], ids=["loosened", "off"])
def test_tripped_when_a_bot_is_edited_then_trading_stays_halted(ask, breaker, paper, state, keys):
    ask("swing", "0.90")
    paper.equity = "1"
    breaker.watch()
    ask("swing", **keys)

    assert (breaker.read("paper").phase, state()) == ("tripped", REDUCING)


def test_tripped_when_the_operator_edits_then_bots_begin_anew_at_the_equity_of_now(
    ask, breaker, paper, state
):
    ask("swing", "0.90")
    paper.equity = "50000"
    breaker.watch()
    breaker.edit({"broker": "paper"})
    breaker.watch()

    assert (breaker.read().phase, state(), level(breaker).base_equity) == ("armed", ACTIVE, 50_000)


def test_take_profit_when_two_bots_have_reached_it_then_it_is_told_once(ask, breaker, paper):
    ask("one", tp="1.10")
    ask("two", tp="1.15")
    paper.equity = "120000"

    assert (breaker.watch(), breaker.watch()) == (1, 0)


def test_entry_when_the_equity_behind_a_bots_breaker_is_unknown_then_denied(ask, breaker, paper):
    paper.is_reachable = False
    ask("swing", "0.90")
    blind = breaker.stored.knows_equity("paper")
    paper.is_reachable = True
    breaker.watch()

    assert (blind, breaker.stored.knows_equity("paper"), level(breaker).base_equity) == (False, True, 100_000)


def test_former_breaker_when_there_is_one_then_its_broker_keeps_it(services, store):
    former = CircuitBreaker("alpaca", base_equity=Decimal(9), active=True)
    store.create("state/circuit-breaker", to_json(former))
    services.portfolio.breaker.watch()

    assert (services.portfolio.breaker.read().broker, services.portfolio.breaker.read().base_equity) == (
        "alpaca",
        9,
    )
    assert store.get("state/circuit-breaker") is None


@pytest.mark.parametrize(
    ("equity", "told"),
    [
        ("89500.5", "stop-loss: equity 89,500.50 INR at paper, base 100,000 INR, set by swing"),
        ("130000", "take-profit: equity 130,000 INR at paper, base 100,000 INR, set by swing"),
    ],
)
def test_breach_when_it_is_told_then_its_figures_have_the_accounts_currency(
    ask, breaker, paper, settings, equity, told
):
    paper.currency = "INR"
    ask("swing", "0.90")
    paper.equity = equity
    breaker.watch()

    assert told in (settings.log_folder / "activity.log").read_text()


@pytest.mark.parametrize(("wants", "state"), [(True, "armed"), (False, "off")])
def test_edit_when_the_operators_part_is_off_then_it_says_what_the_bots_keep(
    configure, breaker, wants, state
):
    configure(enable_global_sl_tp=wants, global_sl_pct="0.8", global_tp_pct="1.2")
    breaker.watch()

    assert breaker.edit({"active": False}).last_event == f"{state} by the operator"
