"""SHA-256 of many short texts, compiled: the first word of each, sixteen at a time side by side.

The constants are those of FIPS 180-4, sections 4.2.2 and 5.3.3, worked out from the primes. For `digests`,
which compares with `hashlib` each time.
"""

from __future__ import annotations

from math import isqrt

import numpy as np
from numba import njit

LANES = 64


def _primes(many: int) -> list[int]:
    found = [2]
    while len(found) < many:
        n = found[-1] + 1
        while any(n % p == 0 for p in found):
            n += 1
        found.append(n)
    return found


def _cube_root(n: int) -> int:
    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= n else (low, middle - 1)
    return low


# The first 32 bits behind the point, of the cube roots and the square roots of the first primes.
ROUND = np.array([_cube_root(p << 96) & 0xFFFFFFFF for p in _primes(64)], dtype=np.uint32)
BEGIN = np.array([isqrt(p << 64) & 0xFFFFFFFF for p in _primes(8)], dtype=np.uint32)


@njit(cache=True, inline="always")
def turned(word, bits):
    return (word >> np.uint32(bits)) | (word << np.uint32(32 - bits))


@njit(cache=True)
def first_words(heads, head_at, head_size, tails, tail_at, tail_size, who, where, out):
    """Into `out`: the first 32 bits of the digest of each head and tail, one after the other. Head i
    is `head_size[i]` bytes, as words from `head_at[i]` on, the last one filled up with zeros; tails
    likewise, with the byte 128 after each."""
    w = np.empty((64, LANES), np.uint32)
    state = np.empty((8, LANES), np.uint32)
    v = np.empty((8, LANES), np.uint32)
    size = np.zeros(LANES, np.int64)
    for base in range(0, len(who), LANES):
        lanes = min(LANES, len(who) - base)
        for lane in range(LANES):
            for i in range(8):
                state[i, lane] = BEGIN[i]
        for lane in range(lanes):
            size[lane] = head_size[who[base + lane]] + tail_size[where[base + lane]]
        for block in range((size[:lanes].max() + 8) // 64 + 1):
            for lane in range(lanes):
                c, s = who[base + lane], where[base + lane]
                begin, whole = head_at[c], head_size[c] >> 2
                over = np.uint32(8 * (head_size[c] & 3))
                follow, many = tail_at[s], tail_at[s + 1] - tail_at[s]
                for i in range(16):
                    j = 16 * block + i
                    k = j - whole
                    word = np.uint32(0)
                    if k < 0 or (k == 0 and over > 0):
                        word = heads[np.uint32(begin + j)]
                    if 0 <= k < many:
                        word |= tails[np.uint32(follow + k)] >> over
                    if 0 < k <= many and over > 0:
                        word |= tails[np.uint32(follow + k - 1)] << (np.uint32(32) - over)
                    w[i, lane] = word
                if block == (size[lane] + 8) // 64:
                    w[15, lane] = np.uint32(8 * size[lane])
            for i in range(16, 64):
                for lane in range(LANES):
                    a, b = w[i - 15, lane], w[i - 2, lane]
                    low = turned(a, 7) ^ turned(a, 18) ^ (a >> np.uint32(3))
                    high = turned(b, 17) ^ turned(b, 19) ^ (b >> np.uint32(10))
                    w[i, lane] = w[i - 16, lane] + low + w[i - 7, lane] + high
            v[:] = state
            for i in range(64):
                a, b, c, d = -i & 7, 1 - i & 7, 2 - i & 7, 3 - i & 7
                e, f, g, h = 4 - i & 7, 5 - i & 7, 6 - i & 7, 7 - i & 7
                for lane in range(LANES):
                    x, y = v[e, lane], v[a, lane]
                    choice = (x & v[f, lane]) ^ (~x & v[g, lane])
                    mixed = turned(x, 6) ^ turned(x, 11) ^ turned(x, 25)
                    first = v[h, lane] + mixed + choice + ROUND[i] + w[i, lane]
                    most = (y & v[b, lane]) ^ (y & v[c, lane]) ^ (v[b, lane] & v[c, lane])
                    second = (turned(y, 2) ^ turned(y, 13) ^ turned(y, 22)) + most
                    v[d, lane] += first
                    v[h, lane] = first + second
            for lane in range(lanes):
                if block <= (size[lane] + 8) // 64:
                    for i in range(8):
                        state[i, lane] += v[i, lane]
        for lane in range(lanes):
            out[base + lane] = state[0, lane]
