"""A cover whose strike is counted from the money means what was sold, whatever is at the money by now."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.builders import services_of
from tests.notices import telling

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("logged_in", "ticker")]
AT_THE_MONEY = {"strikeprice": "ATM"}


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def app(make_option_app, messages):
    return make_option_app(**telling(messages))


@pytest.fixture
def level(fake) -> Callable[[int], None]:
    """Let the index stand somewhere."""
    return lambda points: fake.market.move("NSE:NIFTY50-INDEX", Decimal(points))


def test_cover_when_logged_out_then_the_one_short_is_pursued_whatever_is_at_the_money(
    post, fake, pass_time, mend, outcome, level
):
    level(24500)
    assert post(**AT_THE_MONEY)[0] == 200
    pass_time(2)
    fake.inject("dead_token")
    status, answer = post(**AT_THE_MONEY, action="BUY", idempotency_key="out")
    pass_time(5)
    mend()
    pass_time(40)

    assert (status, answer["status"]) == (202, "pursuing")
    assert outcome(answer) == (0, 65, "filled")


def test_cover_when_another_strike_is_at_the_money_by_now_then_the_one_short_is_meant(
    post, pass_time, held, level
):
    level(24500)
    assert post(**AT_THE_MONEY)[0] == 200
    pass_time(2)
    level(24800)

    assert post(**AT_THE_MONEY, action="BUY", idempotency_key="out")[0] == 200
    assert held() == 0


def test_cover_when_it_picks_none_of_several_shorts_then_it_is_refused_and_told(
    post, pass_time, held, level, app, messages
):
    for points, key in ((24500, "a"), (24600, "b")):
        level(points)
        assert post(**AT_THE_MONEY, idempotency_key=key)[0] == 200
    pass_time(2)
    level(24800)
    status, answer = post(**AT_THE_MONEY, action="BUY", idempotency_key="out")

    assert (status, answer["error"]["code"], held()) == (400, "COVER_UNCLEAR", -130)
    services_of(app).observability.notifier.close(timeout=60)
    assert messages == ["An exit did not happen"]
