"""Pages of documents by term, from the last key down, asked of each store."""

import pytest

from app.storage import terms as terms_module
from app.storage.base import Create, Delete, Replace, Waiting

pytestmark = pytest.mark.integration

DAYS = ["2026-03-01", "2026-03-02", "2026-03-04"]


def ticket(number: int, **changes) -> Create:
    day = DAYS[number % len(DAYS)]
    value = {"id": f"{number:03}", "bot": "one", "status": "filled", "orders": []} | changes
    return Create(f"tickets/{day}/{number:03}", value)


def walked(store, prefix="tickets/", *, term=None, terms=(), since="", limit=2):
    """Return the ids on every page, each page being asked for behind the one before."""
    pages, before = [], ""
    terms = terms if term is None else (term,)
    while before is not None:
        page = store.page(prefix, terms=terms, before=before, since=since, limit=limit)
        pages.append([document.value["id"] for document in page.documents])
        before = page.before
    return pages


def flat(pages):
    return [name for page in pages for name in page]


@pytest.fixture
def filled(store):
    """Nine tickets on three days, every third denied, every second of the bot `two`."""
    store.apply(
        ticket(n, status="denied" if n % 3 == 0 else "filled", bot="two" if n % 2 else "one")
        for n in range(9)
    )
    return store


def test_page_when_no_term_is_asked_for_then_all_come_from_the_last_key_down(filled):
    assert flat(walked(filled)) == ["008", "005", "002", "007", "004", "001", "006", "003", "000"]


def test_page_when_it_is_the_last_then_it_says_so(filled):
    assert walked(filled, limit=5) == [["008", "005", "002", "007", "004"], ["001", "006", "003", "000"]]
    assert walked(filled, limit=9) == [["008", "005", "002", "007", "004", "001", "006", "003", "000"]]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("status:denied", ["006", "003", "000"]),
        ("bot:two", ["005", "007", "001", "003"]),
        ("bot:two status:denied", ["003"]),
        ("bot:three", []),
    ],
)
def test_page_when_a_term_is_asked_for_then_only_those_that_carry_it(filled, term, expected):
    assert flat(walked(filled, term=term)) == expected


def test_page_when_a_day_is_asked_for_then_no_other(filled):
    assert flat(walked(filled, "tickets/2026-03-02/", term="bot:two")) == ["007", "001"]


def test_page_when_a_ticket_changes_then_it_is_found_by_what_it_is_now(filled):
    held = filled.get("tickets/2026-03-04/008")
    filled.apply([Replace(held, held.value | {"status": "canceled"})])

    assert flat(walked(filled, term="status:canceled")) == ["008"]
    assert "008" not in flat(walked(filled, term="status:filled"))


def test_page_when_a_ticket_changes_by_itself_then_it_is_found_by_what_it_is_now(filled):
    held = filled.get("tickets/2026-03-04/008")
    filled.replace(held, held.value | {"status": "canceled"})

    assert flat(walked(filled, term="status:canceled")) == ["008"]
    assert "008" not in flat(walked(filled, term="status:filled"))


def test_page_when_a_ticket_is_gone_then_it_is_not_found(filled):
    filled.apply([Delete(filled.get("tickets/2026-03-04/008"))])

    assert "008" not in flat(walked(filled, term="status:filled"))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (("status:denied", "symbol:AAPL"), ["006", "003", "000"]),
        (("bot:two", "reason:X"), ["003"]),
        (("symbol:AAPL", "reason:X", "dialect:strategy"), ["006", "003", "000"]),
        (("symbol:AAPL", "reason:Y"), []),
    ],
)
def test_page_when_several_terms_are_asked_for_then_those_that_carry_all(store, terms, expected):
    known = {"dialect": "strategy", "signal": {"symbol": "aapl"}}
    denied = known | {"status": "denied", "reason": "X"}
    store.apply(
        ticket(n, bot="two" if n % 2 else "one", **(denied if n % 3 == 0 else known)) for n in range(9)
    )

    assert flat(walked(store, terms=terms, limit=1)) == expected


@pytest.mark.parametrize("most", [1, 2, 3, 4, 100])
@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (("status:denied", "bot:two"), ["003"]),
        (("bot:one", "status:filled"), ["008", "002", "004"]),
        (("bot:two", "symbol:AAPL"), []),
    ],
)
def test_page_when_no_more_entries_are_looked_at_then_the_next_goes_on(
    filled, monkeypatch, terms, expected, most
):
    monkeypatch.setattr(terms_module, "MOST_ENTRIES", most)

    assert flat(walked(filled, terms=terms)) == expected
    assert flat(walked(filled, terms=terms, since="tickets/2026-03-02/")) == [
        name for name in expected if int(name) % 3
    ]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"], indirect=True)
def test_page_when_several_terms_have_many_entries_then_it_is_short_and_more_follow(filled, monkeypatch):
    monkeypatch.setattr(terms_module, "MOST_ENTRIES", 2)

    assert walked(filled, terms=("status:denied", "bot:two")) == [["003"], []]
    assert walked(filled, terms=("bot:two", "status:filled")) == [["005", "007"], ["001"], []]


