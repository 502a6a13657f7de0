import pytest

from app.domain.contracts import ContractRefused
from app.domain.reasons import Reason
from app.errors import StoreUnavailable
from app.repositories.contract_lists import PARTS
from app.services.instruments import RefreshFailed
from app.storage.memory import MemoryStore
from tests.builders import BrokenStore

TICKER = "NSE:NIFTY26D0125000PE"
pytestmark = pytest.mark.integration


def refusal(master):
    with pytest.raises(ContractRefused) as refused:
        master.index()
    return refused.value.reason


def test_index_when_refreshed_then_has_every_contract_with_freeze_quantity(master):
    record = master.refresh()

    assert record.rows == len(master.index()) > 10_000
    assert master.index().find_ticker(TICKER).freeze_quantity == 1800


def test_index_when_another_process_refreshed_then_comes_from_the_store(master, make_master, downloads):
    master.refresh()
    other = make_master()

    assert list(other.index())[::500] == list(master.index())[::500]
    assert downloads() == 1


def test_index_when_asked_twice_then_is_one_object(master):
    master.refresh()

    assert master.index() is master.index()


def test_index_when_never_downloaded_then_missing(master):
    assert refusal(master) is Reason.SYMBOL_MASTER_MISSING


def test_index_when_too_old_then_stale(master, clock):
    master.refresh()
    clock.move(days=3)
    fresh_enough = master.index()
    clock.move(seconds=1)

    assert fresh_enough is not None
    assert refusal(master) is Reason.SYMBOL_MASTER_STALE


def test_index_when_renewed_elsewhere_then_noticed_within_a_minute(master, make_master, clock, seconds):
    master.refresh()
    first = master.index()
    clock.move(days=1)
    make_master().refresh()
    seconds[0] = 59.0
    early = master.index()
    seconds[0] = 60.0

    assert early is first
    assert master.index() is not first


def test_index_when_store_is_lost_then_the_loaded_one_serves(make_master, store, seconds):
    broken = BrokenStore(store)
    master = make_master(store=broken)
    master.refresh()
    master.index()
    broken.broken.add("get")
    seconds[0] = 600.0

    assert master.index().find_ticker(TICKER) is not None


def test_index_when_store_is_lost_before_then_unavailable(make_master, store):
    broken = BrokenStore(store)
    broken.broken.add("get")

    with pytest.raises(StoreUnavailable):
        make_master(store=broken).index()


def test_index_when_stored_parts_are_damaged_then_missing_and_downloaded_anew(
    master, make_master, store, downloads
):
    master.refresh()
    part = next(store.list(PARTS))
    store.replace(part, {"text": part.value["text"][:-8]})
    other = make_master()

    assert refusal(other) is Reason.SYMBOL_MASTER_MISSING
    assert (other.ensure(), downloads()) == (1, 2)
    assert other.index() is not None


@pytest.mark.parametrize(
    ("waited", "due"),
    [({"hours": 21, "minutes": 59}, False), ({"hours": 22}, True), ({"days": 9}, True)],
)
def test_attend_when_time_passes_then_downloads_at_eight_in_india(master, clock, downloads, waited, due):
    first = master.ensure()
    again = master.ensure()
    clock.move(**waited)

    assert (first, again, master.ensure()) == (1, 0, int(due))
    assert downloads() == 1 + due


def test_attend_when_address_has_changed_then_downloads_from_there(master, make_master, fyers):
    make_master(url=fyers.master_url + "?old").refresh()

    assert master.ensure() == 1
    assert master.record().url == fyers.master_url


@pytest.mark.parametrize("mode", ["html", "error", "missing", "empty", "truncated"])
def test_attend_when_download_is_spoilt_then_last_good_one_stays(master, fyers, clock, told, mode):
    master.refresh()
    clock.move(days=1)
    fyers.master_modes["csv"] = mode

    assert master.ensure() == 1
    assert master.index().find_ticker(TICKER) is not None
    assert [event.kind for event in told] == ["symbol_master"]


def test_attend_when_it_fails_then_tried_again_in_ten_minutes_and_told_once(
    master, fyers, clock, told, downloads
):
    fyers.master_modes["csv"] = "error"
    attempts = []
    for _ in range(4):
        attempts.append(master.ensure())
        clock.move(minutes=5)

    assert attempts == [1, 0, 1, 0]
    assert (downloads(), len(told)) == (2, 1)


def test_attend_when_in_background_then_does_not_wait(make_master):
    master = make_master(in_background=True)

    assert master.ensure() == 1
    master._thread.join(60)
    assert master.index() is not None


def test_refresh_when_nobody_answers_then_fails_without_the_address(make_master):
    with pytest.raises(RefreshFailed, match=r"^The download failed: ConnectionError\.$"):
        make_master(url="http://127.0.0.1:9/NSE_FO.csv").refresh()


def test_refresh_when_file_is_of_the_old_form_then_read(master, fyers):
    fyers.master_modes["csv"] = "narrow"

    assert master.refresh().rows > 10_000


@pytest.mark.parametrize("mode", ["error", "html", "empty"])
def test_refresh_when_there_is_no_twin_then_freeze_quantities_are_unknown(master, fyers, mode):
    fyers.master_modes["json"] = mode
    master.refresh()

    assert master.index().find_ticker(TICKER).freeze_quantity is None


class OddStore(MemoryStore):
    """A store that fails in a way that nobody foresaw."""

    def create(self, key, value, *, durable=True):
        raise LookupError("what is this?")


def test_attend_when_it_fails_in_an_unforeseen_way_then_the_owner_is_told(make_master, told):
    assert make_master(store=OddStore()).ensure() == 1
    assert len(told) == 1
