import pytest

from app.domain.idea_structures import bot_of_label, pair_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("label", "bot"),
    [("buy_call", "calls"), (" Buy_Call ", "calls"), ("bull put spread", "puts.1"), ("buy_put", None)],
)
def test_label_when_looked_up_then_the_bot_that_is_named_for_it(label, bot):
    assert bot_of_label(("buy_call=calls", "Bull Put Spread = puts.1"), label) == bot


def test_label_when_nothing_is_mapped_then_no_bot():
    assert bot_of_label(None, "buy_call") is None


@pytest.mark.parametrize("text", ["", "buy_call", "=calls", "buy_call=", "a=b=c", "a=b,c=d", "a=-b"])
def test_pair_when_it_is_none_then_refused(text):
    with pytest.raises(ValueError, match="is not a label and a bot like"):
        pair_of(text)
