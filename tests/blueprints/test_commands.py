"""Bot commands: who may send them, how many, and what the reading ones answer."""

from datetime import timedelta

import pytest

from app.domain.request_counts import ALLOWED
from tests.builders import ACCOUNT_SECRET, client_of, strategy_alert

pytestmark = pytest.mark.unit

PATH = f"/webhook/{ACCOUNT_SECRET}"
OTHER = "47462f2d-378c-4bf5-a016-1c1221aa0e63"


def failed(response, status, code):
    """Check the document's shape of a failure of which nothing was stored."""
    assert response.status_code == status, response.text
    assert set(response.json) == {"success", "id", "reason", "message"}
    assert (response.json["success"], response.json["id"]) == (False, None)
    assert response.json["reason"] == code
    return response


def test_bots_when_asked_then_each_has_its_number_name_and_strategy(make_app, operator, anonymous):
    operator.post("/api/bots", json={"id": "condors", "name": "BEST BOT EVER", "structure": "iron_condor"})
    operator.post("/api/bots", json={"id": "mine", "strategy": "CREDIT SPREAD"})
    answer = client_of(make_app(account_email="me@example.com")).get(f"{PATH}/bots")

    assert answer.json == {
        "success": True,
        "user": "me@example.com",
        "data": [
            {"id": 2, "name": "BEST BOT EVER", "strategy": "IRON CONDOR"},
            {"id": 1, "name": "Default", "strategy": ""},
            {"id": 3, "name": "mine", "strategy": "CREDIT SPREAD"},
        ],
    }
    assert [bot["number"] for bot in operator.get("/api/bots").json["bots"]] == [2, 1, 3]


def test_trades_when_shares_are_held_then_they_are_listed_with_json_numbers(
    client, operator, anonymous, clock
):
    client.post("/webhook", json=strategy_alert())
    operator.put("/api/paper/prices", json={"AAPL": "101.5"})
    operator.get("/status?fresh=true")
    (trade,) = anonymous.get(f"{PATH}/trades").json["trades"]

    assert trade.pop("entered_at_iso").startswith(trade["entered_at"].replace(" ", "T"))
    assert trade == {
        "id": operator.get("/api/trades").json["trades"][0]["number"],
        "symbol": "AAPL",
        "strategy": "LONG",
        "entered_at": f"{clock():%Y-%m-%d %H:%M:%S}",
        "entry_price": 100,
        "profit_loss": 1.5,
        "percentage_profit_loss": 1.5,
        "bot": 1,
        "broker": "paper",
        "units": 20,
        "state": "open",
        "largest_loss": None,
        "legs": [{"symbol": "AAPL", "ratio": 1, "mark": 101.5}],
    }


def test_trades_when_nothing_is_held_then_the_list_is_empty(anonymous):
    assert anonymous.get(f"{PATH}/trades").json == {"success": True, "trades": []}


@pytest.mark.parametrize("secret", [OTHER, "1", ACCOUNT_SECRET[:-1], f"{ACCOUNT_SECRET}0", "%00", "ü"])
def test_secret_when_it_is_wrong_then_401_without_an_id(anonymous, secret):
    failed(anonymous.get(f"/webhook/{secret}/bots"), 401, "NOT_AUTHENTICATED")


def test_secret_when_it_is_in_capitals_then_it_is_the_same_uuid(anonymous):
    assert anonymous.get(f"/webhook/{ACCOUNT_SECRET.upper()}/bots").status_code == 200


def test_secret_when_it_is_guessed_then_guessing_is_slowed_and_the_right_one_still_taken(anonymous):
    answers = [anonymous.get(f"/webhook/{OTHER}/bots") for _ in range(11)]

    failed(answers[-1], 429, "TOO_MANY_WRONG_SECRETS")
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert anonymous.get(f"{PATH}/bots").status_code == 200


def test_secret_when_the_address_is_not_allowed_then_403_in_the_documents_shape(make_app):
    from ipaddress import ip_network

    app = make_app(command_source_ips=(ip_network("10.0.0.0/8"),))

    failed(client_of(app).get(f"{PATH}/bots"), 403, "SOURCE_NOT_ALLOWED")


@pytest.mark.parametrize("by", ["api", "command line"])
def test_secret_when_it_is_rotated_then_the_old_one_works_a_day_more(app, operator, anonymous, clock, by):
    if by == "api":
        answer = operator.post("/api/account/secret").json
        new = answer["secret"]
        assert answer["previous_valid_until"] == (clock() + timedelta(hours=24)).isoformat()[:-6] + "Z"
    else:
        result = app.test_cli_runner().invoke(args=["account", "rotate-secret"])
        new = result.output.split("again: ")[1].split()[0]
    statuses = [anonymous.get(f"/webhook/{secret}/bots").status_code for secret in (new, ACCOUNT_SECRET)]
    clock.move(hours=24)
    later = [anonymous.get(f"/webhook/{secret}/bots").status_code for secret in (new, ACCOUNT_SECRET)]

    assert (statuses, later) == ([200, 200], [200, 401])
    assert operator.get("/api/audit").json["audit"][0]["subject"] == "account"


