"""Rules that tie candidates to each other: quotas, a least number, together, apart, one person's needs.

Here they are read, put in order, and refused where two of them contradict each other whatever the rest
of the problem is. Whether a solution keeps them is `keeping`, how one is found is `tied`.

    quota       of the candidates of `school` (of everybody, without one) from `at_least` to `at_most`
                are at `slots`
    minimum     a slot has nobody, or at least so many
    together    two candidates are at one slot, or both without a place
    apart       two candidates are never at one site in periods that overlap
    person      the needs of one person: no two at one site, no two in periods that overlap

Periods overlap if `overlaps` names the two, and every period overlaps with itself; a slot without a
period could be at any time. A slot without a site is a site of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .errors import InputError
from .fields import MAX_CAPACITY, Check, optional, sequence, shown, text, texts, whole

if TYPE_CHECKING:
    from .problem import Candidate, Slot

Two = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Quota:
    """From `at_least` to `at_most` candidates of `school` at `slots`, all in all."""

    slots: tuple[str, ...]
    school: str | None = None
    at_least: int = 0
    at_most: int | None = None

    def __str__(self) -> str:
        bounds = [f"at least {self.at_least}"] if self.at_least else []
        bounds += [f"at most {self.at_most}"] if self.at_most is not None else []
        whose = f' of "{self.school}"' if self.school is not None else ""
        where = ", ".join(f'"{slot}"' for slot in self.slots[:5])
        more = f" and {len(self.slots) - 5} more" if len(self.slots) > 5 else ""
        return f"{' and '.join(bounds) or 'any number'}{whose} at {where}{more}"

    def covers(self, school: str | None, slot: str) -> bool:
        return slot in self.slots and self.school in (None, school)


QUOTA_CHECKS: dict[str, Check] = {
    "slots": texts,
    "school": optional(text),
    "at_least": whole(0, MAX_CAPACITY),
    "at_most": optional(whole(0, MAX_CAPACITY)),
}


def in_order(quotas: Iterable[Quota]) -> tuple[Quota, ...]:
    return tuple(
        sorted(quotas, key=lambda q: (q.school or "", q.slots, q.at_least, q.at_most or 0))
    )


def twos(values: Any, name: str) -> tuple[Two, ...]:
    """Pairs of names, each pair once; which of the two is written first says nothing."""
    found = list[Two]()
    for i, row in enumerate(sequence(values, name)):
        place = f"{name}[{i}]"
        if len(sequence(row, place)) != 2:
            raise InputError(f"{place} must name two, not {len(row)}.")
        one, other = sorted(text(item, f"{place}[{j}]") for j, item in enumerate(row))
        if one == other:
            raise InputError(f'{place} names "{one}" twice.')
        found.append((one, other))
    if len(set(found)) != len(found):
        twice = next(two for two in found if found.count(two) > 1)
        raise InputError(f'{name} has the pair "{twice[0]}" and "{twice[1]}" twice.')
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of one problem, with what they speak of."""

    candidates: Sequence[Candidate]
    slots: Sequence[Slot]
    quotas: Sequence[Quota]
    together: Sequence[Two]
    apart: Sequence[Two]
    overlaps: Sequence[Two]

    def __bool__(self) -> bool:
        minimum = any(slot.minimum > 1 for slot in self.slots)
        return bool(self.quotas or self.together or self.apart or minimum or self.people)

    @cached_property
    def people(self) -> dict[str, list[str]]:
        """The candidates of each person who has several needs."""
        needs = defaultdict[str, list[str]](list)
        for candidate in self.candidates:
            if candidate.person is not None:
                needs[candidate.person].append(candidate.id)
        return {person: ids for person, ids in needs.items() if len(ids) > 1}

    @cached_property
    def _overlapping(self) -> set[Two]:
        return {*self.overlaps, *((b, a) for a, b in self.overlaps)}

    def overlap(self, one: Slot, other: Slot) -> bool:
        """Whether somebody could not be at both."""
        if one.period is None or other.period is None or one.period == other.period:
            return True
        return (one.period, other.period) in self._overlapping

    def near(self, one: Slot, other: Slot) -> bool:
        """At one site."""
        return one.id == other.id or (one.site is not None and one.site == other.site)

    def refuse_contradictions(self) -> None:
        """Raise InputError where a rule names what is not there, or cannot be kept with another."""
        self._refuse_strangers()
        for slot in self.slots:
            if slot.minimum > slot.capacity > 0:
                raise InputError(
                    f'The slot "{slot.id}" wants at least {slot.minimum} or nobody, but has a capacity '
                    f"of {slot.capacity}."
                )
        self._refuse_quotas()
        self._refuse_pairs()

    def _refuse_strangers(self) -> None:
        slots = {slot.id for slot in self.slots}
        schools = {candidate.school for candidate in self.candidates}
        for i, quota in enumerate(self.quotas):
            for slot in quota.slots:
                if slot not in slots:
                    raise InputError(f"quotas[{i}] names {shown(slot)}, which is not in slots.")
            if quota.at_least and quota.school is not None and quota.school not in schools:
                raise InputError(
                    f'quotas[{i}] wants {quota}, but no candidate is of "{quota.school}".'
                )
        known = {candidate.id for candidate in self.candidates}
        for name in ("together", "apart"):
            for i, two in enumerate(getattr(self, name)):
                for candidate in two:
                    if candidate not in known:
                        raise InputError(
                            f"{name}[{i}] names {shown(candidate)}, which is not in candidates."
                        )

    def _refuse_quotas(self) -> None:
        capacity = {slot.id: slot.capacity for slot in self.slots}
        for i, quota in enumerate(self.quotas):
            if not quota.slots:
                raise InputError(f"quotas[{i}].slots is empty.")
            if quota.at_most is not None and quota.at_least > quota.at_most:
                raise InputError(f"quotas[{i}] wants {quota}, which cannot both be.")
            room = sum(capacity[slot] for slot in quota.slots)
            if quota.at_least > room:
                raise InputError(f"quotas[{i}] wants {quota}, but there is room for {room} in all.")
        sets = [set(quota.slots) for quota in self.quotas]
        at = defaultdict[str, list[int]](list)
        for i, quota in enumerate(self.quotas):
            for slot in quota.slots:
                at[slot].append(i)
        met = {(i, j) for here in at.values() for i in here for j in here if i < j}
        for i, j in sorted(met):
            self._refuse_two(i, j, sets[i], sets[j])

    def _refuse_two(self, i: int, j: int, first: set[str], second: set[str]) -> None:
        """Two quotas that share a cell (a school at a slot): one must be part of the other, and the
        part may not want more than the whole may have."""
        one, other = self.quotas[i], self.quotas[j]
        if None not in (one.school, other.school) and one.school != other.school:
            return
        one_in = first <= second and other.school in (None, one.school)
        other_in = second <= first and one.school in (None, other.school)
        if not one_in and not other_in:
            raise InputError(
                f"quotas[{i}] ({one}) and quotas[{j}] ({other}) cross: they overlap, and neither is "
                "part of the other."
            )
        part, whole_, p, w = (one, other, i, j) if one_in else (other, one, j, i)
        if whole_.at_most is not None and part.at_least > whole_.at_most:
            raise InputError(f"quotas[{p}] wants {part}, but quotas[{w}] allows only {whole_}.")

    def _refuse_pairs(self) -> None:
        group = _groups(self.together)
        by_id = {candidate.id: candidate for candidate in self.candidates}
        slots = {slot.id: slot for slot in self.slots}
        for i, (a, b) in enumerate(self.apart):
            if group.get(a, a) == group.get(b, b):
                raise InputError(
                    f'apart[{i}] keeps "{a}" and "{b}" apart, but together wants them at one place.'
                )
        for person, needs in self.people.items():
            same = Counter(group.get(need, need) for need in needs)
            if max(same.values()) > 1:
                raise InputError(
                    f'together wants two needs of the person "{person}" at one place at one time.'
                )
        for i, (a, b) in enumerate(self.together):
            pins = {by_id[a].pinned, by_id[b].pinned} - {None}
            if len(pins) > 1:
                raise InputError(
                    f'together[{i}] wants "{a}" and "{b}" at one place, but they are pinned to '
                    "different ones."
                )
        for what, (a, b) in self.kept_apart():
            one, other = by_id[a].pinned, by_id[b].pinned
            if one and other and self.forbids(what, slots[one], slots[other]):
                raise InputError(
                    f'"{a}" and "{b}" are pinned to "{one}" and "{other}", which {what} forbids.'
                )

    def kept_apart(self) -> Iterator[tuple[str, Two]]:
        """Every two candidates who hinder each other, and by which rule."""
        yield from (("apart", two) for two in self.apart)
        for needs in self.people.values():
            for i, one in enumerate(needs):
                yield from (("person", (one, other)) for other in needs[i + 1 :])

    def forbids(self, what: str, one: Slot, other: Slot) -> bool:
        """Whether the rule forbids that one of the two is here and the other there."""
        if what == "apart":
            return self.near(one, other) and self.overlap(one, other)
        return self.near(one, other) or self.overlap(one, other)


def _groups(together: Iterable[Two]) -> Mapping[str, str]:
    """Everybody who belongs together with somebody, and whom her group is called by."""
    leader = dict[str, str]()

    def find(name: str) -> str:
        while leader.get(name, name) != name:
            name = leader[name]
        return name

    for a, b in together:
        leader[find(a)] = find(b)
    return {name: find(name) for pair in together for name in pair}
