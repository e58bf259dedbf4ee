"""Who may do which verb: the one table.

Two questions decide every request. *May this role do this verb?* is answered here and reached through
Django's own `has_perm`. *Which rows exist for this person?* is answered by `visible_to` on each
queryset. There is no third place. `docs/permissions.md` is generated from this file.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    STUDENT = "student", pgettext_lazy("role", "Student")
    WORKPLACE_CONTACT = "workplace_contact", _("Workplace contact")
    SCHOOL_COORDINATOR = "school_coordinator", _("School coordinator")
    COUNTY_COORDINATOR = "county_coordinator", _("County coordinator")
    ADMINISTRATOR = "administrator", _("Administrator")


class Permission(models.TextChoices):
    """Every verb. The value is what `user.has_perm` and `{% if perms... %}` ask for."""

    # students
    SEE_STUDENTS = "schools.see_students", _("See the school's students")
    IMPORT_STUDENTS = "schools.import_students", _("Import class lists")
    SEE_CLEARANCES = "schools.see_clearances", _("See and tick off what students must have ready")
    # workplaces
    SEE_WORKPLACES = "placements.see_workplaces", _("See workplaces and who to call there")
    EDIT_WORKPLACES = "placements.edit_workplaces", _("Add, change and import workplaces")
    DECIDE_OFFERS = (
        "placements.decide_offers",
        _("See workplaces that offer places by themselves, and confirm or decline them"),
    )
    # rounds
    SEE_ROUNDS = "placements.see_rounds", _("See rounds and how far they have come")
    MANAGE_ROUNDS = "placements.manage_rounds", _("Create rounds and move them on")
    # capacity
    SEE_CAPACITY = "placements.see_capacity", _("See offered and missing places")
    ASK_CAPACITY = (
        "placements.ask_capacity",
        _("Ask workplaces, remind them, and enter an answer by phone"),
    )
    ANSWER_CAPACITY = "placements.answer_capacity", _("Answer for one's own workplace")
    # wishes
    RANK_WISHES = "placements.rank_wishes", _("Rank one's own wishes")
    SEE_WISHES = "placements.see_wishes", _("See who has sent wishes, and remind")
    ENTER_WISHES = "placements.enter_wishes", _("Enter wishes for a student")
    # matching
    SEE_RUNS = "placements.see_runs", _("See proposals and what they achieve")
    START_RUNS = "placements.start_runs", _("Start and cancel a run")
    PIN_CANDIDATES = "placements.pin_candidates", _("Pin a student to a place by hand")
    PUBLISH_RUNS = "placements.publish_runs", _("Publish a proposal")
    # placements
    SEE_PLACEMENTS = "placements.see_placements", _("See published placements")
    CHANGE_PLACEMENTS = "placements.change_placements", _("Move and withdraw published placements")
    EDIT_TEXTS = "placements.edit_texts", _("Change the words of letters and forms")
    SEE_OWN_PLACEMENT = "placements.see_own_placement", _("See one's own placement and why")
    SWAP_PLACEMENTS = "placements.swap_placements", _("Agree with another student to swap places")
    ANSWER_PLACEMENTS = (
        "placements.answer_placements",
        _("Accept or decline students at one's workplace"),
    )
    EDIT_OWN_WORKPLACE = (
        "placements.edit_own_workplace",
        _("Keep one's own workplace: what it requires, who answers and supervises"),
    )
    # during and after practice
    NOTE_ATTENDANCE = (
        "placements.note_attendance",
        _("Note day by day whether students at one's workplace were there"),
    )
    AGREE = "placements.agree", _("Agree to the practice agreement for one's own side")
    GIVE_FEEDBACK = "placements.give_feedback", _("Give feedback to students at one's workplace")
    SHARE_STAYS = (
        "placements.share_stays",
        _("Let a supervisor follow a student at one's workplace, by a link"),
    )
    EVALUATE_STAY = "placements.evaluate_stay", _("Say what one's own stay was like")
    REPORT_ABSENCE = "placements.report_absence", _("Say that one does not come today")
    LOG_VISITS = "placements.log_visits", _("Write down visits and calls")
    # people
    INVITE_PEOPLE = "accounts.invite_people", _("Invite people by e-mail")
    ADMINISTER = "accounts.administer", _("Use the administration pages")


P = Permission
VERBS = frozenset(Permission.values)

_COORDINATOR = frozenset(
    {
        P.SEE_STUDENTS,
        P.IMPORT_STUDENTS,
        P.SEE_CLEARANCES,
        P.SEE_WORKPLACES,
        P.EDIT_WORKPLACES,
        P.DECIDE_OFFERS,
        P.SEE_ROUNDS,
        P.MANAGE_ROUNDS,
        P.SEE_CAPACITY,
        P.ASK_CAPACITY,
        P.SEE_WISHES,
        P.ENTER_WISHES,
        P.SEE_RUNS,
        P.START_RUNS,
        P.PIN_CANDIDATES,
        P.PUBLISH_RUNS,
        P.SEE_PLACEMENTS,
        P.CHANGE_PLACEMENTS,
        P.AGREE,
        P.LOG_VISITS,
        P.EDIT_TEXTS,
        P.INVITE_PEOPLE,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: frozenset(
        {
            P.RANK_WISHES,
            P.SEE_OWN_PLACEMENT,
            P.SWAP_PLACEMENTS,
            P.AGREE,
            P.EVALUATE_STAY,
            P.REPORT_ABSENCE,
        }
    ),
    Role.WORKPLACE_CONTACT: frozenset(
        {
            P.ANSWER_CAPACITY,
            P.ANSWER_PLACEMENTS,
            P.EDIT_OWN_WORKPLACE,
            P.NOTE_ATTENDANCE,
            P.AGREE,
            P.GIVE_FEEDBACK,
            P.SHARE_STAYS,
        }
    ),
    # The same verbs; `visible_to` and `managed_by` decide on whose students and whose rounds.
    Role.SCHOOL_COORDINATOR: _COORDINATOR,
    Role.COUNTY_COORDINATOR: _COORDINATOR,
    Role.ADMINISTRATOR: frozenset({P.ADMINISTER, P.EDIT_TEXTS, P.INVITE_PEOPLE}),
}

DESCRIPTIONS = {
    Role.STUDENT: _("Ranks wishes, ticks off what must be ready, sees her own placement and why."),
    Role.WORKPLACE_CONTACT: _(
        "Says how many students the workplace can take, and sees who is coming."
    ),
    Role.SCHOOL_COORDINATOR: _(
        "Runs the year's round for one school, and sees only that school's students."
    ),
    Role.COUNTY_COORDINATOR: _("Runs a round that several schools share, for the whole county."),
    Role.ADMINISTRATOR: _(
        "Keeps registers, people and texts in order in the administration pages."
    ),
}
