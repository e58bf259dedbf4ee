from placements.models.agreements import Agreement, Consent
from placements.models.attendance import Attendance
from placements.models.board import BoardMove
from placements.models.bundles import Bundle
from placements.models.capacity import CapacityLink, CapacityRequest, Slot
from placements.models.documents import DocumentText
from placements.models.feeds import CalendarFeed
from placements.models.follow_up import Absence, Visit
from placements.models.lottery import Lottery
from placements.models.notes import WorkplaceNote
from placements.models.offers import Offer
from placements.models.parts import RunPart
from placements.models.placements import Placement
from placements.models.preferences import Candidate, Preference, WorkplaceOrder
from placements.models.questions import Question
from placements.models.reviews import Evaluation, Feedback
from placements.models.rounds import Period, Round, RoundSchool
from placements.models.runs import Assignment, MatchingRun
from placements.models.saved_filters import SavedFilter
from placements.models.supervision import SupervisorLink
from placements.models.swaps import Swap
from placements.models.ties import Pairing, Quota
from placements.models.workplaces import Conflict, Contact, LearningArea, Supervisor, Workplace

__all__ = [
    "Absence",
    "Agreement",
    "Assignment",
    "Attendance",
    "BoardMove",
    "Bundle",
    "CalendarFeed",
    "Candidate",
    "CapacityLink",
    "CapacityRequest",
    "Conflict",
    "Consent",
    "Contact",
    "DocumentText",
    "Evaluation",
    "Feedback",
    "LearningArea",
    "Lottery",
    "MatchingRun",
    "Offer",
    "Pairing",
    "Period",
    "Placement",
    "Preference",
    "Question",
    "Quota",
    "Round",
    "RoundSchool",
    "RunPart",
    "SavedFilter",
    "Slot",
    "Supervisor",
    "SupervisorLink",
    "Swap",
    "Visit",
    "Workplace",
    "WorkplaceNote",
    "WorkplaceOrder",
]
