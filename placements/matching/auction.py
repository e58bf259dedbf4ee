"""One level by an auction with scaling: what `flow` asks OR-tools for, several times as fast.

Slots alone are nodes. A slot with more holders than room raises its price until those who lose
least by it have left for their best alternative; those it lands on may be overfull in turn. `slack`
is how far from her cheapest option a candidate may stay; it falls from round to round, and the
caller stops when the prices prove the answer. The last node is NOWHERE. A slot that need not be
full leaves its room to NOWHERE's account where nobody takes it: `passed` is what of its room is in
use. Costs are multiplied by `scale`, so that a slack of 1 is exact.
"""

from __future__ import annotations

import numpy as np
from numba import njit

FAR = 2**62


@njit(cache=True)
def rise(heap, base, i, key):
    """Move up what stands at `i` of the heap that begins at `base`; the least key is on top."""
    v = heap[base + i]
    k = key[v]
    while i > 0:
        j = (i - 1) >> 1
        if key[heap[base + j]] <= k:
            break
        heap[base + i] = heap[base + j]
        i = j
    heap[base + i] = v


@njit(cache=True)
def sink(heap, base, size, key):
    """Move down what stands on top."""
    v = heap[base]
    k = key[v]
    i = 0
    while True:
        j = 2 * i + 1
        if j >= size:
            break
        if j + 1 < size and key[heap[base + j + 1]] < key[heap[base + j]]:
            j += 1
        if key[heap[base + j]] >= k:
            break
        heap[base + i] = heap[base + j]
        i = j
    heap[base + i] = v


@njit(cache=True)
def survey(slot, cost, ends, option, row, scale, room, full, chosen, price, slack, passed, over):
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
                u, far = bank, price[t] - price[bank]
            elif i >= ends[t + 1]:
                u = i - ends[t + 1]
                if full[u] or passed[u] >= room[u]:
                    continue
                far = price[bank] - price[u]
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


@njit(cache=True)
def refine(start, slot, cost, ends, option, row, scale, room, full, chosen, price, slack):
    """From any answer and prices to ones within `slack`; False if nobody else can go anywhere."""
    rows, nodes = len(start) - 1, len(room)
    bank = nodes - 1
    load = np.zeros(nodes, np.int64)
    for c in range(rows):
        load[slot[chosen[c]]] += 1
    for s in range(bank):
        if not full[s] and (price[s] < price[bank] or load[s] < room[s]):
            price[s] = price[bank]
    load[:] = 0
    key = np.full(rows, -FAR, np.int64)
    fresh = np.full(rows, -1, np.int64)
    out = np.empty(rows, np.int32)
    heap = np.empty(len(slot), np.int32)
    for c in range(rows):
        best = FAR
        take = -1
        spare = -FAR
        for o in range(start[c], start[c + 1]):
            s = slot[o]
            v = np.int64(cost[o]) * scale + price[s]
            left = room[s] - load[s] if s < bank else -FAR + 1
            if v < best or (v == best and left > spare):
                best, take, spare = v, o, left
        o = chosen[c]
        if np.int64(cost[o]) * scale + price[slot[o]] > best + slack:
            chosen[c] = o = take
        s = slot[o]
        heap[ends[s] + load[s]] = c
        load[s] += 1
    passed = np.zeros(nodes, np.int64)
    over = np.zeros(nodes, np.int64)
    over[bank] = load[bank] - rows
    for s in range(bank):
        passed[s] = min(load[s], room[s])
        if full[s] or price[s] > price[bank] + slack:
            passed[s] = room[s]
        over[s] = load[s] - passed[s]
        over[bank] += passed[s]
    queue = np.empty(nodes, np.int32)
    queued = np.zeros(nodes, np.bool_)
    head = waiting = 0
    for s in range(nodes):
        if over[s] > 0:
            queue[waiting] = s
            waiting += 1
            queued[s] = True
    loose = np.flatnonzero(~full[:bank])
    turn = 0
    patience = nodes // 2
    while waiting > 0:
        turn += 1
        patience -= 1
        if patience < 0:
            patience = nodes
            survey(
                slot, cost, ends, option, row, scale, room, full, chosen, price, slack, passed, over
            )
        u = queue[head]
        head = head + 1 if head + 1 < nodes else 0
        waiting -= 1
        queued[u] = False
        cheapest = -1
        while True:
            # Alternatives only get dearer, so a stale one is too low at worst: work out the top
            # again until what is on top is fresh.
            least = FAR
            base = ends[u]
            while load[u] > 0:
                c = heap[base]
                if fresh[c] == turn:
                    least = key[c]
                    break
                best = FAR
                mine = FAR
                for o in range(start[c], start[c + 1]):
                    t = slot[o]
                    v = np.int64(cost[o]) * scale
                    if t == u:
                        mine = v
                    elif v + price[t] < best:
                        best = v + price[t]
                        out[c] = o
                key[c] = best - mine if best < FAR else FAR
                fresh[c] = turn
                sink(heap, base, load[u], key)
            # Besides its holders a slot may give up room, and NOWHERE take it back.
            other = -1
            if u == bank:
                if cheapest < 0 or passed[cheapest] == 0:
                    cheapest = -1
                    for t in loose:
                        if passed[t] > 0 and (cheapest < 0 or price[t] < price[cheapest]):
                            cheapest = t
                if cheapest >= 0 and price[cheapest] <= least:
                    least, other = price[cheapest], cheapest
            elif not full[u] and passed[u] < room[u] and price[bank] <= least:
                least, other = price[bank], bank
            if over[u] <= 0:
                if least < FAR and least + slack > price[u]:
                    price[u] = least + slack
                break
            if least == FAR:
                return False
            if price[u] <= least:
                price[u] = least + slack
            if other >= 0:
                t = other
                if u == bank:
                    units = min(over[u], passed[t])
                    passed[t] -= units
                else:
                    units = min(over[u], room[u] - passed[u])
                    passed[u] += units
                over[u] -= units
                over[t] += units
            else:
                c = heap[base]
                load[u] -= 1
                over[u] -= 1
                if load[u] > 0:
                    heap[base] = heap[base + load[u]]
                    sink(heap, base, load[u], key)
                chosen[c] = out[c]
                t = slot[out[c]]
                key[c] = -FAR
                fresh[c] = -1
                heap[ends[t] + load[t]] = c
                load[t] += 1
                over[t] += 1
                rise(heap, ends[t], load[t] - 1, key)
            if over[t] > 0 and not queued[t]:
                i = head + waiting
                queue[i if i < nodes else i - nodes] = t
                waiting += 1
                queued[t] = True
    return True
