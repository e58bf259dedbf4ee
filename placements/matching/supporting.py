"""Prices that support an answer, compiled: the same as `prices.climb`, sooner. For `market`."""

from __future__ import annotations

import numpy as np
from numba import njit

from .tolls import toll


@njit(cache=True)
def holders(slot, room, full, chosen):
    """Where each slot's holders begin, who they are, and which slots have room to spare."""
    rows, nodes = len(chosen), len(room)
    ends = np.zeros(nodes + 1, np.int32)
    for c in range(rows):
        ends[slot[chosen[c]] + 1] += 1
    spare = np.zeros(nodes, np.bool_)
    for s in range(nodes - 1):
        spare[s] = not full[s] and ends[s + 1] < room[s]
    for s in range(nodes):
        ends[s + 1] += ends[s]
    fill = ends[:-1].copy()
    who = np.empty(rows, np.int32)
    for c in range(rows):
        s = slot[chosen[c]]
        who[fill[s]] = c
        fill[s] += 1
    return ends, who, spare


@njit(cache=True)
def supports(start, slot, cost, room, full, chosen, price, most, members):
    """Raise `price` until it supports `chosen`; False if it never would, or takes more than `most`
    steps. A slot's price rises until nobody who holds another place would rather have it. `members` are 0
    but where a slot is a school's waiting room, whose seats have costs (`auction`)."""
    nodes = len(room)
    bank = nodes - 1
    ends, who, spare = holders(slot, room, full, chosen)
    queue = np.empty(nodes, np.int32)
    queued = np.ones(nodes, np.bool_)
    for s in range(nodes):
        queue[s] = s
    head, waiting = 0, nodes
    steps = 0
    while waiting > 0:
        u = queue[head]
        head = head + 1 if head + 1 < nodes else 0
        waiting -= 1
        queued[u] = False
        steps += 1
        if steps > most:
            return False
        # A slot with room to spare, and NOWHERE, cost nothing; no other free slot costs less. What a waiting
        # room costs lies between its dearest seat and the next one.
        extra = 0
        further = price[u]
        if u == bank:
            extra = bank
        elif spare[u]:
            extra = 1
            further -= toll(ends[u + 1] - ends[u] + 1, members[u], 1)
        for i in range(ends[u], ends[u + 1] + extra):
            first = last = 0
            held = np.int64(0)
            if i < ends[u + 1]:
                c = who[i]
                first, last = start[c], start[c + 1]
                held = np.int64(cost[chosen[c]]) + price[u]
            else:
                last = 1
            for o in range(np.uint32(first), np.uint32(last)):
                t = np.uint32(bank if u != bank else i - ends[u + 1])
                n = further
                if i < ends[u + 1]:
                    t = np.uint32(slot[o])
                    n = held - cost[o]
                elif u == bank:
                    if full[t]:
                        continue
                    n += toll(ends[t + 1] - ends[t], members[t], 1)
                if n > price[t]:
                    price[t] = n
                    if not queued[t]:
                        j = head + waiting
                        queue[j if j < nodes else j - nodes] = t
                        waiting += 1
                        queued[t] = True
    return True


@njit(cache=True)
def lower(start, slot, cost, room, full, chosen, price):
    """From any prices that support `chosen` to the least ones, which do not depend on where one
    began: down from each slot by the shortest of the ways that could have raised it."""
    nodes = len(room)
    bank = nodes - 1
    ends, who, spare = holders(slot, room, full, chosen)
    dist = price.copy()
    heap = np.argsort(dist).astype(np.int32)
    place = np.empty(nodes, np.int32)
    place[heap] = np.arange(nodes).astype(np.int32)
    size = nodes
    while size > 0:
        u = heap[0]
        d = dist[u]
        place[u] = -1
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
        extra = bank if u == bank else np.int64(spare[u])
        for i in range(ends[u], ends[u + 1] + extra):
            first, last = 0, 1
            held = np.int64(0)
            if i < ends[u + 1]:
                c = who[i]
                first, last = start[c], start[c + 1]
                held = np.int64(cost[chosen[c]])
            for o in range(np.uint32(first), np.uint32(last)):
                t = np.uint32(bank if u != bank else i - ends[u + 1])
                gain = np.int64(0)
                if i < ends[u + 1]:
                    t = np.uint32(slot[o])
                    gain = held - cost[o]
                elif t != bank and full[t]:
                    continue
                n = d + price[t] - price[u] - gain
                if n < dist[t]:
                    dist[t] = n
                    j = place[t]
                    while j > 0:
                        k = (j - 1) >> 1
                        if dist[heap[k]] <= n:
                            break
                        heap[j] = heap[k]
                        place[heap[j]] = j
                        j = k
                    heap[j] = t
                    place[t] = j
    for s in range(nodes):
        price[s] -= dist[s]
    least = price[bank]
    for s in range(nodes):
        price[s] -= least
        if spare[s] or (not full[s] and price[s] < 0):
            price[s] = 0
