"""What the garbage collector need not look at."""

import gc


def keep_what_is_loaded(**_: object) -> None:
    """What has been read stays: a collector that went through all of it again would stop every page for a
    tenth of a second now and then, and a run of 10,000 students three times.

    Both make objects by the ten thousand, and hardly any is in a circle with others: look more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
