"""One level by an auction with scaling: what `flow` asks OR-tools for, several times as fast.

Slots alone are nodes. A slot with more holders than room raises its price until those who lose
least by it have left for their best alternative; those it lands on may be overfull in turn. `slack`
is how far from her cheapest option a candidate may stay; it falls from round to round, and the
caller stops when the prices prove the answer. The last node is NOWHERE. A slot that need not be
full leaves its room to NOWHERE's account where nobody takes it: `passed` is what of its room is in
use. Costs are multiplied by `scale`, so that a slack of 1 is exact.

A school's waiting room (`members` above 0, of the school) leaves its seats one by one, each dearer than the
one before (`seats`): the level `fairness` at once, with no cost anywhere else.

The heaps are written out in `refine` where they are used: numba hands over each array to a function with its
shape and counts a reference, which took as long as the rest (docs/matching-speed.md).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .surveying import FAR, survey
from .tolls import seats_below, toll


@njit(cache=True)
def sink(heap, key, base, i, size):
    """Move down what stands at `i`."""
    c, k = heap[base + i], key[base + i]
    while True:
        j = 2 * i + 1
        if j >= size:
            break
        if j + 1 < size and key[base + j + 1] < key[base + j]:
            j += 1
        if key[base + j] >= k:
            break
        heap[base + i] = heap[base + j]
        key[base + i] = key[base + j]
        i = j
    heap[base + i], key[base + i] = c, k


@njit(cache=True)
def settle_down(
    ends, load, heap, key, more, next_best, there, out, start, slot, cost, scale, price, chosen, slack
):  # fmt: skip
    """Everybody to her cheapest option, unless she is within `slack` of it; and the heaps of holders."""
    for c in range(len(start) - 1):
        best = second = third = FAR
        take = two = -1
        for o in range(np.uint32(start[c]), np.uint32(start[c + 1])):
            v = np.int64(cost[o]) * scale + price[np.uint32(slot[o])]
            two = take if v < best else (np.int64(o) if v < second else two)
            take = np.int64(o) if v < best else take
            third = min(third, max(second, v))
            second = min(second, max(best, v))
            best = min(best, v)
        held = chosen[c]
        if np.int64(cost[held]) * scale + price[slot[held]] > best + slack:
            held = chosen[c] = take
        other, value, after = take, best, third
        if held == take:
            other, value = two, second
        elif held != two:
            after = second
        mine = np.int64(cost[held]) * scale
        s = slot[held]
        i = ends[s] + load[s]
        load[s] += 1
        heap[i], key[i] = c, FAR
        if other >= 0:
            there[c], out[c] = slot[other], other
            more[c] = np.int64(cost[other]) * scale - mine
            next_best[c] = after - mine if after < FAR else FAR
            key[i] = value - mine
    for s in range(len(load)):
        for i in range(load[s] // 2 - 1, -1, -1):
            sink(heap, key, ends[s], i, load[s])


@njit(cache=True)
def refine(
    start, slot, cost, ends, option, row, scale, room, full, members, chosen, price, slack
):  # fmt: skip
    """From any answer and prices to ones within `slack`; False if nobody else can go anywhere."""
    rows, nodes = len(start) - 1, len(room)
    bank = nodes - 1
    load = np.zeros(nodes, np.int64)
    for c in range(rows):
        load[slot[chosen[c]]] += 1
    for s in range(bank):
        if not full[s] and (price[s] < price[bank] or (load[s] < room[s] and members[s] == 0)):
            price[s] = price[bank]
    load[:] = 0
    # Of each candidate: what her best alternative costs more than what she holds, its price left out; what
    # the next best costs more at least, price and all; where the best one is, and which option.
    more, next_best = np.empty(rows, np.int64), np.empty(rows, np.int64)
    there, out = np.empty(rows, np.int32), np.empty(rows, np.int32)
    heap, key = np.empty(len(slot), np.int32), np.empty(len(slot), np.int64)
    settle_down(
        ends, load, heap, key, more, next_best, there, out, start, slot, cost, scale, price, chosen, slack
    )  # fmt: skip
    passed = np.zeros(nodes, np.int64)
    over = np.zeros(nodes, np.int64)
    over[bank] = load[bank] - rows
    for s in range(bank):
        passed[s] = min(load[s], room[s])
        if members[s] > 0:
            passed[s] = seats_below(price[s] - price[bank], members[s], scale)
        elif full[s] or price[s] > price[bank] + slack:
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
    # The distances are surveyed now and then: seldom where that takes long.
    patience = len(slot) // 8
    while waiting > 0:
        patience -= 1
        if patience < 0:
            patience = len(slot) // 8
            survey(
                slot, cost, ends, option, row, scale, room, full, members, chosen, price, slack, passed, over
            )  # fmt: skip
        u = queue[head]
        head = head + 1 if head + 1 < nodes else 0
        waiting -= 1
        queued[u] = False
        cheapest = other = -1
        least = worth = FAR
        x = u
        while True:
            # What whoever holds a place at x and loses least by leaving would then pay, less what her
            # place costs: she comes to stand on top. Alternatives only get dearer, so every key is
            # too low at worst, and the top is worked out again until it is right. Her options are looked
            # through only when her best alternative has become dearer than the next best was.
            base, size = np.int64(ends[np.uint32(x)]), load[np.uint32(x)]
            found = FAR
            while size > 0:
                k = key[np.uint32(base)]
                if k == FAR:
                    break
                c = np.uint32(heap[np.uint32(base)])
                v = more[c] + price[np.uint32(there[c])]
                if v > next_best[c]:
                    held = np.uint32(chosen[c])
                    best = second = FAR
                    take = -1
                    for o in range(np.uint32(start[c]), np.uint32(start[c + 1])):
                        w = np.int64(cost[o]) * scale + price[np.uint32(slot[o])]
                        w = FAR if o == held else w
                        take = np.int64(o) if w < best else take
                        second = min(second, max(best, w))
                        best = min(best, w)
                    mine = np.int64(cost[held]) * scale
                    there[c] = slot[take]
                    out[c] = take
                    more[c] = np.int64(cost[take]) * scale - mine
                    next_best[c] = second - mine if second < FAR else FAR
                    v = best - mine
                if v == k:
                    found = k
                    break
                i = 0
                while True:
                    j = 2 * i + 1
                    if j >= size:
                        break
                    k = key[np.uint32(base + j)]
                    if j + 1 < size:
                        w = key[np.uint32(base + j + 1)]
                        j = j + 1 if w < k else j
                        k = min(k, w)
                    if k >= v:
                        break
                    heap[np.uint32(base + i)] = heap[np.uint32(base + j)]
                    key[np.uint32(base + i)] = k
                    i = j
                heap[np.uint32(base + i)] = c
                key[np.uint32(base + i)] = v
            if x != u:
                # There is no room at x, and whoever came would send somebody on. What that costs is in
                # the price first, so that she is not sent where she is only sent away again.
                if price[x] <= found < FAR:
                    price[x] = found + slack
                    x = u
                    continue
            else:
                # Besides its holders a slot may give up room, and NOWHERE take it back.
                least = found
                other = -1
                if u == bank:
                    if cheapest < 0 or passed[cheapest] == 0 or members[cheapest] > 0:
                        cheapest = -1
                        worth = FAR
                        for t in loose:
                            v = price[t] - toll(passed[t], members[t], scale)
                            if passed[t] > 0 and v < worth:
                                worth = v
                                cheapest = t
                    if cheapest >= 0 and worth <= least:
                        least = worth
                        other = cheapest
                elif not full[u] and passed[u] < room[u]:
                    v = price[bank] + toll(passed[u] + 1, members[u], scale)
                    if v <= least:
                        least = v
                        other = bank
                if over[u] <= 0:
                    if least < FAR and least + slack > price[u]:
                        price[u] = least + slack
                    break
                if least == FAR:
                    return False
                if price[u] <= least:
                    price[u] = least + slack
                if other < 0:
                    t = there[heap[base]]
                    if t != bank and over[t] >= 0 and (full[t] or passed[t] >= room[t]):
                        x = t
                        continue
            if other >= 0:
                t = other
                if u == bank:
                    units = min(over[u], passed[t]) if members[t] == 0 else 1
                    passed[t] -= units
                else:
                    units = min(over[u], room[u] - passed[u]) if members[u] == 0 else 1
                    passed[u] += units
                over[u] -= units
                over[t] += units
            else:
                x = u
                base = ends[u]
                c = heap[base]
                t = there[c]
                size = load[u] - 1
                load[u] = size
                over[u] -= 1
                if size > 0:
                    last = heap[base + size]
                    k = key[base + size]
                    i = 0
                    while True:
                        j = 2 * i + 1
                        if j >= size:
                            break
                        w = key[np.uint32(base + j)]
                        if j + 1 < size:
                            v = key[np.uint32(base + j + 1)]
                            j = j + 1 if v < w else j
                            w = min(w, v)
                        if w >= k:
                            break
                        heap[np.uint32(base + i)] = heap[np.uint32(base + j)]
                        key[np.uint32(base + i)] = w
                        i = j
                    heap[np.uint32(base + i)] = last
                    key[np.uint32(base + i)] = k
                # What she leaves is her alternative now, and nothing has come to be cheaper.
                v = more[c]
                o = chosen[c]
                chosen[c] = out[c]
                out[c] = o
                there[c] = u
                more[c] = -v
                if next_best[c] < FAR:
                    next_best[c] -= v
                k = min(price[u] - v, next_best[c])
                base = ends[t]
                i = load[t]
                while i > 0:
                    j = (i - 1) >> 1
                    w = key[np.uint32(base + j)]
                    if w <= k:
                        break
                    heap[np.uint32(base + i)] = heap[np.uint32(base + j)]
                    key[np.uint32(base + i)] = w
                    i = j
                heap[np.uint32(base + i)] = c
                key[np.uint32(base + i)] = k
                load[t] += 1
                over[t] += 1
            if over[t] > 0 and not queued[t]:
                i = head + waiting
                queue[i if i < nodes else i - nodes] = t
                waiting += 1
                queued[t] = True
    return True
