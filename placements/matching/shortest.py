"""Shortest paths to one slot where a length is several numbers, the first of which weighs most: compiled,
for `paths`."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def shorter(dist, a, b):
    for k in range(dist.shape[1]):
        if dist[a, k] != dist[b, k]:
            return dist[a, k] < dist[b, k]
    return False


@njit(cache=True)
def search(goal, wanted, missing, ends, origin, length):
    """Backwards from the goal until all wanted are reached. For each slot the arc that its way begins
    with, -1 where there is none; and which are settled."""
    nodes, many = len(ends) - 1, length.shape[1]
    dist = np.zeros((nodes + 1, many), np.int64)  # the last row is what is being tried
    arc = np.full(nodes, -1, np.int64)
    done = np.zeros(nodes, np.bool_)
    heap = np.empty(nodes, np.int32)
    place = np.full(nodes, -1, np.int32)
    heap[0] = goal
    place[goal] = 0
    size = 1
    while size > 0 and missing > 0:
        t = heap[0]
        size -= 1
        if size > 0:
            v = heap[size]
            i = 0
            while True:
                j = 2 * i + 1
                if j >= size:
                    break
                if j + 1 < size and shorter(dist, heap[j + 1], heap[j]):
                    j += 1
                if not shorter(dist, heap[j], v):
                    break
                heap[i] = heap[j]
                place[heap[i]] = i
                i = j
            heap[i] = v
            place[v] = i
        done[t] = True
        if wanted[t]:
            missing -= 1
        for e in range(ends[t], ends[t + 1]):
            u = origin[e]
            if done[u]:
                continue
            for k in range(many):
                dist[nodes, k] = dist[t, k] + length[e, k]
            j = place[u]
            if j >= 0 and not shorter(dist, nodes, u):
                continue
            dist[u] = dist[nodes]
            arc[u] = e
            if j < 0:
                j = size
                size += 1
            while j > 0:
                k = (j - 1) >> 1
                if not shorter(dist, u, heap[k]):
                    break
                heap[j] = heap[k]
                place[heap[j]] = j
                j = k
            heap[j] = u
            place[u] = j
    return arc, done
