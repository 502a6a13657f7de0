from datetime import timedelta

import pytest

from app.services.instruments import ContractLists
from tests.domain.contracts.builders import MONDAY, market

URL = "http://127.0.0.1:9/NSE_FO.csv"


@pytest.fixture
def clock(clock):
    clock.now = MONDAY
    return clock


@pytest.fixture
def app(make_app):
    return make_app(fyers_app_id="APP-100", fyers_symbol_master_url=URL)


@pytest.fixture
def listed(store):
    """Keep a small list, as of Monday."""
    ContractLists(store).put(market(), URL, MONDAY)


@pytest.mark.unit
def test_show_when_an_alerts_words_then_the_contract(run, listed):
    result = run("symbols", "show", "NSE:NIFTY", "weekly", "ATM+1", "CE", "--spot", "25010")

    assert "NSE:NIFTY26072125050CE" in result.output
    assert ["lot_size", "65"] in [line.split() for line in result.output.splitlines()]


@pytest.mark.unit
def test_show_when_an_underlying_then_its_expiries(run, listed):
    assert run("symbols", "show", "NIFTY1!").output.splitlines()[:3] == [
        "2026-07-21",
        "2026-07-28 monthly",
        "2026-08-04",
    ]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["NITFY"], "CONTRACT_UNKNOWN: The NSE lists no options on NITFY; the nearest names are NIFTY"),
        (["NIFTY", "weekly", "ATM", "CE"], "PRICE_UNKNOWN"),
        (["NIFTY", "weekly"], "with expiry, strike and CE or PE"),
    ],
)
def test_show_when_it_finds_nothing_then_says_why(run, listed, words, told):
    result = run("symbols", "show", *words)

    assert (result.exit_code, told in result.output) == (1, True)


@pytest.mark.unit
def test_show_when_list_is_old_then_refuses(run, listed, clock):
    clock.now = MONDAY + timedelta(days=4)

    assert "SYMBOL_MASTER_STALE" in run("symbols", "show", "NIFTY").output


@pytest.mark.integration
def test_refresh_when_it_fails_then_says_why(run):
    result = run("symbols", "refresh")

    assert result.exit_code == 1
    assert "ConnectionError. The last good list stays." in result.output


@pytest.mark.unit
def test_symbols_when_fyers_is_not_configured_then_there_are_none(make_app):
    result = make_app().test_cli_runner().invoke(args=["symbols", "refresh"])

    assert "without FYERS_APP_ID" in result.output
