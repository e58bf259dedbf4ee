"""A small round, ready to be matched: what tests of matching and publishing start from."""

from dataclasses import dataclass, field

from accounts.models import User
from accounts.policy import Role
from placements.actions import ties
from placements.models import Candidate, Period, Round, Slot, Workplace
from schools.models import School
from tests import factories as f


@dataclass
class County:
    """Students, named by what they wish for, and places, named by workplace."""

    round: Round
    period: Period
    school: School
    by: User
    slots: dict[str, Slot] = field(default_factory=dict)
    candidates: dict[str, Candidate] = field(default_factory=dict)

    def place(self, name: str, capacity: int = 1, period: Period | None = None, **fields) -> Slot:
        workplace = f.WorkplaceFactory(name=name, municipality=self.school.municipality, **fields)
        f.ContactFactory(workplace=workplace, email=f"{name.lower()}@legekontor.example.no")
        slot = f.SlotFactory(period=period or self.period, workplace=workplace, capacity=capacity)
        self.slots[name] = slot
        return slot

    def student(self, name: str, *wishes: str | Workplace, **fields) -> Candidate:
        """A student who wishes for the named places, best first."""
        student = f.StudentFactory(
            school_class__school=self.school, given_name=name, family_name="Elev"
        )
        sent = {"wishes_state": "sent", "wishes_sent_at": self.round.created_at} if wishes else {}
        candidate = f.CandidateFactory(round=self.round, student=student, **sent, **fields)
        for rank, wish in enumerate(wishes, start=1):
            where = self.slots[wish].workplace if isinstance(wish, str) else wish
            f.PreferenceFactory(candidate=candidate, workplace=where, rank=rank)
        self.candidates[name] = candidate
        return candidate

    def proposed(self, run) -> dict[str, str | None]:
        """Name of student -> name of workplace, as a run proposes it."""
        held = {row.candidate_id: row.slot.workplace.name for row in run.assignments.all()}
        return {name: held.get(candidate.pk) for name, candidate in self.candidates.items()}

    def placed(self) -> dict[str, str | None]:
        """Name of student -> name of workplace, as it is published."""
        held = {
            row.candidate_id: row.slot.workplace.name
            for row in self.round.placements.occupying().select_related("slot__workplace")
        }
        return {name: held.get(candidate.pk) for name, candidate in self.candidates.items()}


def make_county(state: str = "matching", **fields) -> County:
    """An empty round of one school, in the hands of a county coordinator."""
    school = f.SchoolFactory()
    round = f.RoundFactory(county=school.county, state=state, schools=[school], **fields)
    round.refresh_from_db()
    by = f.UserFactory(role=Role.COUNTY_COORDINATOR)
    school.county.coordinators.add(by)
    return County(round=round, period=f.PeriodFactory(round=round), school=school, by=by)


def small_county() -> County:
    """Two places at Torget, one at Lade; three students who want Torget, one who wants Lade first."""
    county = make_county()
    county.place("Torget", 2)
    county.place("Lade", 1)
    for name in ("Anna", "Berit", "Cecilie"):
        county.student(name, "Torget", "Lade")
    county.student("Dina", "Lade", "Torget")
    return county


def paired_county() -> County:
    """Anna and Dina are to be together, so that the flow's answer does not hold."""
    county = small_county()
    people = county.candidates
    ties.pair("together", people["Anna"], people["Dina"], by=county.by)
    return county
