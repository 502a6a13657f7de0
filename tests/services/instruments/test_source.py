from dataclasses import replace

import pytest

from app.services.instruments.download import DownloadFailed, download
from app.services.instruments.source import MasterSource, RefreshFailed

pytestmark = pytest.mark.integration


@pytest.fixture
def source(fyers, clock):
    return MasterSource(fyers.master_url, clock)


def test_fetch_when_file_has_shrunk_by_half_then_refused(source, master):
    before = replace(master.refresh(), rows=100_000)

    with pytest.raises(RefreshFailed, match="lists 12725 contracts, the one before 100000"):
        source.fetch(before)


def test_fetch_when_the_longer_file_was_from_elsewhere_then_taken(source, master):
    before = replace(master.refresh(), rows=100_000, url="http://127.0.0.1/other.csv")

    assert len(source.fetch(before)) == 12_725


def test_fetch_when_everything_has_expired_then_refused(source, clock):
    clock.move(days=4000)

    with pytest.raises(RefreshFailed, match="has expired"):
        source.fetch(None)


def test_fetch_when_address_is_no_csv_then_no_twin_is_asked_for(fyers, clock):
    index = MasterSource(fyers.master_url + "?", clock).fetch(None)

    assert {contract.freeze_quantity for contract in index} == {None}
    assert len(fyers.requests) == 1


def test_download_when_too_large_then_given_up(fyers):
    with pytest.raises(DownloadFailed, match="larger than 1,000 bytes"):
        list(download(fyers.master_url, most_bytes=1000))


def test_download_when_too_slow_then_given_up(fyers):
    moments = iter([0.0, 121.0])

    with pytest.raises(DownloadFailed, match="had not come after 120 seconds"):
        list(download(fyers.master_url, most_bytes=1 << 30, monotonic=lambda: next(moments)))


def test_download_when_sent_elsewhere_then_not_followed(responder):
    url = responder(302, {"Location": "http://127.0.0.1:9/"})

    with pytest.raises(DownloadFailed, match="answered 302"):
        list(download(url, most_bytes=1000))


def test_download_when_cut_off_then_failed(responder):
    url = responder(200, {"Content-Length": "100000"})

    with pytest.raises(DownloadFailed, match="The download failed"):
        list(download(url, most_bytes=1 << 20))
