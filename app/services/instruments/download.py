"""Downloads that end: each has a largest size and a longest time."""

import time
from collections.abc import Callable, Iterator

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
# The timeout for reading begins anew with every byte, so the whole has an end of its own.
LONGEST_SECONDS = 120.0
CHUNK = 1 << 16
_OK = 200


class DownloadFailed(Exception):
    """A file could not be had whole; the sentence says why."""


def download(
    url: str, *, most_bytes: int, monotonic: Callable[[], float] = time.monotonic
) -> Iterator[bytes]:
    """Yield a file piece by piece; raise DownloadFailed. Nobody is followed elsewhere."""
    import requests

    end, received = monotonic() + LONGEST_SECONDS, 0
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    try:
        with requests.get(url, stream=True, timeout=timeout, allow_redirects=False) as answer:
            if answer.status_code != _OK:
                raise DownloadFailed(f"The server answered {answer.status_code}.")
            for chunk in answer.iter_content(CHUNK):
                received += len(chunk)
                if received > most_bytes:
                    raise DownloadFailed(f"The file is larger than {most_bytes:,} bytes.")
                if monotonic() > end:
                    raise DownloadFailed(f"The file had not come after {LONGEST_SECONDS:.0f} seconds.")
                yield chunk
    except requests.RequestException as error:
        raise DownloadFailed(f"The download failed: {type(error).__name__}.") from error
