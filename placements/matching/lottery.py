"""The published lottery: anybody with `sha256sum` can draw it again.

The weight of a candidate at a slot is the first 30 bits of the SHA-256 of three lines: the seed,
the candidate's id and the slot's id, joined by newlines and with none at the end. Lowest sum wins.
Thirty bits make a shared lowest sum unlikely (about the number of undecided pairs over 2**30).
"""

from __future__ import annotations

from hashlib import sha256


def lottery_weight(seed: str, candidate_id: str, slot_id: str) -> int:
    """`printf 'seed\\nc1\\ns1' | sha256sum`, the first eight digits as a number, over four."""
    digest = sha256(f"{seed}\n{candidate_id}\n{slot_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 2
