"""Things for tests, one factory per model. People come from the cast in `conftest.py`."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from stdnum.no import orgnr

from accounts.models import Membership, User
from accounts.policy import Role
from placements import models as placements
from placements.models.placements import PlacementState
from schools import models as schools
from schools.calendar import practice_days

LONG_AGO = dt.date(2020, 1, 1)  # apart from the real register, which begins in 2024


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.no")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, role: Role | None = None, **kwargs):
        user = model_class.objects.create_user(**kwargs)
        if role:
            Membership.objects.create(user=user, role=role)
        return user


class CountyFactory(DjangoModelFactory):
    class Meta:
        model = schools.County

    number = factory.Sequence(lambda n: f"{n % 90 + 10:02d}")
    name = factory.Sequence(lambda n: f"Fylke {n}")
    valid_from = factory.Sequence(lambda n: LONG_AGO - dt.timedelta(days=n // 90))


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = schools.Municipality

    number = factory.Sequence(lambda n: f"{n % 9000 + 1000:04d}")
    name = factory.Sequence(lambda n: f"Kommune {n}")
    county = factory.SubFactory(CountyFactory)
    latitude = 63.43
    longitude = 10.39
    valid_from = LONG_AGO


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = schools.Programme
        django_get_or_create = ("code",)

    code = "HSHSE3----"
    name_nb = "Helsesekretær"
    year = 3


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = schools.School

    name = factory.Sequence(lambda n: f"Skole {n} videregående skole")
    municipality = factory.SubFactory(MunicipalityFactory)
    county = factory.SelfAttribute("municipality.county")


class SchoolClassFactory(DjangoModelFactory):
    class Meta:
        model = schools.SchoolClass

    school = factory.SubFactory(SchoolFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"3HS{n}")
    school_year = 2026


class StudentFactory(DjangoModelFactory):
    class Meta:
        model = schools.Student

    school_class = factory.SubFactory(SchoolClassFactory)
    school = factory.SelfAttribute("school_class.school")
    municipality = factory.SelfAttribute("school.municipality")
    external_id = factory.Sequence(lambda n: f"elev{n}@skole.example.no")
    given_name = factory.Sequence(lambda n: f"Elev{n}")
    family_name = factory.Sequence(lambda n: f"Etternavn{n}")
    email = factory.Sequence(lambda n: f"elev{n}@skole.example.no")

    class Params:
        signed_up = factory.Trait(
            user=factory.SubFactory(
                UserFactory,
                role=Role.STUDENT,
                email=factory.SelfAttribute("..email"),
                name=factory.LazyAttribute(
                    lambda o: f"{o.factory_parent.given_name} {o.factory_parent.family_name}"
                ),
            )
        )


class RequirementFactory(DjangoModelFactory):
    class Meta:
        model = schools.Requirement

    code = factory.Sequence(lambda n: f"requirement-{n}")
    name_nb = factory.Sequence(lambda n: f"Krav {n}")


class LearningAreaFactory(DjangoModelFactory):
    class Meta:
        model = placements.LearningArea

    code = factory.Sequence(lambda n: f"area-{n}")
    name_nb = factory.Sequence(lambda n: f"Område {n}")


class WorkplaceFactory(DjangoModelFactory):
    class Meta:
        model = placements.Workplace

    name = factory.Sequence(lambda n: f"Legekontor {n}")
    kind = placements.Workplace.Kind.GP_OFFICE
    municipality = factory.SubFactory(MunicipalityFactory)


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = placements.Contact

    workplace = factory.SubFactory(WorkplaceFactory)
    name = factory.Sequence(lambda n: f"Kontakt {n}")
    email = factory.Sequence(lambda n: f"kontakt{n}@legekontor.example.no")


class SupervisorFactory(DjangoModelFactory):
    class Meta:
        model = placements.Supervisor

    workplace = factory.SubFactory(WorkplaceFactory)
    name = factory.Sequence(lambda n: f"Veileder {n}")


class OfferFactory(DjangoModelFactory):
    """Written and verified, and waiting for an answer; `verified_at=None` for one that nobody may see."""

    class Meta:
        model = placements.Offer

    name = factory.Sequence(lambda n: f"Nytt legekontor {n}")
    kind = placements.Workplace.Kind.GP_OFFICE
    municipality = factory.SubFactory(MunicipalityFactory)
    contact_name = factory.Sequence(lambda n: f"Tilbyder {n}")
    email = factory.Sequence(lambda n: f"tilbyder{n}@nytt.example.no")
    places = 2
    verified_at = factory.LazyFunction(timezone.now)


class RoundFactory(DjangoModelFactory):
    """A round of one county; `schools=[...]` take part. Open for wishes unless told otherwise."""

    class Meta:
        model = placements.Round
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Runde {n}")
    county = factory.SubFactory(CountyFactory)
    state = "open"
    capacity_deadline = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=10))
    wishes_deadline = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=20))
    publish_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))

    @factory.lazy_attribute
    def published_at(self):
        return timezone.now() if self.state in ("published", "closed") else None

    @factory.post_generation
    def schools(self, create, extracted, **kwargs):
        if not create:
            return
        for school in extracted or []:
            placements.RoundSchool.objects.create(round=self, school=school, county=school.county)
        self.programmes.add(ProgrammeFactory())


class PeriodFactory(DjangoModelFactory):
    """Four weeks from Monday 8 February 2027, all weekdays, unless told otherwise."""

    class Meta:
        model = placements.Period

    round = factory.SubFactory(RoundFactory)
    start = dt.date(2027, 2, 8)
    end = factory.LazyAttribute(lambda o: o.start + dt.timedelta(weeks=4))
    weekdays = [1, 2, 3, 4, 5]
    days = factory.LazyAttribute(
        lambda o: practice_days(o.round.county, o.start, o.end, o.weekdays)
    )


class CapacityRequestFactory(DjangoModelFactory):
    class Meta:
        model = placements.CapacityRequest

    round = factory.SubFactory(RoundFactory)
    workplace = factory.SubFactory(WorkplaceFactory)


class SlotFactory(DjangoModelFactory):
    class Meta:
        model = placements.Slot

    period = factory.SubFactory(PeriodFactory)
    round = factory.SelfAttribute("period.round")
    workplace = factory.SubFactory(WorkplaceFactory)
    capacity = 1


class CandidateFactory(DjangoModelFactory):
    """A student in a round whose school takes part in it (it is added when it does not yet)."""

    class Meta:
        model = placements.Candidate

    student = factory.SubFactory(StudentFactory)
    school = factory.SelfAttribute("student.school")
    round = factory.SubFactory(
        RoundFactory, county=factory.SelfAttribute("..student.school.county")
    )

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        school = kwargs["student"].school
        placements.RoundSchool.objects.get_or_create(
            round=kwargs["round"], school=school, defaults={"county": school.county}
        )
        return super()._create(model_class, *args, **kwargs)


class PreferenceFactory(DjangoModelFactory):
    class Meta:
        model = placements.Preference

    candidate = factory.SubFactory(CandidateFactory)
    workplace = factory.SubFactory(WorkplaceFactory)
    rank = 1


class MatchingRunFactory(DjangoModelFactory):
    class Meta:
        model = placements.MatchingRun

    round = factory.SubFactory(RoundFactory)
    number = factory.Sequence(lambda n: n + 1)
    policy = ["placed", "wishes:squared", "moves", "travel", "lottery"]
    seed = factory.LazyAttribute(lambda o: str(o.round.pk))
    started_by = factory.SubFactory(UserFactory)

    class Params:
        computed = factory.Trait(
            state="computed",
            problem=b"{}",
            solution={},
            summary={},
            round_version=1,
            problem_sha256="0" * 64,
        )


class PlacementFactory(DjangoModelFactory):
    """A published placement of `candidate` at `slot`; both must belong to one round."""

    class Meta:
        model = placements.Placement

    candidate = factory.SubFactory(CandidateFactory)
    slot = factory.SubFactory(
        SlotFactory,
        period=factory.SubFactory(PeriodFactory, round=factory.SelfAttribute("...candidate.round")),
    )
    round = factory.SelfAttribute("candidate.round")
    student = factory.SelfAttribute("candidate.student")
    school = factory.SelfAttribute("candidate.school")
    period = factory.SelfAttribute("slot.period")
    days = factory.SelfAttribute("period.days")
    state = PlacementState.PLANNED
    rank = 1
    travel_minutes = 22
    created_by = factory.SubFactory(UserFactory)


def organisation_number(n: int) -> str:
    """The n-th made-up organisation number that passes the mod-11 check."""
    for base in range(90_000_000 + n * 20, 90_000_000 + n * 20 + 20):
        for last in "0123456789":
            if orgnr.is_valid(f"{base}{last}"):
                return f"{base}{last}"
    raise AssertionError("twenty numbers in a row without a check digit")
