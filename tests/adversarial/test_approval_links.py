"""Whoever does not hold the very link, in time and first, approves nothing."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.adversarial.oracle import Bounds, permit, violations
from tests.adversarial.world import PRICE, World
from tests.builders import client_of, services_of, trade_idea

pytestmark = pytest.mark.integration

LINK = re.compile(r"https://gatehouse\.example(/approvals/\S+)")
APPROVE = {"verdict": "approve"}
TICKET, ENDS_AT, SEAL = slice(0, 32), slice(32, 42), slice(42, None)


@pytest.fixture
def world(make_world) -> World:
    world = make_world()
    world.configure(approval="always")
    return world


@pytest.fixture
def waiting(world) -> list[dict]:
    """Two tickets that wait for a person."""
    tickets = [world.work_off(world.post(trade_idea())) for _ in range(2)]
    assert [ticket["status"] for ticket in tickets] == ["awaiting_approval"] * 2
    return tickets


@pytest.fixture
def tokens(world, waiting) -> list[str]:
    """What the owner's two links end in."""
    services_of(world.app).observability.notifier.close(60)
    links = [LINK.search(event.message)[1] for event in world.told]
    return [link.rpartition("/")[2] for link in links]


@pytest.fixture
def visit(world):
    """Do something with a link, without any credentials."""

    def go(token: str, method: str = "POST", **sent):
        path = f"/approvals/{token}"
        return world.heard(client_of(world.app).open(path, method=method, **({"data": APPROVE} | sent)))

    return go


FORGERIES = {
    "nothing but a word": "approve",
    "no seal": "{ticket}{ends}",
    "half a seal": "{ticket}{ends}{seal:.44}",
    "a longer seal": "{own}0",
    "another digit in the seal": "{ticket}{ends}{seal:.63}x",
    "the seal in capitals": "{ticket}{ends}{capitals}G",
    "the other ticket under this seal": "{other}{ends}{seal}",
    "this ticket under the other seal": "{ticket}{ends}{others}",
    "more time": "{ticket}9999999999{seal}",
    "less time": "{ticket}0000000000{seal}",
    "a time below nothing": "{ticket}-000000001{seal}",
    "spaces around": "%20{own}%20",
    "a NUL": "{own}%00",
    "a look-alike digit": "{ticket}{ends}{seal:.63}\u0661",
    "bytes that are no text": "%ff%fe{own}",
    "a way up": "..%2f{own}",
    "ten thousand letters": "{own:a<10000}",
}


@pytest.fixture
def undecided(world, waiting, tokens, visit):
    """Tell whether nothing was decided meanwhile, though whoever holds the very link still decides."""

    def read() -> bool:
        before = (statuses(world, waiting), world.sent)
        return before == (["awaiting_approval"] * 2, []) and visit(tokens[0]).status_code == 200

    return read


def test_link_when_forged_then_nothing_is_decided(tokens, visit, undecided):
    own, other = tokens
    parts = {"ticket": own[TICKET], "ends": own[ENDS_AT], "seal": own[SEAL], "capitals": own[SEAL].upper()}
    parts |= {"own": own, "other": other[TICKET], "others": other[SEAL]}
    answers = {name: visit(forgery.format(**parts)).status_code for name, forgery in FORGERIES.items()}

    assert {name: code for name, code in answers.items() if not 400 <= code < 500} == {}
    assert undecided()


def test_link_when_it_is_not_posted_to_then_nothing_is_decided(tokens, visit, undecided):
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
        visit(tokens[0], method, query_string=APPROVE)

    assert undecided()


def test_link_when_posted_to_without_a_word_then_nothing_is_decided(tokens, visit, undecided):
    wordless = ({}, {"verdict": "APPROVED"}, {"verdict": "yes"}, {"approve": "1"})

    assert [visit(tokens[0], data=sent).status_code for sent in wordless] == [400] * len(wordless)
    assert undecided()


def test_link_when_of_another_ticket_then_only_that_one_is_ordered(world, waiting, tokens, visit):
    assert visit(tokens[1]).status_code == 200
    assert statuses(world, waiting) == ["awaiting_approval", "filled"]
    assert violations(permit(trade_idea(), Bounds()), world.sent, PRICE) == []


def test_link_when_used_again_then_there_is_still_one_order(world, waiting, tokens, visit):
    answers = [visit(tokens[0]).status_code for _ in range(3)]

    assert (answers, len(world.sent)) == ([200, 409, 409], 1)


def test_link_when_used_by_eight_at_once_then_one_order(world, waiting, tokens, visit):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visit(tokens[0]).status_code, range(8)))

    assert (answers.count(200), len(world.sent)) == (1, 1)


def test_link_when_late_then_its_order_expires(world, waiting, tokens, visit, clock):
    clock.move(seconds=901)
    visit(tokens[0])

    assert (statuses(world, waiting)[0], world.sent) == ("expired", [])


def test_link_when_very_late_then_it_is_refused(world, waiting, tokens, visit, clock):
    clock.move(days=2)

    assert (visit(tokens[0]).status_code, world.sent) == (403, [])


def test_link_when_the_operator_has_rejected_then_refused(world, waiting, tokens, visit):
    world.operate("POST", f"/api/tickets/{waiting[0]['id']}/reject")

    assert (visit(tokens[0]).status_code, world.sent) == (409, [])


def test_link_when_trading_was_halted_since_then_nothing_is_ordered(world, waiting, tokens, visit):
    world.operate("PUT", "/api/trading-state", {"state": "HALTED", "reason": "enough"})
    visit(tokens[0])

    assert (statuses(world, waiting)[0], world.sent) == ("denied", [])


def test_link_when_the_bot_was_given_less_since_then_the_order_is_smaller(world, waiting, tokens, visit):
    world.configure(max_order_notional="20")
    visit(tokens[0])

    assert violations(permit(trade_idea(), Bounds(bot={"max_order_notional": "20"})), world.sent, PRICE) == []


def test_page_when_an_idea_has_a_script_in_its_name_then_it_shows_none(world, visit):
    world.work_off(world.post(trade_idea(alert_name="<script>alert(1)</script>", strategy='"><img src=x>')))
    services_of(world.app).observability.notifier.close(60)
    page = visit(LINK.search(world.told[0].message)[1].rpartition("/")[2], "GET", data=None)

    assert (page.status_code, "<script" in page.text, "<img" in page.text) == (200, False, False)


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_operators_path_when_asked_by_a_stranger_then_refused(world, waiting, word):
    path = f"/api/tickets/{waiting[0]['id']}/{word}"
    answers = [client_of(world.app).post(path), client_of(world.app, x_bot_secret="x" * 20).post(path)]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert (statuses(world, waiting), world.sent) == (["awaiting_approval"] * 2, [])


def statuses(world: World, tickets: list[dict]) -> list[str]:
    return [world.operate("GET", f"/api/tickets/{ticket['id']}").json["status"] for ticket in tickets]
