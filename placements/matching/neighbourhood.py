"""Options in order of slot, and slots and candidates in the order of the map. For `market`."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def by_slot(start, slot, nodes):
    """The options in order of slot: where each slot's begin, which they are, whose they are."""
    ends = np.zeros(nodes + 1, np.int32)
    for o in range(len(slot)):
        ends[slot[o] + 1] += 1
    for s in range(nodes):
        ends[s + 1] += ends[s]
    fill = ends[:-1].copy()
    option = np.empty(len(slot), np.int32)
    row = np.empty(len(slot), np.int32)
    for c in range(len(start) - 1):
        for o in range(np.uint32(start[c]), np.uint32(start[c + 1])):
            s = np.uint32(slot[o])
            i = np.uint32(fill[s])
            fill[s] += 1
            option[i] = o
            row[i] = c
    return ends, option, row


@njit(cache=True)
def by_neighbourhood(start, slot, ends, row):
    """Slots and candidates in the order a walk meets them: near in the town is near in memory."""
    nodes, rows = len(ends) - 1, len(start) - 1
    nowhere = nodes - 1
    slots = np.full(nodes, -1, np.int32)
    met = np.zeros(rows, np.bool_)
    order = np.empty(rows, np.int32)
    queue = np.empty(nodes, np.int32)
    slots[nowhere] = nowhere
    people = tail = head = 0
    for first in range(nowhere):
        if slots[first] < 0:
            slots[first] = tail
            queue[tail] = first
            tail += 1
        while head < tail:
            s = queue[head]
            head += 1
            for i in range(ends[s], ends[s + 1]):
                c = row[i]
                if met[c]:
                    continue
                met[c] = True
                order[people] = c
                people += 1
                for o in range(start[c], start[c + 1]):
                    t = slot[o]
                    if slots[t] < 0:
                        slots[t] = tail
                        queue[tail] = t
                        tail += 1
    for c in range(rows):
        if not met[c]:
            order[people] = c
            people += 1
    return slots, order
