import pytest

from app.domain.chat import ChatCommand, ChatVerb, read_command

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "verb", "rest"),
    [
        ("", ChatVerb.HELP, ""),
        ("  STATUS ", ChatVerb.STATUS, ""),
        ("halt swing  the news", ChatVerb.HALT, "swing the news"),
        ("buy AAPL 10 limit 190", ChatVerb.BUY, "AAPL 10 limit 190"),
    ],
)
def test_command_when_said_then_its_verb_and_the_rest_are_read(said, verb, rest):
    assert read_command(said) == ChatCommand(verb, rest)


def test_command_when_nobody_knows_it_then_has_no_verb():
    assert read_command("dance now") == ChatCommand(None, "dance now")
