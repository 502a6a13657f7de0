import json
from datetime import timedelta

import pytest

from tests.past_opinions import NOON, bar_rows, idea_alert, past_ticket, refused, said, write


@pytest.fixture(autouse=True)
def later(clock):
    clock.now = NOON + timedelta(days=6)


@pytest.fixture
def replay(run):
    """Replay ideas; return what is printed as JSON."""
    return lambda *words: json.loads(run("ideas", "replay", "--json", *words).stdout)


def idea(replayed: dict) -> dict:
    (one,) = replayed["ideas"]
    return one


@pytest.mark.unit
def test_replay_when_there_is_no_key_then_the_rule_is_asked(replay, store):
    write(store, past_ticket(opinion=said("skip", "0.4", notional_usd="0"), status="skipped", orders=[]))
    one = idea(replay())

    assert (one["old"]["action"], one["new"]["action"]) == ("skip", "buy")
    assert (one["old"]["outcome"], one["new"]["outcome"]) == ("skipped OPINION_SKIP", "ordered")


@pytest.mark.unit
def test_replay_when_only_a_limit_changes_then_stored_opinions_stand(replay, store):
    write(store, past_ticket())
    replayed = replay("--min-confidence", "0.85")

    assert idea(replayed)["new"]["outcome"] == "denied OPINION_CONFIDENCE_LOW"
    assert (idea(replayed)["new"]["confidence"], replayed["cost"]) == ("0.8", {})


@pytest.mark.unit
def test_replay_when_the_cap_is_lower_then_the_order_is_smaller(replay, store):
    write(store, past_ticket())
    told = replay("--max-notional", "100")["difference"]

    assert [round(float(told[side]["value"])) for side in ("old", "new")] == [200, 100]
    assert (told["other_outcomes"], told["lost"]) == (0, 0)


@pytest.mark.unit
def test_replay_when_gates_are_asked_again_then_what_became_of_it_then_is_told(replay, store):
    write(store, refused("denied", "MARKET_CLOSED"))
    one = idea(replay())

    assert (one["then"], one["old"]["outcome"]) == ("denied MARKET_CLOSED", "ordered")


@pytest.mark.unit
def test_replay_when_done_then_nothing_was_ordered_or_written(replay, store, services):
    write(store, past_ticket())
    services.operations.bots.get("default")
    before = {document.key: document.value for document in store.list("")}
    replay()

    assert {document.key: document.value for document in store.list("")} == before
    assert (
        services.brokers.registry.get("paper").open_orders()
        == services.brokers.registry.get("paper").positions()
        == []
    )


@pytest.mark.unit
def test_replay_when_the_ideas_caps_are_used_up_then_it_uses_nothing_itself(replay, store, configure):
    configure(daily_order_cap=1)
    write(store, past_ticket(), past_ticket())

    assert replay()["difference"]["new"]["ordered"] == 2


@pytest.mark.unit
def test_replay_when_there_are_others_then_only_ideas_with_an_opinion_are_run(replay, store):
    neutral = past_ticket(alert=idea_alert(direction="neutral"))
    write(store, neutral, past_ticket(opinion=None), past_ticket(dialect="strategy"))

    assert replay()["ideas"] == []


@pytest.mark.unit
def test_replay_when_an_idea_cannot_be_run_again_then_it_is_counted(replay, store):
    write(store, past_ticket(bot="gone"), past_ticket(alert=idea_alert(entry_price="***")), past_ticket())
    replayed = replay()

    assert (len(replayed["ideas"]), replayed["left_out"]) == (1, 2)


@pytest.mark.unit
def test_replay_when_bars_are_given_then_both_sides_are_worth_something(replay, store, tmp_path):
    file = tmp_path / "bars.csv"
    file.write_text(bar_rows(), encoding="utf-8")
    write(store, past_ticket())
    told = replay("--min-confidence", "0.9", "--csv", str(file))["difference"]

    assert (told["old"]["average_gain"], told["new"]["average_gain"]) == ("0.240000", None)


@pytest.mark.unit
def test_replay_when_shown_then_changes_stand_side_by_side(run, store):
    write(store, past_ticket(opinion=said("skip", "0.4", notional_usd="0")))
    output = run("ideas", "replay").output

    assert "skip > buy" in output
    assert "1 ideas, 1 with another action, 1 with another outcome: 1 more ordered, 0 no longer." in output
    assert "Asked: rules (reward-risk-1), 0 requests, 0 tokens." in output


@pytest.mark.unit
def test_replay_when_a_model_is_named_without_a_key_then_it_says_who_answers(run, store):
    assert "OPENAI_API_KEY is not set: rules" in run("ideas", "replay", "--model", "gpt-5.6").output


@pytest.mark.unit
@pytest.mark.parametrize(
    "words",
    [
        ("--min-confidence", "2"),
        ("--max-notional", "much"),
        ("--horizon", "1h,1d"),
        ("--limit", "0"),
        ("--csv", "nowhere.csv"),
    ],
)
def test_replay_when_an_option_makes_no_sense_then_a_sentence_says_so(run, words):
    result = run("ideas", "replay", *words)

    assert (result.exit_code, result.output.startswith("Error: ")) == (1, True)


@pytest.mark.integration
class TestModel:
    @pytest.fixture
    def app(self, make_app, openai_simulator):
        keys = {"openai_api_key": openai_simulator.key, "openai_base_url": openai_simulator.base_url}
        return make_app(**keys)

    def test_replay_when_model_and_prompt_are_given_then_they_are_used(
        self, replay, store, openai_simulator, tmp_path
    ):
        file = tmp_path / "bold.md"
        file.write_text("version: bold-1\nBe bold.", encoding="utf-8")
        write(store, past_ticket())
        replayed = replay("--model", "gpt-5.6", "--prompt", str(file), "--yes")
        (body,) = openai_simulator.bodies

        assert (body["model"], body["instructions"]) == ("gpt-5.6", "Be bold.")
        assert replayed["cost"]["requests"] == 1

    @pytest.mark.parametrize(("answer", "requests"), [("n\n", 0), ("y\n", 2)])
    def test_replay_when_it_costs_then_the_number_is_told_first(
        self, run, store, openai_simulator, answer, requests
    ):
        write(store, past_ticket(), past_ticket())
        result = run("ideas", "replay", input=answer)

        assert "gpt-5.5 is asked about 2 ideas" in result.output
        assert len(openai_simulator.bodies) == requests

    def test_replay_when_only_a_limit_changes_then_the_model_is_not_asked(self, run, store, openai_simulator):
        write(store, past_ticket())
        run("ideas", "replay", "--max-notional", "10")

        assert openai_simulator.bodies == []

    @pytest.mark.parametrize("text", [None, "Be bold."])
    def test_replay_when_the_prompt_has_no_version_then_a_sentence_says_so(self, run, tmp_path, text):
        file = tmp_path / "bold.md"
        if text is not None:
            file.write_text(text, encoding="utf-8")

        assert "is not a prompt" in run("ideas", "replay", "--prompt", str(file)).output

    def test_replay_when_the_model_fails_then_its_reason_stands_there(
        self, run, app, store, openai_simulator
    ):
        from tests.simulators.openai import Behaviour

        openai_simulator.behaviours.add(Behaviour(kind="refusal"))
        write(store, past_ticket())

        assert "buy > OPINION_REFUSED" in run("ideas", "replay", "--yes").output
