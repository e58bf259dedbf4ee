"""How long the way is: an estimate that never needs anybody's address.

From the centre of the municipality where the student lives to the workplace, as the crow flies times
1.4, at 35 km/h, plus ten minutes to get going. Pages say "ca." and that it is an estimate.
"""

import math

import numpy as np
import numpy.typing as npt

from placements.models import Workplace
from schools.models import Municipality

EARTH_KM = 6371.0
KM_PER_DEGREE = math.pi * EARTH_KM / 180  # to the north; to the east it is less
DETOUR, KM_PER_MINUTE, START_MINUTES = 1.4, 35 / 60, 10


def minutes(
    from_latitude: npt.ArrayLike,
    from_longitude: npt.ArrayLike,
    to_latitude: npt.ArrayLike,
    to_longitude: npt.ArrayLike,
) -> npt.NDArray[np.int64]:
    """Minutes between points in degrees; the arrays broadcast against each other."""
    lat1, lon1, lat2, lon2 = (
        np.radians(np.asarray(a, dtype=float))
        for a in (from_latitude, from_longitude, to_latitude, to_longitude)
    )
    chord = (
        np.sin((lat2 - lat1) / 2) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    )
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(chord))
    estimate: npt.NDArray[np.int64] = np.rint(km * DETOUR / KM_PER_MINUTE + START_MINUTES).astype(
        np.int64
    )
    return estimate


def kilometres(minutes: int) -> float:
    """As the crow flies: how far one comes in so many minutes, with one to spare for rounding."""
    return max(minutes + 1 - START_MINUTES, 0) * KM_PER_MINUTE / DETOUR


def between(home: Municipality, workplace: Workplace) -> int:
    """Minutes from the municipality's centre to the workplace."""
    latitude, longitude = workplace.position
    return int(minutes(home.latitude, home.longitude, latitude, longitude))
