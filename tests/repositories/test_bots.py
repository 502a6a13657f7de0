from datetime import timedelta

import pytest

from app.domain.bots import BotConfiguration
from app.errors import (
    AlreadyExists,
    NotAuthenticated,
    NotFound,
    PreconditionFailed,
    RequestRefused,
)
from app.repositories.bot_index import LOOKS_AT_ONCE, BotIndex
from app.repositories.bots import BotDirectory

pytestmark = pytest.mark.unit


@pytest.fixture
def bots(store, clock, audit):
    bots = BotDirectory(store, clock, audit)
    bots.ensure_default("the first secret")
    return bots


@pytest.fixture
def make(bots):
    def made(name: str = "other", secret: str | None = None):
        return bots.create(name, BotConfiguration(), secret=secret)

    return made


def test_default_when_the_secret_is_the_environments_then_it_is_found_by_it(bots):
    assert bots.authenticate("the first secret", None).id == "default"


def test_default_when_the_environments_secret_changes_then_the_new_one_counts(bots):
    bots.ensure_default("the second secret")

    assert bots.authenticate("the second secret", "default").id == "default"
    with pytest.raises(NotAuthenticated):
        bots.authenticate("the first secret", "default")


def test_default_when_processes_that_start_together_adopt_a_secret_then_it_is_adopted_once(
    bots, store, clock, audit
):
    class Slower:
        """What another process reads, who writes before it does."""

        def __getattr__(self, name):
            return getattr(store, name)

        def get(self, key):
            document = store.get(key)
            bots.ensure_default("the second secret")
            return document

    BotDirectory(Slower(), clock, audit).ensure_default("the second secret")
    written = [entry for entry in store.list("audit/") if "ROTATE" in str(entry.value).upper()]

    assert bots.authenticate("the second secret", None).id == "default"
    assert len(written) == 1


def test_default_when_its_secret_was_rotated_then_a_restart_does_not_undo_that(bots):
    secret, _ = bots.rotate_secret("default")
    bots.ensure_default("the first secret")

    assert bots.authenticate(secret, None).id == "default"


def test_default_when_it_is_to_be_deleted_then_it_stays(bots):
    with pytest.raises(RequestRefused):
        bots.delete("default", version=bots.get("default")[1])


@pytest.mark.parametrize("secret", [None, "", "wrong", "ünïcode"])
def test_authenticate_when_the_secret_is_no_bots_then_it_is_refused(bots, secret):
    for named in (None, "default", "nobody"):
        with pytest.raises(NotAuthenticated):
            bots.authenticate(secret, named)


def test_authenticate_when_the_name_is_another_bots_then_it_is_refused(bots, make):
    make("other")

    with pytest.raises(NotAuthenticated):
        bots.authenticate("the first secret", "other")


def test_authenticate_when_the_name_is_nobodys_then_only_a_valid_secret_learns_it(bots):
    with pytest.raises(NotFound):
        bots.authenticate("the first secret", "nobody")


def test_authenticate_when_the_bot_is_new_then_its_secret_works_at_once(bots, make):
    bots.authenticate("the first secret", None)
    bot, _, secret = make("other")

    assert bots.authenticate(secret, None).id == bot.id


def test_rotation_when_it_has_happened_then_both_secrets_work_for_a_day(bots, make, clock):
    _, _, old = make()
    new, until = bots.rotate_secret("other")
    clock.move(hours=23, minutes=59)

    assert until == clock() + timedelta(minutes=1)
    assert {bots.authenticate(secret, None).id for secret in (old, new)} == {"other"}


def test_rotation_when_a_day_is_over_then_only_the_new_secret_works(bots, make, clock):
    _, _, old = make()
    new, _ = bots.rotate_secret("other")
    clock.move(hours=24)

    assert bots.authenticate(new, "other").id == "other"
    for named in (None, "other"):
        with pytest.raises(NotAuthenticated):
            bots.authenticate(old, named)


def test_rotation_when_it_happens_twice_then_the_first_secret_is_dead(bots, make):
    _, _, first = make()
    bots.rotate_secret("other")
    bots.rotate_secret("other")

    with pytest.raises(NotAuthenticated):
        bots.authenticate(first, "other")


def test_secret_when_it_is_stored_then_it_is_not_in_the_store(bots, make, store):
    _, _, secret = make()

    assert secret not in str(store.get("bots/other").value)


@pytest.mark.parametrize(("days", "due"), [(90, []), (91, ["default"])])
def test_secret_when_it_is_older_than_90_days_then_it_is_due(bots, clock, days, due):
    clock.move(days=days)

    assert bots.old_secrets() == due


@pytest.mark.parametrize("name", ["", "-x", "a/b", "a b", "ä", "x" * 49, "operator", "schema", "../x"])
def test_create_when_the_id_is_unusable_then_it_is_refused(make, name):
    with pytest.raises(RequestRefused):
        make(name)


