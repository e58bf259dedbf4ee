"""The product on a slow machine: every page comes late, and in two parts.

`SLOW_PAGES=0.5 ./run test tests/journeys` finds the test that looks before the page is there, or
before all of it is; on a fast machine that happens once in a hundred runs.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from config.wsgi import application as fast

SECONDS = float(os.environ["SLOW_PAGES"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"].startswith(("/static/", "/health/")):
        return fast(environ, start_response)
    time.sleep(SECONDS)
    return _halves(fast(environ, start_response))


def _halves(body: Iterable[bytes]) -> Iterator[bytes]:
    whole = b"".join(body)
    half = len(whole) // 2
    yield whole[:half]
    if whole:
        time.sleep(SECONDS)
    yield whole[half:]
    if hasattr(body, "close"):
        body.close()
