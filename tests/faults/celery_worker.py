"""A real Celery worker of one process, that stands still in the middle of each part it solves.

Run as `python -m tests.faults.celery_worker NAME FOLDER`. Before it solves a part it leaves a file with its
name in the folder, and waits until there is one called `go`. Nothing of this is in the product.
"""

import sys
import time
from pathlib import Path

import django


def main(name: str, folder: Path) -> None:
    django.setup()
    from config.celery import app
    from placements import matching

    solve = matching.solve

    def slowly(problem, **how):
        (folder / f"{name}-{problem.sha256[:8]}").touch()
        while not (folder / "go").exists():
            time.sleep(0.02)
        return solve(problem, **how)

    matching.solve = slowly
    app.worker_main(
        [
            "worker",
            "--pool",
            "solo",
            "--loglevel",
            "INFO",
            "--without-gossip",
            "--without-mingle",
            "-n",
            f"{name}@%h",
        ]
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
