"""As many as possible to a place, compiled: first greedily, then along shortest augmenting paths.

Slots alone are nodes, as in `auction`: a slot passes somebody on by one of its holders, who goes to an option
of hers that is nearer to a slot with room. Distances are worked out anew when no path along them is left
(Hopcroft and Karp).
"""

from __future__ import annotations

import numpy as np
from numba import njit

FAR = 2**30


@njit(cache=True)
def distances(chosen, slot, ends, row, room, load, dist, queue):
    """How many have to move for somebody who comes to each slot; FAR where it is no use."""
    head = tail = 0
    for s in range(len(room)):
        dist[s] = FAR
        if load[s] < room[s]:
            dist[s] = 0
            queue[tail] = s
            tail += 1
    while head < tail:
        s = queue[head]
        head += 1
        for i in range(np.uint32(ends[s]), np.uint32(ends[s + 1])):
            o = chosen[np.uint32(row[i])]
            if o < 0:
                continue
            t = np.uint32(slot[np.uint32(o)])
            if dist[t] == FAR:
                dist[t] = dist[s] + 1
                queue[tail] = t
                tail += 1


@njit(cache=True)
def greedily(start, slot, ends, room, counted, chosen, who, load, left):
    """Each to the roomiest of her options. How many found no room, and stand in `left`."""
    many = 0
    for c in range(len(start) - 1):
        if not counted[c]:
            continue
        most = 0
        take = -1
        for o in range(np.uint32(start[c]), np.uint32(start[c + 1])):
            t = np.uint32(slot[o])
            spare = room[t] - load[t]
            take = np.int64(o) if spare > most else take
            most = max(most, spare)
        if take >= 0:
            t = slot[take]
            who[ends[t] + load[t]] = c
            load[t] += 1
            chosen[c] = take
        else:
            left[many] = c
            many += 1
    return many


@njit(cache=True)
def place(start, slot, ends, row, room, counted):
    """For each row the option she is placed by, or -1: as many as possible of those `counted`, and none of
    the others. What is no place has no `room`."""
    rows, nodes = len(start) - 1, len(room)
    chosen = np.full(rows, -1, np.int32)
    who = np.empty(len(slot), np.int32)
    load = np.zeros(nodes, np.int32)
    left = np.empty(rows, np.int32)
    many = greedily(start, slot, ends, room, counted, chosen, who, load, left)
    dist = np.empty(nodes, np.int32)
    queue = np.empty(nodes, np.int32)
    asked = np.empty(nodes, np.int32)
    way, at = np.empty(nodes + 2, np.int32), np.empty(nodes + 2, np.int32)
    won = True
    while won and many > 0:
        won = False
        distances(chosen, slot, ends, row, room, load, dist, queue)
        asked[:] = 0
        still = 0
        for j in range(many):
            c = left[j]
            far = FAR
            for o in range(np.uint32(start[c]), np.uint32(start[c + 1])):
                far = min(far, dist[np.uint32(slot[o])])
            depth = 0
            way[0] = c
            at[0] = start[c] if far < FAR else start[c + 1]
            found = -1
            while True:
                # Her options that are near enough; a slot asks each of its holders only once.
                c = way[depth]
                near = far - depth
                further = False
                while at[depth] < start[c + 1]:
                    o = at[depth]
                    t = np.uint32(slot[np.uint32(o)])
                    if dist[t] == near:
                        if near == 0:
                            if load[t] < room[t]:
                                found = o
                                break
                        elif asked[t] < load[t]:
                            h = who[ends[t] + asked[t]]
                            asked[t] += 1
                            depth += 1
                            way[depth] = h
                            at[depth] = start[h]
                            further = True
                            break
                    at[depth] += 1
                if found >= 0:
                    break
                if not further:
                    if depth == 0:
                        break
                    depth -= 1
            if found < 0:
                left[still] = way[0]
                still += 1
                continue
            won = True
            t = slot[found]
            who[ends[t] + load[t]] = c
            load[t] += 1
            chosen[c] = found
            while depth > 0:
                depth -= 1
                c = way[depth]
                t = slot[at[depth]]
                who[ends[t] + asked[t] - 1] = c
                chosen[c] = at[depth]
        many = still
    return chosen
