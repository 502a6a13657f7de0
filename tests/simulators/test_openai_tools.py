"""Tools in both ways: hosted, where a real MCP server is called, and functions of the application."""

import json

import pytest

from tests.simulators.openai.driving import QUOTE, answer_of, prompt

pytestmark = pytest.mark.integration

NEWS = QUOTE | {"name": "news"}


@pytest.fixture
def mcp(optionomics):
    """Make an mcp tool that points at the Optionomics simulator."""

    def make(**changes):
        tool = {
            "type": "mcp",
            "server_label": "optionomics",
            "server_url": optionomics.url,
            "authorization": optionomics.authorization.removeprefix("Bearer "),
            "require_approval": "never",
        }
        return {name: value for name, value in (tool | changes).items() if value is not None}

    return make


def types_of(response):
    return [item.type for item in response.output]


def first(response, kind):
    return next(item for item in response.output if item.type == kind)


def back(response, *outputs):
    """The items of a response and what the application answers, for the next input."""
    calls = [item for item in response.output if item.type == "function_call"]
    return [
        {"role": "user", "content": prompt()},
        *(item.to_dict() for item in response.output),
        *(answer_of(call, output) for call, output in zip(calls, outputs, strict=True)),
    ]


def test_hosted_when_allowed_then_the_server_is_really_called(asker, mcp, optionomics):
    response = asker.ask(tools=[mcp()])

    assert types_of(response) == ["mcp_list_tools", *["mcp_call"] * 3, "message"]
    assert optionomics.called == ["quote", "options_flow", "news"]


def test_hosted_call_when_it_works_then_arguments_and_output_are_strings(asker, mcp):
    call = first(asker.ask(tools=[mcp()]), "mcp_call")

    assert json.loads(call.arguments) == {"symbol": "NVDA"}
    assert json.loads(call.output)["price"] == 142.5
    assert (call.status, call.error, call.server_label) == ("completed", None, "optionomics")


def test_hosted_when_credentials_stand_in_headers_then_they_work_too(asker, mcp, optionomics):
    headers = {"Authorization": optionomics.authorization}

    assert asker.ask(tools=[mcp(authorization=None, headers=headers)]).status == "completed"


def test_hosted_when_answered_then_no_secret_comes_back(asker, mcp, optionomics):
    secret = optionomics.authorization.removeprefix("Bearer ")

    assert secret not in asker.ask(tools=[mcp()]).to_json()


@pytest.mark.parametrize("allowed", [["quote"], {"tool_names": ["quote"]}, {"tool_names": ["quote", "nope"]}])
def test_hosted_when_few_are_allowed_then_only_they_are_listed_and_called(asker, mcp, optionomics, allowed):
    listing = first(asker.ask(tools=[mcp(allowed_tools=allowed)]), "mcp_list_tools")

    assert [tool.name for tool in listing.tools] == ["quote"]
    assert optionomics.called == ["quote"]


def test_hosted_when_only_reading_is_allowed_then_orders_are_not_listed(asker, mcp, optionomics):
    optionomics.switches.extra_tools = {"place_order": "Places an order"}
    listing = first(asker.ask(tools=[mcp(allowed_tools={"read_only": True})]), "mcp_list_tools")

    assert len(listing.tools) == 12


def test_hosted_when_a_tool_fails_then_the_model_answers_all_the_same(asker, mcp, optionomics):
    optionomics.switches.failing = {"quote": "no such symbol"}
    response = asker.ask(tools=[mcp()])
    call = first(response, "mcp_call")

    assert (call.status, call.output, response.status) == ("failed", None, "completed")
    assert call.error.type == "mcp_tool_execution_error"


def test_hosted_when_calls_meet_500_then_http_error(asker, mcp, optionomics):
    optionomics.switches.change({"status": 500, "status_method": "tools/call"})
    call = first(asker.ask(tools=[mcp()]), "mcp_call")

    assert (call.error.type, call.error.code) == ("http_error", 500)


