"""How far each slot is from one that has too few: the auction's way of seeing past its neighbours."""

from __future__ import annotations

import numpy as np
from numba import njit

from .tolls import toll

FAR = 2**62


@njit(cache=True)
def survey(
    slot, cost, ends, option, row, scale, room, full, members, chosen, price, slack, passed, over
):  # fmt: skip
    """Raise all prices by how far, in steps of `slack`, each slot is from one with too few: then
    whoever must go is drawn the shortest way there. Without it a few who are left over would
    raise the prices of a whole region bit by bit."""
    nodes = len(room)
    bank = nodes - 1
    inverse = 1.0 / slack
    where = np.empty(len(chosen), np.int32)
    paid = np.empty(len(chosen), np.int64)
    for c in range(len(chosen)):
        where[c] = slot[chosen[c]]
        paid[c] = cost[chosen[c]] * scale + price[where[c]]
    dist = np.full(nodes, FAR, np.int64)
    done = np.zeros(nodes, np.bool_)
    heap = np.empty(nodes, np.int32)
    place = np.full(nodes, -1, np.int32)
    size = left = 0
    for s in range(nodes):
        if over[s] < 0:
            dist[s] = 0
            heap[size] = s
            place[s] = size
            size += 1
        elif over[s] > 0:
            left += 1
    last = 0
    while size > 0:
        t = heap[0]
        last = dist[t]
        size -= 1
        if size > 0:
            v = heap[size]
            i = 0
            while True:
                j = 2 * i + 1
                if j >= size:
                    break
                if j + 1 < size and dist[heap[j + 1]] < dist[heap[j]]:
                    j += 1
                if dist[heap[j]] >= dist[v]:
                    break
                heap[i] = heap[j]
                place[heap[i]] = i
                i = j
            heap[i] = v
            place[v] = i
        done[t] = True
        if over[t] > 0:
            left -= 1
            if left == 0:
                break
        first, stop = ends[t], ends[t + 1]
        if t == bank:
            stop += nodes - 1
        elif not full[t] and passed[t] > 0:
            first -= 1
        for i in range(first, stop):
            if i < ends[t]:
                u, far = bank, price[t] - toll(passed[t], members[t], scale) - price[bank]
            elif i >= ends[t + 1]:
                u = i - ends[t + 1]
                if full[u] or passed[u] >= room[u]:
                    continue
                far = price[bank] + toll(passed[u] + 1, members[u], scale) - price[u]
            else:
                u = where[row[i]]
                if done[u]:
                    continue
                far = cost[option[i]] * scale + price[t] - paid[row[i]]
            if done[u]:
                continue
            n = last + (np.int64(far * inverse) + 1 if far >= 0 else 0)
            if n < dist[u]:
                dist[u] = n
                j = place[u]
                if j < 0:
                    j = size
                    size += 1
                while j > 0:
                    k = (j - 1) >> 1
                    if dist[heap[k]] <= n:
                        break
                    heap[j] = heap[k]
                    place[heap[j]] = j
                    j = k
                heap[j] = u
                place[u] = j
    for s in range(nodes):
        price[s] += (dist[s] if done[s] else last) * slack