def test_secret_when_it_was_rotated_then_a_restart_does_not_undo_that(make_app, operator, clock):
    new = operator.post("/api/account/secret").json["secret"]
    clock.move(hours=25)
    restarted = client_of(make_app())

    assert restarted.get(f"/webhook/{new}/bots").status_code == 200
    assert restarted.get(f"{PATH}/bots").status_code == 401


def test_secret_when_the_settings_have_another_then_that_one_counts(app, make_app):
    changed = client_of(make_app(account_secret=OTHER))

    assert changed.get(f"/webhook/{OTHER}/bots").status_code == 200
    assert changed.get(f"{PATH}/bots").status_code == 401


def test_secret_when_none_was_ever_set_then_nothing_is_let_in_until_one_is_made(make_app, operator, store):
    store.delete(store.get("state/account-secret"))

    failed(
        client_of(make_app(account_secret=None, gcs_bucket_name="b")).get("/webhook/None/bots"),
        401,
        "NOT_AUTHENTICATED",
    )
    made = operator.post("/api/account/secret").json
    assert made["previous_valid_until"] is None
    assert operator.get(f"/webhook/{made['secret']}/bots").status_code == 200


def test_readiness_when_the_secret_is_90_days_old_then_it_warns(operator, clock):
    def warned():
        return [text for text in operator.get("/readyz").json["warnings"] if "account" in text]

    assert warned() == []
    clock.move(days=90, seconds=1)
    assert len(warned()) == 1


def test_requests_when_they_are_too_many_then_blocked_for_five_minutes(anonymous, clock):
    answers = [anonymous.get(f"{PATH}/bots") for _ in range(ALLOWED + 1)]
    blocked = failed(answers[-1], 429, "TOO_MANY_REQUESTS")

    assert [answer.status_code for answer in answers[:-1]] == [200] * ALLOWED
    assert blocked.headers["Retry-After"] == "300"
    clock.move(seconds=299)
    assert failed(anonymous.get(f"{PATH}/trades"), 429, "TOO_MANY_REQUESTS").headers["Retry-After"] == "1"
    clock.move(seconds=1)
    assert anonymous.get(f"{PATH}/bots").status_code == 200


def test_requests_when_they_come_over_more_than_a_minute_then_none_is_blocked(anonymous, clock):
    for _ in range(3 * ALLOWED):
        assert anonymous.get(f"{PATH}/bots").status_code == 200
        clock.move(seconds=1.01)


def test_requests_when_a_minute_slides_then_any_sixty_seconds_count(anonymous, clock):
    for _ in range(2):
        clock.move(seconds=50)
        answers = [anonymous.get(f"{PATH}/bots").status_code for _ in range(40)]

    assert answers == [200] * 20 + [429] * 20


def test_requests_when_two_processes_take_them_then_they_count_together(app, make_app):
    both = client_of(app), client_of(make_app())
    answers = [both[place % 2].get(f"{PATH}/bots").status_code for place in range(ALLOWED + 2)]

    assert answers == [200] * ALLOWED + [429] * 2


@pytest.mark.parametrize("bucket", [None, "state"])
def test_requests_when_the_process_starts_anew_then_the_block_stays(make_app, bucket):
    first = client_of(make_app(gcs_bucket_name=bucket))
    for _ in range(ALLOWED + 1):
        first.get(f"{PATH}/bots")

    failed(client_of(make_app(gcs_bucket_name=bucket)).get(f"{PATH}/bots"), 429, "TOO_MANY_REQUESTS")


def test_requests_when_the_state_is_in_a_bucket_then_only_the_block_is_written(make_app, store):
    client = client_of(make_app(gcs_bucket_name="state"))
    for _ in range(ALLOWED):
        assert client.get(f"{PATH}/bots").status_code == 200

    assert store.get("state/account-requests") is None
    assert client.get(f"{PATH}/bots").status_code == 429
    assert store.get("state/account-requests").value["times"] == []


def test_requests_when_the_secret_is_wrong_then_they_count_for_nobody(anonymous):
    for _ in range(ALLOWED + 5):
        anonymous.get(f"/webhook/{OTHER}/bots")

    assert anonymous.get(f"{PATH}/bots").status_code == 200


def test_block_when_a_wrong_clock_has_written_it_then_nobody_is_locked_out_for_longer(anonymous, store):
    store.create("state/account-requests", {"times": [], "blocked_until": "2999-01-01T00:00:00Z"})

    assert anonymous.get(f"{PATH}/bots").status_code == 200
