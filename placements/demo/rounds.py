"""Builds two years of rounds in the demo county: one in each state, the next one ready to be matched."""

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256

from django.utils import timezone

from accounts.models import OutboxMessage
from placements import travel
from placements.actions import publication, runs
from placements.demo.cast import DOMAIN, Demo, make_id
from placements.demo.stays import build_stays
from placements.models import (
    Candidate,
    CapacityRequest,
    Lottery,
    Period,
    Placement,
    Preference,
    Round,
    RoundSchool,
    Slot,
    Workplace,
)
from placements.models.lottery import rules_of
from schools.calendar import practice_days
from schools.models import Programme, Student

WEEK = dt.timedelta(weeks=1)
ALL_DAYS, TUESDAY_WEDNESDAY = [1, 2, 3, 4, 5], [2, 3]


@dataclass(frozen=True)
class Spec:
    """One round: when it starts (weeks from now), who takes part, how far it has come."""

    key: str
    state: str
    offset: int
    level: int
    years_back: int = 0
    answered: float = 1.0  # share of workplaces that have answered
    wished: float = 1.0  # share of students who have sent wishes
    two_patterns: bool = False  # some schools in a block, some on Tuesdays and Wednesdays
    none: float = 0.1  # share of answers that offer nothing in a period
    extra: float = 0.0  # share of offers with one place more than usual
    tight: int = 0  # how many of the largest offers near most students have one place less


SPECS = [
    Spec("closed-2", "closed", -93, level=3, years_back=2, extra=0.2),
    Spec("closed-1b", "closed", -56, level=3, years_back=1),
    Spec("closed-1", "closed", -41, level=3, years_back=1, two_patterns=True, none=0.4),
    Spec("published", "published", -2, level=3, answered=0.96, wished=0.97, none=0.0, extra=0.5),
    Spec(
        "matching",
        "matching",
        11,
        level=3,
        answered=0.95,
        wished=0.98,
        two_patterns=True,
        none=0.34,
        tight=8,
    ),
    Spec("open", "open", 17, level=2, answered=0.92, wished=0.72, none=0.0, extra=0.5),
    Spec("collecting", "collecting", 22, level=2, answered=0.45, wished=0.0),
    Spec("draft", "draft", 41, level=3, answered=0.0, wished=0.0),
]

CROWD_PULLERS = {
    "Sentrum legekontor": 5,
    "Lade legesenter": 3,
    "Trondheim legevakt": 3,
    "Hjertepoliklinikken": 3,
}


def build_rounds(demo: Demo) -> None:
    for spec in SPECS:
        round = _round(demo, spec)
        periods = _periods(demo, spec, round)
        _answers(demo, spec, round, periods)
        _tighten(spec, round)
        if spec.state != "draft":
            _candidates(demo, spec, round, periods)
        if spec.state in ("published", "closed"):
            _publish(demo, round, newest=spec.state == "published")
        if spec.state == "published":
            build_stays(demo, round)
        if spec.state == "closed":
            _complete(demo, spec, round)


def _round(demo: Demo, spec: Spec) -> Round:
    start = demo.monday + spec.offset * WEEK
    season = "Vår" if start.month <= 6 else "Høst"
    what = {2: "Vg2 helseservicefag", 3: "Vg3 helsesekretær"}[spec.level]

    def deadline(weeks: float) -> dt.datetime:
        day = demo.monday + dt.timedelta(days=int(weeks * 7) + 4)
        return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59)))

    # Before today for what is past, after it for what is still to come.
    capacity = {"open": 3, "collecting": 2, "draft": 12}.get(spec.state, min(spec.offset, 0) - 9)
    wishes = {"open": 3, "collecting": 7, "draft": 16}.get(spec.state, min(spec.offset, 0) - 5)
    if spec.state == "matching":
        capacity, wishes = -3, -1
    round = Round.objects.create(
        id=make_id("round", spec.key),
        name=f"{season} {start.year} · {what}, uke {start.isocalendar().week}",
        county=demo.county,
        state="collecting" if spec.state != "draft" else "draft",
        capacity_deadline=deadline(capacity),
        wishes_deadline=deadline(wishes),
        publish_on=(demo.monday + (wishes + 2) * WEEK),
    )
    round.programmes.add(Programme.objects.get(code={2: "HSHES2----", 3: "HSHSE3----"}[spec.level]))
    for school in demo.schools:
        RoundSchool.objects.create(round=round, school=school, county=demo.county)
    if spec.state not in ("draft", "collecting"):
        _seal(demo, spec, round)
        round.state = "open" if spec.state == "open" else "matching"
        round.save(update_fields=["state"])
    return round


def _seal(demo: Demo, spec: Spec, round: Round) -> None:
    """The lots as they were sealed when wishes opened; the secret is the same in every copy."""
    rules = rules_of(round, "")
    lottery = Lottery(
        round=round,
        rules=rules,
        secret=sha256(f"demo {spec.key}".encode()).hexdigest(),
        committed_at=min(timezone.now(), round.wishes_deadline) - dt.timedelta(days=21),
        committed_by=demo.cast.county_coordinator,
    )
    lottery.commitment = sha256(lottery.sealed.encode()).hexdigest()
    lottery.save(force_insert=True)


def _periods(demo: Demo, spec: Spec, round: Round) -> list[Period]:
    start = demo.monday + spec.offset * WEEK
    shapes = [(start, start + 4 * WEEK, ALL_DAYS, "")]
    if spec.two_patterns:
        shapes.append((start - 5 * WEEK, start + 6 * WEEK, TUESDAY_WEDNESDAY, "Tirsdag og onsdag"))
    return [
        Period.objects.create(
            id=make_id("period", spec.key, n),
            round=round,
            name=name,
            start=first,
            end=after,
            weekdays=weekdays,
            days=practice_days(demo.county, first, after, weekdays),
        )
        for n, (first, after, weekdays, name) in enumerate(shapes)
    ]


