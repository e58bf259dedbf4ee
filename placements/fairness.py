"""How evenly a round, or several, turned out: wishes and travel per school, class and municipality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import quantiles
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from placements.charts import Chart
from placements.models import Candidate, Placement, Round
from placements.models.preferences import WishesState
from placements.models.rounds import RoundState

TOP = 3
PAST = (RoundState.PUBLISHED, RoundState.CLOSED)


@dataclass(frozen=True)
class Outcome:
    """How it went for one student in one round. `rank` None: none of her wishes."""

    round: str
    school: str
    school_class: str
    municipality: str
    wished: bool
    placed: bool
    rank: int | None
    minutes: int | None


@dataclass(frozen=True)
class Row:
    """One group. Wishes are counted among those who sent some, travel among those who are placed."""

    name: str
    of: int
    placed: int
    wished: int
    first: int
    top: int
    none: int
    travel: list[int]  # sorted

    @property
    def first_share(self) -> int:
        return _share(self.first, self.wished)

    @property
    def top_share(self) -> int:
        return _share(self.top, self.wished)

    @property
    def none_share(self) -> int:
        return _share(self.none, self.wished)

    @property
    def median(self) -> int | None:
        return self._quartile(1)

    @property
    def low(self) -> int | None:
        return self._quartile(0)

    @property
    def high(self) -> int | None:
        return self._quartile(2)

    @property
    def worst(self) -> int | None:
        return self.travel[-1] if self.travel else None

    def _quartile(self, n: int) -> int | None:
        if len(self.travel) < 2:
            return self.travel[0] if self.travel else None
        return round(quantiles(self.travel, n=4, method="inclusive")[n])


@dataclass(frozen=True)
class Table:
    title: str
    rows: list[Row]

    @property
    def chart(self) -> Chart:
        """First wishes against one of the first three, in per cent."""
        return Chart(
            title=_("First wish, and one of the first three, by %(what)s (per cent)")
            % {"what": self.title.lower()},
            what=self.title,
            first=_("First wish"),
            second=_("One of the first three"),
            rows=[(row.name, row.first_share, row.top_share) for row in self.rows],
        )


def outcomes(user: User, rounds: Iterable[Round]) -> list[Outcome]:
    """Of the students she may see, in these rounds; in two queries, however many there are."""
    rounds = list(rounds)
    held: dict[UUID, tuple[int | None, int | None]] = {
        candidate: (rank, minutes)
        for candidate, rank, minutes in Placement.objects.visible_to(user)
        .occupying()
        .filter(round__in=rounds)
        .values_list("candidate", "rank", "travel_minutes")
    }
    rows = (
        Candidate.objects.visible_to(user)
        .taking_part()
        .filter(round__in=rounds)
        .order_by("round__wishes_deadline", "pk")
        .values_list(
            "pk",
            "round__name",
            "school__name",
            "student__school_class__name",
            "student__municipality__name",
            "wishes_state",
        )
    )
    return [
        Outcome(
            round=round,
            school=school,
            school_class=f"{school}, {school_class}",
            municipality=municipality,
            wished=wishes == WishesState.SENT,
            placed=pk in held,
            rank=held.get(pk, (None, None))[0],
            minutes=held.get(pk, (None, None))[1],
        )
        for pk, round, school, school_class, municipality, wishes in rows
    ]


def whole(found: Iterable[Outcome]) -> Row:
    return _row(_("Everybody"), list(found))


def by_school(found: Iterable[Outcome]) -> Table:
    return Table(_("School"), _grouped(found, lambda one: one.school))


def by_class(found: Iterable[Outcome]) -> Table:
    return Table(_("Class"), _grouped(found, lambda one: one.school_class))


def by_municipality(found: Iterable[Outcome]) -> Table:
    return Table(_("Municipality"), _grouped(found, lambda one: one.municipality))


def by_round(found: Iterable[Outcome]) -> Table:
    """The rounds one after another, the oldest first."""
    found = list(found)
    order = list(dict.fromkeys(one.round for one in found))
    rows = _grouped(found, lambda one: one.round)
    return Table(_("Round"), sorted(rows, key=lambda row: order.index(row.name)))


def _grouped(found: Iterable[Outcome], of: Callable[[Outcome], str]) -> list[Row]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        groups[of(one)].append(one)
    return [_row(name, groups[name]) for name in sorted(groups)]


def _row(name: str, group: list[Outcome]) -> Row:
    wished = [one for one in group if one.wished]
    return Row(
        name=name,
        of=len(group),
        placed=sum(one.placed for one in group),
        wished=len(wished),
        first=sum(one.rank == 1 for one in wished),
        top=sum(one.rank is not None and one.rank <= TOP for one in wished),
        none=sum(one.rank is None for one in wished),
        travel=sorted(one.minutes for one in group if one.minutes is not None),
    )


def _share(part: int, of: int) -> int:
    """Rounded down: 100 % is said only of everybody."""
    return 100 * part // of if of else 0