def test_create_when_the_id_is_taken_then_the_first_bot_stays(bots, make):
    _, _, secret = make()
    with pytest.raises(AlreadyExists):
        make()

    assert bots.authenticate(secret, "other").id == "other"


def test_change_when_the_version_is_stale_then_it_is_refused(bots, make):
    _, version, _ = make()
    bots.change("other", BotConfiguration(name="first"), version=version)

    with pytest.raises(PreconditionFailed):
        bots.change("other", BotConfiguration(name="second"), version=version)
    assert bots.get("other")[0].configuration.name == "first"


def test_change_when_another_process_made_it_then_it_is_seen_at_once(bots, make, store, clock, audit):
    _, version, _ = make()
    BotDirectory(store, clock, audit).change("other", BotConfiguration(name="changed"), version=version)

    assert bots.find("other").configuration.name == "changed"


def test_delete_when_it_is_done_then_its_secret_is_nobodys(bots, make):
    _, version, secret = make()
    bots.delete("other", version=version)

    with pytest.raises(NotAuthenticated):
        bots.authenticate(secret, None)


def test_others_when_a_bot_was_made_just_now_then_it_is_among_them(bots, make):
    before = bots.others("default")
    make()

    assert (before, bots.others("default")) == ([], ["other"])


def test_number_when_bots_are_made_and_removed_then_it_is_never_given_again(bots, make):
    first, version, _ = make("other")
    bots.delete("other", version=version)
    again, *_ = make("other")

    assert (bots.get("default")[0].number, first.number, again.number) == (1, 2, 3)
    assert bots.numbered(3).id == "other"
    assert bots.numbered(2) is None


def test_number_when_bots_are_made_in_two_processes_then_none_is_given_twice(bots, store, clock, audit):
    other = BotDirectory(store, clock, audit)
    made = [
        each.create(f"bot-{place}", BotConfiguration())[0] for place, each in enumerate([bots, other] * 4)
    ]

    assert len({bot.number for bot in made} | {1}) == 9
    assert bots.numbered(made[-1].number).id == made[-1].id


def test_number_when_a_bot_of_an_earlier_version_has_none_then_it_gets_one_and_keeps_it(
    bots, make, store, clock, audit
):
    make("other")
    document = store.get("bots/other")
    store.replace(document, {name: value for name, value in document.value.items() if name != "number"})
    bots.ensure_numbers()
    given = bots.get("other")[0].number
    BotDirectory(store, clock, audit).ensure_numbers()

    assert given == 3
    assert bots.get("other")[0].number == given


def test_number_when_the_bot_is_changed_while_it_gets_one_then_the_change_stays(make, store, clock, audit):
    make("other")
    document = store.get("bots/other")
    store.replace(document, document.value | {"number": 0})
    racing = RacingStore(store)
    BotDirectory(racing, clock, audit).ensure_numbers()

    changed = store.get("bots/other").value
    assert changed["number"] > 0
    assert changed["configuration"]["name"] == "changed meanwhile"


class RacingStore:
    """Lets somebody else change the bot just before it gets its number."""

    def __init__(self, store) -> None:
        self._store = store
        self._is_first = True

    def __getattr__(self, name):
        return getattr(self._store, name)

    def replace(self, document, value):
        if document.key == "bots/other" and self._is_first:
            self._is_first = False
            other = document.value | {"configuration": {"name": "changed meanwhile"}}
            self._store.replace(document, other)
        return self._store.replace(document, value)


def test_numbers_when_many_bots_have_none_then_they_are_taken_by_one_write(make, store, clock, audit):
    for name in ("one", "two", "three"):
        make(name)
        document = store.get(f"bots/{name}")
        store.replace(document, document.value | {"number": 0})
    watched = WatchedStore(store)
    BotDirectory(watched, clock, audit).ensure_numbers()

    numbers = [store.get(f"bots/{name}").value["number"] for name in ("one", "three", "two")]
    assert numbers == [5, 6, 7]
    assert watched.replaced.count("state/bot-numbers") == 1


class WatchedStore:
    """Remembers what is written over."""

    def __init__(self, store) -> None:
        self._store = store
        self.replaced: list[str] = []

    def __getattr__(self, name):
        return getattr(self._store, name)

    def replace(self, document, value):
        self.replaced.append(document.key)
        return self._store.replace(document, value)


def test_secret_when_another_process_has_just_made_its_bot_then_it_is_known(store, clock, audit):
    here, there = (BotDirectory(store, clock, audit) for _ in range(2))
    for number in range(5):
        with pytest.raises(NotAuthenticated):
            here.authenticate("nobody's", None)
        _, _, secret = there.create(f"new-{number}", BotConfiguration())

        assert here.authenticate(secret, None).id == f"new-{number}"


def test_guesses_when_there_are_many_then_few_of_them_cost_a_look_at_all_bots():
    looks = []
    index = BotIndex(lambda: looks.append(1) or [])
    for number in range(500):
        index.of_secret(str(number), anew=True)

    assert LOOKS_AT_ONCE <= len(looks) <= LOOKS_AT_ONCE + 3
