"""Simulators that live as long as the suite, and one application for each attack."""

import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest

from app.brokers.paper.broker import PaperBroker
from app.logs import LineFormatter, MaskSecrets
from tests.adversarial.world import (
    ALPACA_KEY,
    ALPACA_SECRET,
    OPENAI_KEY,
    OPTIONOMICS_TOKEN,
    PRICE,
    Overheard,
    Watched,
    World,
    research,
)
from tests.simulators.alpaca import FakeAlpaca
from tests.simulators.openai import FakeOpenAI
from tests.simulators.optionomics import FakeOptionomics


@pytest.fixture(scope="session")
def obedient() -> Iterator[FakeOpenAI]:
    """A model without any judgement."""
    with FakeOpenAI(key=OPENAI_KEY) as fake:
        yield fake


@pytest.fixture(scope="session")
def lying() -> Iterator[FakeOptionomics]:
    """Tools that say whatever an attacker wants."""
    with FakeOptionomics(token=OPTIONOMICS_TOKEN) as fake:
        yield fake


@pytest.fixture
def console() -> Iterator[logging.StreamHandler]:
    """Everything that the console would show."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(LineFormatter())
    handler.addFilter(MaskSecrets())
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def fooled(obedient, lying) -> None:
    """Let both begin anew: nobody is asked yet, everybody is obeyed."""
    lying.switches.reset()
    lying.requests.clear()
    lying.calls.clear()
    obedient.behaviours.clear()
    obedient.requests.clear()
    obedient.model = Overheard(obey=True, plan=one_tool)


@pytest.fixture
def make_world(make_app, store, clock, console, obedient, lying, fooled) -> Callable[..., World]:
    """Build the world of one attack: `mode` hosted or local, `alpaca` for orders that go there.

    Another `store` makes a world of its own, in which nothing has happened yet.
    """

    def make(mode: str = "local", *, alpaca: FakeAlpaca | None = None, store=store, **changes) -> World:
        paper, told = Watched(PaperBroker(store, clock)), []
        access = research(obedient, lying) | {"optionomics_mcp_mode": mode}
        access |= {"alpaca_api_key": ALPACA_KEY, "alpaca_secret_key": ALPACA_SECRET}
        access |= {"notification_url": "ntfy://localhost/x", "public_url": "https://gatehouse.example"}
        brokers = {"paper": paper}
        if alpaca is not None:
            from app.brokers.alpaca.broker import AlpacaBroker

            addresses = {
                "trading_url": alpaca.url,
                "data_url": alpaca.url,
                "timeout_seconds": 2,
                "clock": clock,
            }
            brokers["alpaca"] = AlpacaBroker(ALPACA_KEY, ALPACA_SECRET, paper=True, **addresses)
            access |= {"default_broker": "alpaca", "dry_run": False}
        access |= {"allow_short_selling": True}
        return World(
            app=make_app(brokers=brokers, store=store, notify=told.append, **(access | changes)),
            mode=mode,
            openai=obedient,
            optionomics=lying,
            paper=paper,
            alpaca=alpaca,
            console=console.stream,
            told=told,
        )

    return make


@pytest.fixture
def alpaca() -> Iterator[FakeAlpaca]:
    """A broker on the other end of the network."""
    with FakeAlpaca(key=ALPACA_KEY, secret=ALPACA_SECRET, checked=True) as fake:
        fake.market.move("NVDA", PRICE)
        yield fake
        assert fake.misfits == []


def one_tool(idea: dict, names: list[str]) -> list[str]:
    """Ask for the news, or whatever there is: one answer is enough to be lied to."""
    return [name for name in ("news",) if name in names] or names[:1]
