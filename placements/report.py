"""A run's summary with the names in it: what the page about a proposal shows."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar, cast
from uuid import UUID

from django.utils.translation import gettext as _

from placements import imagined, levels, rules
from placements.charts import Chart
from placements.models import Assignment, Candidate, MatchingRun, Slot
from placements.summary import Group, Level, Shortage, Summary
from schools.models import School, SchoolClass

Row = TypeVar("Row", Candidate, Slot)

TRAVEL = (15, 30, 45, 60, 90)  # minutes: where one bar ends and the next begins
FEW = 6  # names in a sentence; more than that are a list to open


@dataclass(frozen=True)
class LevelRow:
    name: str
    counts: str
    value: int
    bound: int | None
    proven: bool
    searched: bool


@dataclass(frozen=True)
class GroupRow:
    """A school or a class, with its numbers."""

    name: str
    of: int
    placed: int
    first: int
    unplaced: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 % is said only of everybody."""
        return 100 * self.placed // self.of if self.of else 0


@dataclass(frozen=True)
class ShortageRow:
    """Students who can only use too few places."""

    candidates: list[Candidate]
    unplaced: list[Candidate]
    workplaces: list[str]
    places: int
    surplus: int

    @property
    def some_workplaces(self) -> str:
        return ", ".join(self.workplaces[:FEW]) + (" …" if len(self.workplaces) > FEW else "")

    @property
    def nowhere(self) -> bool:
        return not self.workplaces


@dataclass(frozen=True)
class CallRow:
    slot: Slot
    gain: int
    reach: int


class Report:
    """The names behind one run's summary, read in a fixed number of queries."""

    def __init__(self, run: MatchingRun) -> None:
        self.run = run
        self.summary = summary_of(run)
        wanted = {pk for hall in self.summary["shortages"] for pk in hall["candidates"]}
        self._candidates = _by_id(
            Candidate.objects.filter(pk__in=wanted).named().order_by("student__sort_key", "pk")
        )
        slots = {pk for hall in self.summary["shortages"] for pk in hall["slots"]}
        slots |= {call["slot"] for call in self.summary["calls"]}
        self._slots = _by_id(
            Slot.objects.filter(pk__in=slots)
            .select_related("workplace__municipality", "period")
            .order_by("workplace__sort_key", "pk")
        )

    @property
    def unplaced(self) -> int:
        return self.summary["candidates"] - self.summary["placed"]

    @property
    def fewer(self) -> int:
        """So many more would get a place by the standard rules, where workplaces choose; or without the
        rules that tie students to each other."""
        best = self.summary.get("best")
        return best["placed"] - self.summary["placed"] if best else 0

    @property
    def several_unplaced(self) -> bool:
        return self.unplaced > 1

    @property
    def levels(self) -> list[LevelRow]:
        return [_level(row) for row in self.summary["levels"]]

    @property
    def rules(self) -> list[rules.Rule]:
        """What counted, in order, as stored with the run."""
        return rules.rows(self.run.policy)

    @property
    def rules_name(self) -> str:
        return rules.name_of(self.run.policy)

    @property
    def wishes_chart(self) -> Chart:
        return Chart(
            title=_("How many got which wish"),
            what=_("Wish"),
            first=_("Students"),
            rows=wish_rows(self.summary),
        )

    @property
    def travel_chart(self) -> Chart:
        return Chart(
            title=_("How far they travel, one way"),
            what=_("Estimated travel"),
            first=_("Students"),
            rows=travel_rows(
                self.run.assignments.exclude(travel_minutes=None).values_list(
                    "travel_minutes", flat=True
                )
            ),
        )

    @property
    def schools(self) -> list[GroupRow]:
        names = {str(s.pk): s.name for s in School.objects.filter(rounds=self.run.round_id)}
        return _groups(self.summary["schools"], names)

    @property
    def classes(self) -> list[GroupRow]:
        found = SchoolClass.objects.filter(pk__in=[g["id"] for g in self.summary["classes"]])
        names = {str(c.pk): f"{c.school.name}, {c.name}" for c in found.select_related("school")}
        return _groups(self.summary["classes"], names)

    @property
    def school_range(self) -> tuple[int, int] | None:
        """The lowest and the highest share of a school's students who are placed, in per cent."""
        shares = [row.percent for row in self.schools]
        return (min(shares), max(shares)) if len(shares) > 1 else None

    @property
    def shortages(self) -> list[ShortageRow]:
        return [self._shortage(hall) for hall in self.summary["shortages"]]

    @property
    def calls(self) -> list[CallRow]:
        return [
            CallRow(self._slots[call["slot"]], call["gain"], call["reach"])
            for call in self.summary["calls"]
            if call["slot"] in self._slots
        ]

    def _shortage(self, hall: Shortage) -> ShortageRow:
        inside, outside = set(hall["candidates"]), set(hall["unplaced"])
        slots = set(hall["slots"])
        names = [slot.workplace.name for pk, slot in self._slots.items() if pk in slots]
        return ShortageRow(
            candidates=[c for pk, c in self._candidates.items() if pk in inside],
            unplaced=[c for pk, c in self._candidates.items() if pk in outside],
            workplaces=list(dict.fromkeys(names)),
            places=hall["places"],
            surplus=hall["surplus"],
        )


