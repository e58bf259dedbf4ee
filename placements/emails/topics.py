"""What people may be told of by this app, under names that they know, and what they can choose."""

from django.utils.translation import gettext_lazy as _

from accounts.choices import Topic, register
from accounts.models import How
from accounts.policy import Role

STUDENT = frozenset({Role.STUDENT})
WORKPLACE = frozenset({Role.WORKPLACE_CONTACT})
COORDINATORS = frozenset({Role.SCHOOL_COORDINATOR, Role.COUNTY_COORDINATOR})
# A reminder that comes after its deadline is none, so it does not wait for a summary.
NOW_OR_NOT = (How.NOW, How.NEVER)

register(
    Topic(
        "my_place",
        _("Your practice place"),
        _("That you have got one, another one, or none yet."),
        frozenset(
            {
                "student_placed",
                "student_moved",
                "student_waiting",
                "student_withdrawn",
                "swap_declined",
            }
        ),
        STUDENT,
        must=_("Always sent: you must know where to be, and when."),
    ),
    Topic(
        "wishes",
        _("Wishes are open"),
        _("That you can choose where you would like to practise."),
        frozenset({"wishes_opened"}),
        STUDENT,
        must=_("Always sent: who does not hear of it, gets no say."),
    ),
    Topic(
        "wishes_reminder",
        _("Reminders about wishes"),
        _("That your wishes are not sent, before the deadline."),
        frozenset({"wishes_reminder"}),
        STUDENT,
        ways=NOW_OR_NOT,
    ),
    Topic(
        "who_comes",
        _("Who is coming"),
        _("That students are coming to you, or are not coming after all."),
        frozenset({"workplace_students"}),
        WORKPLACE,
        must=_("Always sent: somebody stands at your door that morning."),
    ),
    Topic(
        "capacity",
        _("The question about places"),
        _("How many students you can take, with a link to answer."),
        frozenset({"capacity_request"}),
        WORKPLACE,
        must=_("Always sent: the link in it is yours to answer with."),
    ),
    Topic(
        "capacity_reminder",
        _("Reminders about places"),
        _("That you have not answered, before the deadline."),
        frozenset({"capacity_reminder"}),
        WORKPLACE,
        ways=NOW_OR_NOT,
    ),
    Topic(
        "capacity_receipt",
        _("Receipts"),
        _("What you have answered, and a link to change it."),
        frozenset({"capacity_receipt"}),
        WORKPLACE,
        ways=NOW_OR_NOT,
    ),
    Topic(
        "absence_here",
        _("A student does not come today"),
        _("That a student has said so herself."),
        frozenset({"absence_reported"}),
        WORKPLACE,
        must=_("Always sent: you expect her that day."),
    ),
    Topic(
        "declined",
        _("A place was declined"),
        _("That a workplace cannot take a student after all."),
        frozenset({"placement_declined"}),
        COORDINATORS,
        must=_("Always sent: a student has no place until you find one."),
    ),
    Topic(
        "swaps",
        _("Students who want to swap"),
        _("That two students have agreed to swap places, and wait for you."),
        frozenset({"swap_asked"}),
        COORDINATORS,
    ),
    Topic(
        "absence",
        _("Absence"),
        _("That a student has said that she does not come today."),
        frozenset({"absence_reported"}),
        COORDINATORS,
    ),
    Topic(
        "agreements",
        _("Practice agreements"),
        _("That an agreement waits for your answer."),
        frozenset({"agreement_waiting", "agreement_missing"}),
        STUDENT | WORKPLACE | COORDINATORS,
    ),
    Topic(
        "requirements",
        _("What workplaces require"),
        _("That a workplace in a round under way requires something else than it did."),
        frozenset({"requirements_changed"}),
        COORDINATORS,
    ),
    Topic(
        "offers",
        _("New workplaces"),
        _("That a workplace offers places, and waits for your answer."),
        frozenset({"offer_received"}),
        COORDINATORS,
    ),
)
