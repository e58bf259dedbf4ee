"""What a school's seats cost (`seats`), compiled: for the auction, where each is taken in its order."""

from __future__ import annotations

from numba import njit

from .seats import WHOLE


@njit(cache=True)
def toll(order, members, scale):
    """What the seat of this order costs; nothing where there are none."""
    return (2 * order - 1) * WHOLE // members * scale if members > 0 else 0


@njit(cache=True)
def seats_below(price, members, scale):
    """How many seats of a school cost no more than that."""
    return min(((price // scale + 1) * members - 1) // WHOLE + 1, 2 * members) // 2