def test_hosted_when_the_server_hangs_then_the_call_fails_in_time(asker, mcp, optionomics):
    asker.fake.model.mcp_timeout_seconds = 0.2
    optionomics.switches.delays = {"quote": 2}

    assert first(asker.ask(tools=[mcp(allowed_tools=["quote"])]), "mcp_call").error.type == "http_error"


@pytest.mark.parametrize(
    ("changes", "switches", "sentence"),
    [
        ({"authorization": "d3Jvbmc="}, {}, "401 (Unauthorized)"),
        ({}, {"mcp_access": False}, "403 (Forbidden)"),
        ({}, {"status": 500}, "500 (Internal Server Error)"),
        ({"server_url": "http://127.0.0.1:9/mcp"}, {}, "424 (Failed Dependency)"),
    ],
)
def test_hosted_when_tools_cannot_be_listed_then_424_and_no_bill(
    asker, mcp, optionomics, changes, switches, sentence
):
    optionomics.switches.change(switches)

    with pytest.raises(
        asker.sdk.APIStatusError, match="Error retrieving tool list from MCP server"
    ) as refused:
        asker.ask(tools=[mcp(**changes)])

    assert (refused.value.status_code, sentence in refused.value.message) == (424, True)
    assert asker.fake.generations == []


def test_hosted_when_the_address_is_private_then_424_as_from_the_real_network(asker, mcp):
    asker.fake.model.reaches_loopback = False

    with pytest.raises(asker.sdk.APIStatusError) as refused:
        asker.ask(tools=[mcp()])

    assert refused.value.status_code == 424


@pytest.mark.parametrize(
    "rule", [None, "always", {"always": {"tool_names": ["quote"]}}, {"never": {"tool_names": ["news"]}}]
)
def test_hosted_when_approval_is_wanted_then_the_turn_ends_with_the_question(asker, mcp, optionomics, rule):
    response = asker.ask(tools=[mcp(require_approval=rule, allowed_tools=["quote"])])

    assert types_of(response) == ["mcp_list_tools", "mcp_approval_request"]
    assert optionomics.called == []


@pytest.mark.parametrize(("yes", "called"), [(True, ["quote"]), (False, [])])
def test_hosted_when_approval_is_answered_then_it_counts(asker, mcp, optionomics, yes, called):
    tool = mcp(require_approval="always", allowed_tools=["quote"])
    asked = asker.ask(tools=[tool])
    question = first(asked, "mcp_approval_request")
    reply = {"type": "mcp_approval_response", "approval_request_id": question.id, "approve": yes}
    response = asker.ask(tools=[tool], input=[reply], previous_response_id=asked.id)

    assert (response.output[-1].type, optionomics.called) == ("message", called)


def test_hosted_when_calls_are_limited_then_no_more_are_made(asker, mcp, optionomics):
    asker.ask(tools=[mcp()], max_tool_calls=1)

    assert optionomics.called == ["quote"]


def test_functions_when_offered_then_they_are_asked_for_first(asker):
    response = asker.ask(tools=[QUOTE, NEWS])
    call = first(response, "function_call")

    assert types_of(response) == ["function_call", "function_call"]
    assert (call.name, json.loads(call.arguments)) == ("quote", {"symbol": "NVDA", "days": None})


def test_functions_when_parallel_calls_are_off_then_one_at_a_time(asker):
    response = asker.ask(tools=[QUOTE, NEWS], parallel_tool_calls=False)
    items = back(response, "5")

    assert types_of(response) == ["function_call"]
    assert (
        first(asker.ask(tools=[QUOTE, NEWS], parallel_tool_calls=False, input=items), "function_call").name
        == "news"
    )


def test_functions_when_answered_by_items_then_the_model_decides(asker):
    items = back(asker.ask(tools=[QUOTE]), '{"price": 5}')
    response = asker.ask(tools=[QUOTE], input=items)

    assert types_of(response) == ["message"]
    assert "1 tool results" in response.output_text