@pytest.mark.parametrize("most", [1, 3, 100])
@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([("status:denied", "bot:two")], ["005", "007", "001", "006", "003", "000"]),
        ([("status:denied", "status:lost"), ("bot:two", "bot:none")], ["003"]),
        ([("status:denied", "status:filled"), "bot:two"], ["005", "007", "001", "003"]),
        ([("bot:one", "bot:two"), ("symbol:X", "dialect:y", "bot:one")], ["008", "002", "004", "006", "000"]),
        ([("bot:none", "status:lost")], []),
        (["status:filled", ("bot:none", "bot:nobody")], []),
        ([(), "status:filled"], []),
    ],
)
def test_page_when_of_some_terms_one_suffices_then_those_that_carry_one_of_each(
    filled, monkeypatch, terms, expected, most
):
    monkeypatch.setattr(terms_module, "MOST_ENTRIES", most)

    assert flat(walked(filled, terms=terms)) == expected


@pytest.mark.parametrize("terms", [(), ("status:filled",), ("status:filled", "bot:one")])
def test_page_when_it_has_a_beginning_then_nothing_older_is_shown(store, terms):
    store.apply([ticket(n) for n in range(9)])
    since = "tickets/2026-03-02/004"

    assert flat(walked(store, terms=terms, since=since)) == ["008", "005", "002", "007", "004"]
    assert flat(walked(store, "tickets/2026-03-01/", terms=terms, since=since)) == []
    assert flat(walked(store, "tickets/2026-03-04/", terms=terms, since=since)) == ["008", "005", "002"]


def test_page_when_a_ticket_is_written_twice_then_the_first_counts(filled):
    filled.apply([ticket(8, status="failed")])

    assert walked(filled, term="status:failed") == [[]]


def test_page_when_tickets_have_orders_then_those_that_work_are_told_from_those_that_do_not(store):
    working = {"ticket": "001", "status": "accepted"}
    over = {"ticket": "002", "status": "filled"}
    of_another = {"ticket": "002", "status": "canceled"}
    store.apply([ticket(1, orders=[working]), ticket(2, orders=[over]), ticket(3, orders=[of_another])])

    assert walked(store, term="orders open") == [["001"]]
    assert walked(store, term="orders closed") == [["002"]]
    assert walked(store, term="orders") == [["002", "001"]]


def test_page_when_what_it_lists_are_no_tickets_then_they_come_too(store):
    store.apply([Create("bots/a", {"id": "a"}), Create("bots/b", {"id": "b"}), Create("bots", {"id": "c"})])

    assert walked(store, "bots/") == [["b", "a"]]


def entry(name: str, ticket: str) -> Create:
    return Create(f"inbox/bot/{name}", {"ticket": ticket})


def answer(name: str, ticket: str) -> Create:
    return Create(f"inbox/bot/{name}/{ticket}", {"status": 200})


class TestWaiting:
    FIRST, SECOND = "0" * 36, "1" * 36

    @pytest.fixture
    def waiting(self, store):
        return lambda: [document.key for document in store.waiting("inbox/")]

    def test_waiting_when_an_alert_has_no_answer_then_it_is_found(self, store, waiting):
        store.create("inbox/bot/a", {"ticket": self.FIRST})
        store.apply([entry("b", self.SECOND), answer("b", self.SECOND)])

        assert waiting() == ["inbox/bot/a"]

    def test_waiting_when_the_answer_comes_then_no_longer(self, store, waiting):
        store.create("inbox/bot/a", {"ticket": self.FIRST})
        store.apply([answer("a", self.FIRST)])

        assert waiting() == []

    def test_waiting_when_a_key_is_claimed_anew_then_its_old_answer_is_no_answer(self, store, waiting):
        store.apply([entry("a", self.FIRST), answer("a", self.FIRST)])
        store.replace(store.get("inbox/bot/a"), {"ticket": self.SECOND})
        assert waiting() == ["inbox/bot/a"]

        store.apply([answer("a", self.SECOND)])
        assert waiting() == []

    def test_waiting_when_an_instrument_is_wanted_then_no_alert_of_it_is_left_out(self, store, used):
        for name, instrument in (("a", "AAPL"), ("b", None), ("c", "MSFT"), ("d", "AAPL")):
            store.create(f"inbox/bot/{name}", {"ticket": name * 36, "instrument": instrument})
        store.create("inbox/bot/e", {"ticket": "e" * 36, "alert": {"note": '"instrument":"MSFT"'}})
        with used.ahead([], ["t/"], Waiting("inbox/", "AAPL")):
            read = [list(used.waiting("inbox/", "AAPL")), list(used.waiting("inbox/bot/", "AAPL"))]
            everything = list(used.waiting("inbox/"))
        found = [{document.key[-1] for document in documents} for documents in read]

        assert all(keys >= set("abde") for keys in found)
        assert [document.key[-1] for document in everything] == [*"abcde"]

    def test_waiting_when_it_is_removed_then_no_longer(self, store, waiting):
        store.delete(store.create("inbox/bot/a", {"ticket": self.FIRST}))

        assert waiting() == []

    def test_waiting_when_an_answer_is_left_without_its_alert_then_it_is_passed_over(self, store, waiting):
        store.apply([answer("a", self.FIRST), entry("b", self.SECOND)])

        assert waiting() == ["inbox/bot/b"]
