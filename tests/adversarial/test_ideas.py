"""Whatever an idea, a tool or a model says: no order that the idea, the bot and the environment forbid."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.adversarial import alert_attacks, answer_attacks, secret_attacks, tool_attacks
from tests.adversarial.attack import Attack
from tests.adversarial.leaks import leaks
from tests.adversarial.oracle import Bounds, Permit, permit, violations
from tests.adversarial.world import PRICE, World
from tests.builders import services_of, trade_idea

pytestmark = pytest.mark.integration

POISONED = [*alert_attacks.ATTACKS, *tool_attacks.ATTACKS, *secret_attacks.ATTACKS]
# How an answer is read does not depend on who called the tools.
MODES = [(attack, mode) for attack in POISONED for mode in ("local", "hosted")]
MODES += [(attack, "local") for attack in answer_attacks.ATTACKS]
MODES += [(attack, "restarted") for attack in secret_attacks.ATTACKS]
TARGETS = {"bullish": Decimal("148.5"), "bearish": Decimal(136)}


@pytest.fixture
def world(make_world, attack, mode, request) -> Iterator[World]:
    """The world that the attack is let loose on; `restarted` reads the idea from the inbox."""
    alpaca = request.getfixturevalue("alpaca") if attack.at == "alpaca" else None
    world = make_world("hosted" if mode == "hosted" else "local", alpaca=alpaca, **attack.settings)
    pool = services_of(world.app).intake.pool
    if mode != "restarted":
        pool.start()
    world.optionomics.switches.change(dict(attack.tools))
    if attack.answer:
        world.openai.behave(**attack.answer)
    if attack.bot:
        world.configure(**attack.bot)
    yield world
    pool.stop(5)


@pytest.mark.parametrize(("attack", "mode"), MODES, ids=str)
def test_idea_when_it_is_an_attack_then_nothing_leaves_that_was_not_allowed(world, attack, mode):
    idea = trade_idea(**attack.idea)
    ended = end_of(world, idea)
    if world.sent:
        world.move(TARGETS[idea["direction"]])
        assert world.holding == 0

    assert violations(allowed(attack, idea, world), world.sent, PRICE) == []
    assert leaks(world) == []
    assert (ended, attack.in_vain or attack.answer != {} or world.is_fooled) == (attack.ending(mode), True)


def test_attacks_when_counted_then_there_are_enough_and_each_has_a_name():
    names = [attack.name for attack in (*POISONED, *answer_attacks.ATTACKS)]

    assert len(names) == len(set(names)) >= 60


def end_of(world: World, idea: dict) -> str:
    """Post an idea and return why its ticket ended, or how."""
    response = world.post(idea)
    if response.status_code == 422:
        return "malformed"
    ticket = world.work_off(response)
    return ticket["reason"] or ticket["status"]


def allowed(attack: Attack, idea: dict, world: World) -> Permit | None:
    """Return what the idea, the limits and what the model meant to say permit."""
    short = attack.settings.get("allow_short_selling", True)
    return permit(idea, Bounds(bot=attack.bot, allow_short=short), None if attack.answer else world.said)