def test_functions_when_answered_by_previous_id_then_the_model_decides(asker):
    asked = asker.ask(tools=[QUOTE])
    reply = answer_of(asked.output[0], '{"price": 5}')
    response = asker.ask(tools=[QUOTE], input=[reply], previous_response_id=asked.id)

    assert json.loads(response.output_text)["symbol"] == "NVDA"
    assert [each.turn for each in asker.fake.generations] == [1, 2]
    assert asker.fake.opinions().total() == 1


def test_functions_when_an_output_is_missing_then_400(asker):
    items = back(asker.ask(tools=[QUOTE]), "5")[:-1]

    with pytest.raises(asker.sdk.BadRequestError, match="No tool output found for function call"):
        asker.ask(tools=[QUOTE], input=items)


def test_functions_when_an_output_belongs_to_no_call_then_400(asker):
    stray = {"type": "function_call_output", "call_id": "call_0", "output": "5"}

    with pytest.raises(asker.sdk.BadRequestError, match="No tool call found"):
        asker.ask(tools=[QUOTE], input=[stray])


def test_functions_when_tools_are_not_to_be_used_then_the_model_decides_at_once(asker):
    assert types_of(asker.ask(tools=[QUOTE], tool_choice="none")) == ["message"]


@pytest.mark.parametrize(
    ("kind", "name", "arguments"),
    [
        ("unknown_function", "transfer_funds", '{"amount": 1000000}'),
        ("bad_arguments", "quote", '{"symbol": '),
    ],
)
def test_functions_when_the_model_is_odd_then_so_is_the_call(asker, kind, name, arguments):
    asker.fake.behave(kind)
    call = first(asker.ask(tools=[QUOTE]), "function_call")

    assert (call.name, call.arguments) == (name, arguments)


def test_functions_when_calls_never_end_then_every_turn_asks_again(asker):
    asker.fake.behave("endless_calls", times=None)
    response = asker.ask(tools=[QUOTE])
    items = back(response, "5")

    assert types_of(asker.ask(tools=[QUOTE], input=items)) == ["function_call"]


def test_answer_when_spoiled_then_it_waits_for_the_message(asker):
    asker.fake.behave("refusal")
    items = back(asker.ask(tools=[QUOTE]), "5")

    assert asker.ask(tools=[QUOTE], input=items).output[0].content[0].type == "refusal"


@pytest.fixture
def commented(asker):
    """A response that comments before it calls a function."""
    asker.fake.model.phases = True
    return asker.ask(tools=[QUOTE])


def test_phases_when_the_model_has_them_then_it_comments_and_marks_its_answer(asker, commented):
    answer = asker.ask(tools=[QUOTE], input=back(commented, "{}"))
    said = [item for item in [*commented.output, *answer.output] if item.type == "message"]

    assert types_of(commented) == ["message", "function_call"]
    assert [item.phase for item in said] == ["commentary", "commentary", "final_answer"]


@pytest.mark.parametrize("lost", ["phase", "message"])
def test_commentary_when_it_does_not_come_back_in_its_phase_then_refused(asker, commented, lost):
    given = back(commented, "{}")
    said = next(item for item in given if item.get("type") == "message")
    kept = [{**said, "phase": None}] if lost == "phase" else []
    given = [*kept, *(item for item in given if item is not said)]
    with pytest.raises(asker.sdk.BadRequestError, match="The commentary beside function call"):
        asker.ask(tools=[QUOTE], input=given)


@pytest.mark.parametrize(("role", "phase"), [("assistant", "analysis"), ("user", "commentary")])
def test_phase_when_there_is_none_such_or_the_words_are_not_the_models_then_refused(asker, role, phase):
    with pytest.raises(asker.sdk.BadRequestError) as refused:
        asker.ask(input=[{"role": role, "content": prompt(), "phase": phase}])

    assert refused.value.param == "input[0].phase"