def _answers(demo: Demo, spec: Spec, round: Round, periods: list[Period]) -> None:
    """Who was asked, who answered what: two thirds of those who answer can take somebody."""
    if spec.state == "draft":
        return
    rng, now = demo.rng, timezone.now()
    asked_at = round.capacity_deadline - dt.timedelta(days=30)
    answered_at = min(now, round.capacity_deadline) - dt.timedelta(days=4)
    for workplace in demo.workplaces:
        key = (spec.key, workplace.name)
        answers = rng.random() < spec.answered
        declines = answers and rng.random() < 0.16
        state = "declined" if declines else "answered" if answers else "asked"
        if not answers and rng.random() < 0.25:
            state = "not_asked"
        CapacityRequest.objects.create(
            id=make_id("request", *key),
            round=round,
            workplace=workplace,
            state=state,
            asked_at=None if state == "not_asked" else min(asked_at, now - dt.timedelta(days=9)),
            answered_at=answered_at if answers else None,
            answered_via=rng.choice(["link", "link", "link", "phone"]) if answers else "",
            reason=rng.choice(["no_supervisor", "staff_change", "no_space"]) if declines else "",
        )
        for n, period in enumerate(periods):
            capacity = _capacity(demo, spec, workplace) if state == "answered" else 0
            if state in ("answered", "declined"):
                Slot.objects.create(
                    id=make_id("slot", *key, n),
                    round=round,
                    period=period,
                    workplace=workplace,
                    capacity=capacity,
                )


def _tighten(spec: Spec, round: Round) -> None:
    """A little too few places where most students live, as in life."""
    near = round.slots.filter(workplace__municipality__number="5001", capacity__gt=1)
    for slot in near.order_by("-capacity", "pk")[: spec.tight]:
        Slot.objects.filter(pk=slot.pk).update(capacity=slot.capacity - 1)


def _capacity(demo: Demo, spec: Spec, workplace: Workplace) -> int:
    """Hospital units take one to four, others one or two."""
    usual = {"hospital": [1, 2, 2, 3, 4], "out_of_hours": [1, 2, 2]}.get(
        workplace.kind, [1, 1, 1, 2]
    )
    if demo.rng.random() < spec.none:
        return 0
    return demo.rng.choice(usual) + (demo.rng.random() < spec.extra)


def _candidates(demo: Demo, spec: Spec, round: Round, periods: list[Period]) -> None:
    rng = demo.rng
    offered = list(
        Workplace.objects.filter(slots__round=round, slots__capacity__gt=0)
        .distinct()
        .order_by("pk")
    )
    sent_at = min(timezone.now(), round.wishes_deadline) - dt.timedelta(days=3)
    for student in demo.students[(demo.school_year - spec.years_back, spec.level)]:
        block = not spec.two_patterns or demo.schools.index(student.school) in (0, 3)
        draw = rng.random()
        state = "sent" if draw < spec.wished else "draft" if draw < spec.wished + 0.1 else "none"
        if spec.state == "collecting":
            state = "none"
        sent = state == "sent"
        candidate = Candidate.objects.create(
            id=make_id("candidate", spec.key, student.pk),
            round=round,
            student=student,
            school=student.school,
            period=periods[0 if block else 1],
            no_car=rng.random() < 0.3,
            step_free=rng.random() < 0.02,
            wishes_state=state,
            wishes_sent_at=sent_at if sent else None,
            wishes_sent_by=student.user if sent else None,
        )
        if state != "none":
            _wishes(demo, candidate, student, offered)


def _wishes(demo: Demo, candidate: Candidate, student: Student, offered: list[Workplace]) -> None:
    """Three to five places in reach; near and well-known ones are wished for more."""
    rng = demo.rng
    weights = []
    for workplace in offered:
        minutes = travel.between(student.municipality, workplace)
        pull = next((w for name, w in CROWD_PULLERS.items() if workplace.name.startswith(name)), 1)
        weights.append(
            0.0 if minutes > candidate.round.max_travel_minutes else pull * 60 / (40 + minutes)
        )
    wanted = rng.choice([4, 5, 5])
    chosen: list[Workplace] = []
    while len(chosen) < wanted and any(weights):
        index = rng.choices(range(len(offered)), weights=weights)[0]
        chosen.append(offered[index])
        weights[index] = 0.0
    Preference.objects.bulk_create(
        Preference(
            id=make_id("preference", candidate.pk, workplace.pk),
            candidate=candidate,
            workplace=workplace,
            rank=rank,
        )
        for rank, workplace in enumerate(chosen, start=1)
    )


def _publish(demo: Demo, round: Round, *, newest: bool) -> None:
    """Match and publish as a coordinator would. Mails of the past are not sent again, but for the newest
    round to those one can sign in as, so that they have something to read."""
    by = demo.cast.county_coordinator
    run = runs.start(round, by=by)
    runs.execute(run.pk)
    run.refresh_from_db()
    publication.publish(run, by=by)
    told = OutboxMessage.objects.filter(publication=str(run.pk))
    cast = demo.cast
    read = [cast.gp_contact.email, cast.hospital_contact.email, f"elev@{DOMAIN}"] if newest else []
    told.exclude(recipient__in=read).delete()


def _complete(demo: Demo, spec: Spec, round: Round) -> None:
    published = timezone.make_aware(
        dt.datetime.combine(round.publish_on, dt.time(9)), timezone.get_current_timezone()
    )
    Placement.objects.for_round(round).occupying().update(state="completed", created_at=published)
    Round.objects.filter(pk=round.pk).update(state="closed", published_at=published)