def summary_of(run: MatchingRun) -> Summary:
    """What a computed run achieves, as it was worked out then."""
    return cast(Summary, run.summary)


def wish_rows(summary: Summary) -> list[tuple[str, int]]:
    """Each wish with how many got it, then those outside a list, and those left over."""
    rows = [(_("%(n)d. wish") % {"n": rank}, count) for rank, count in summary["ranks"]]
    rows.append((_("Outside the list"), summary["outside"]))
    if summary["without_wishes"]:
        rows.append((_("Without wishes"), summary["without_wishes"]))
    rows.append((_("Not placed"), summary["candidates"] - summary["placed"]))
    return rows


def travel_rows(minutes: Iterable[int | None]) -> list[tuple[str, int]]:
    """How many travel up to 15 minutes, up to 30 ...; a bar ends with its last minute."""
    counts = Counter(bisect_left(TRAVEL, n) for n in minutes if n is not None)
    lows = (0, *(n + 1 for n in TRAVEL))
    names = [f"{low}–{high} min" for low, high in zip(lows, TRAVEL, strict=False)]
    names.append(_("over %(n)d min") % {"n": TRAVEL[-1]})
    return [(name, counts[n]) for n, name in enumerate(names)]


@dataclass(frozen=True)
class MoveRow:
    """A student whom two proposals place differently."""

    candidate: Candidate
    before: Assignment | None
    after: Assignment | None

    @property
    def effect(self) -> str:
        """gained or lost, if she had no place or has none now; else better, worse or same, by her own
        list."""
        if self.before is None or self.after is None:
            return "gained" if self.before is None else "lost"
        was, becomes = _grade(self.before), _grade(self.after)
        return "same" if was == becomes else "better" if becomes < was else "worse"


def moves(before: MatchingRun, after: MatchingRun) -> list[MoveRow]:
    """Who is somewhere else in `after` than in `before`, by name."""
    places: list[dict[UUID, Assignment]] = [
        {
            row.candidate_id: row
            for row in (
                *run.assignments.select_related("slot__workplace", "slot__period"),
                *imagined.assignments(run),
            )
        }
        for run in (before, after)
    ]
    differ = [
        pk
        for pk in places[0].keys() | places[1].keys()
        if _slot(places[0].get(pk)) != _slot(places[1].get(pk))
    ]
    people = Candidate.objects.filter(pk__in=differ).named()
    return [
        MoveRow(person, places[0].get(person.pk), places[1].get(person.pk)) for person in people
    ]


def _slot(row: Assignment | None) -> UUID | None:
    return row.slot_id if row else None


def _grade(row: Assignment) -> int:
    return row.rank or 1_000


def effects(moves: Iterable[MoveRow]) -> dict[str, int]:
    """How many it is what for. `moving`: those who have a place both before and after."""
    count = Counter(row.effect for row in moves)
    each = {name: count[name] for name in ("gained", "lost", "better", "worse", "same")}
    return {**each, "moving": each["better"] + each["worse"] + each["same"]}


def _level(row: Level) -> LevelRow:
    return LevelRow(
        name=levels.name(row["name"]),
        counts=levels.counts(row["name"]),
        value=row["value"],
        bound=row["bound"],
        proven=row["proven"],
        searched=row.get("searched", False),
    )


def _groups(rows: Iterable[Group], names: dict[str, str]) -> list[GroupRow]:
    found = [
        GroupRow(names[row["id"]], row["of"], row["placed"], row["first"], row["unplaced"])
        for row in rows
        if row["id"] in names
    ]
    return sorted(found, key=lambda row: row.name)


def _by_id(rows: Iterable[Row]) -> dict[str, Row]:
    return {str(row.pk): row for row in rows}
