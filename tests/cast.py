"""The cast: one full world, and a second one, as full, that must never leak into it."""

from dataclasses import dataclass

from accounts.models import User
from accounts.policy import Role
from placements import matching, snapshot
from placements import models as placements
from placements.models.frozen import Frozen
from placements.models.rounds import DEFAULT_POLICY
from schools import models as schools
from tests import factories as f


@dataclass
class World:
    """One county with a shared round, a school, its people, and one of every kind of thing.

    `canary` is in every name and text, so that a leak can be searched for.
    """

    canary: str
    county: schools.County
    school: schools.School
    school_class: schools.SchoolClass
    round: placements.Round
    period: placements.Period
    workplace: placements.Workplace
    contact: placements.Contact
    request: placements.CapacityRequest
    slot: placements.Slot
    candidate: placements.Candidate
    waiting: placements.Candidate
    preference: placements.Preference
    run: placements.MatchingRun
    assignment: placements.Assignment
    placement: placements.Placement
    coordinator: User
    county_coordinator: User
    workplace_contact: User
    student: User
    administrator: User


def computed_run(round: placements.Round, *, number: int, by: User) -> placements.MatchingRun:
    """A proposal as a worker leaves it: the real engine's answer on what is in the round now."""
    run = f.MatchingRunFactory.build(
        round=round, number=number, started_by=by, policy=list(DEFAULT_POLICY), state="computed"
    )
    problem = snapshot.take(round, policy=run.policy, seed=run.seed)
    solution = matching.solve(problem)
    run.problem, run.solution = Frozen.of(problem), solution.to_json()
    run.problem_sha256, run.engine_version = problem.sha256, solution.engine
    run.round_version = round.version
    run.save()
    snapshot.record(run, problem, solution)
    run.save()
    return run


def make_world(canary: str, round_state: str = "published") -> World:
    """Build a full world. Every text in it holds `canary`."""
    low = canary.lower()

    def person(role: Role) -> User:
        return f.UserFactory(
            email=f"{low}.{role}@example.no", name=f"{canary} {role.label}", role=role
        )

    county = f.CountyFactory(name=f"{canary} fylke")
    municipality = f.MunicipalityFactory(county=county, name=f"{canary} kommune")
    school = f.SchoolFactory(
        name=f"{canary} videregående skole",
        municipality=municipality,
        contact_name=f"{canary} skolekontakt",
        contact_phone="73 00 00 00",
        contact_email=f"{low}.skole@example.no",
    )
    school_class = f.SchoolClassFactory(school=school, name=f"3{canary[:6]}")
    coordinator = person(Role.SCHOOL_COORDINATOR)
    school.coordinators.add(coordinator)
    county_coordinator = person(Role.COUNTY_COORDINATOR)
    county.coordinators.add(county_coordinator)

    round = f.RoundFactory(
        name=f"{canary} runde", county=county, state=round_state, schools=[school]
    )
    period = f.PeriodFactory(round=round, name=f"{canary} periode")
    workplace = f.WorkplaceFactory(
        name=f"{canary} legekontor",
        municipality=municipality,
        address=f"{canary} gate 1",
        meet_at=f"Spør etter {canary} i resepsjonen",
        phone="73 11 11 11",
    )
    workplace_contact = person(Role.WORKPLACE_CONTACT)
    contact = f.ContactFactory(
        workplace=workplace,
        user=workplace_contact,
        name=f"{canary} kontakt",
        email=workplace_contact.email,
    )
    request = f.CapacityRequestFactory(round=round, workplace=workplace, state="asked")
    slot = f.SlotFactory(period=period, workplace=workplace, capacity=2)

    student = person(Role.STUDENT)
    pupil = f.StudentFactory(
        school_class=school_class,
        given_name=f"{canary}",
        family_name="Elevsen",
        user=student,
        email=student.email,
        external_id=f"{low}.elev@skole.example.no",
    )
    waiting_pupil = f.StudentFactory(
        school_class=school_class, given_name=f"{canary}", family_name="Ventesen"
    )
    candidate = f.CandidateFactory(student=pupil, round=round)
    waiting = f.CandidateFactory(student=waiting_pupil, round=round)
    preference = f.PreferenceFactory(candidate=candidate, workplace=workplace)
    run = computed_run(round, number=1, by=county_coordinator)
    assignment = run.assignments.get(candidate=candidate)
    placement = f.PlacementFactory(candidate=candidate, slot=slot, created_by=county_coordinator)
    return World(
        canary=canary,
        county=county,
        school=school,
        school_class=school_class,
        round=round,
        period=period,
        workplace=workplace,
        contact=contact,
        request=request,
        slot=slot,
        candidate=candidate,
        waiting=waiting,
        preference=preference,
        run=run,
        assignment=assignment,
        placement=placement,
        coordinator=coordinator,
        county_coordinator=county_coordinator,
        workplace_contact=workplace_contact,
        student=student,
        administrator=person(Role.ADMINISTRATOR),
    )
