"""A worker process of its own, that can be made to stand still at a named point and be killed there.

Run as `python -m tests.faults.worker RUN_ID POINT`. It says "at POINT" and waits there; nothing of
this is in the product: the points are put into the running process from outside.
"""

import sys
import time
from pathlib import Path
from uuid import UUID

import django

POINTS = ("claimed", "frozen", "solved", "verified", "writing", "written")


def main(run_id: str, point: str) -> None:
    django.setup()
    from placements import matching, snapshot
    from placements.actions import runs

    stop_before(runs, "_frozen", "claimed", point)
    stop_before(matching, "solve", "frozen", point)
    stop_before(matching, "verify", "solved", point)
    stop_before(runs, "_record", "verified", point)
    stop_before(snapshot, "record", "writing", point)
    stop_after(snapshot, "record", "written", point)
    runs.execute(UUID(run_id))
    print("done", flush=True)


def stop_before(module, name: str, here: str, point: str) -> None:
    original = getattr(module, name)

    def stopping(*args, **kwargs):
        wait_at(here, point)
        return original(*args, **kwargs)

    setattr(module, name, stopping)


def stop_after(module, name: str, here: str, point: str) -> None:
    original = getattr(module, name)

    def stopping(*args, **kwargs):
        result = original(*args, **kwargs)
        wait_at(here, point)
        return result

    setattr(module, name, stopping)


def wait_at(here: str, point: str) -> None:
    """Stand still at the point, until the file that is named by the test appears."""
    if here != point:
        return
    print(f"at {point}", flush=True)
    go = Path(sys.argv[3])
    while not go.exists():
        time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
