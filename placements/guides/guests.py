"""For who comes now and then: visitors, students, workplaces."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import Role
from placements.guides.base import WHO_SEES, Errand, Guide, Question

VISITOR = Guide(
    "visitor",
    None,
    _("Before you sign in"),
    (
        Errand(
            "sign-in",
            _("Sign in"),
            _(
                "Write your e-mail address. You get a mail with a code; type it in. There is no password"
                " to remember, and nobody can sign up: your school or your coordinator has put you in."
            ),
            "account_login",
            ("account_login", "account_confirm_login_code"),
        ),
        Errand(
            "by-link",
            _("Answer for a workplace without signing in"),
            _(
                "Open the link in the mail, say how many students you can take, and send. The link is"
                " personal. If a colleague should answer, forward it from the page, and she gets one of"
                " her own."
            ),
            "",
            (
                "capacity_answer",
                "capacity_answer_one",
                "capacity_receipt",
                "capacity_forward",
                "capacity_forward_one",
            ),
        ),
        Errand(
            "supervise",
            _("Follow a student as her supervisor"),
            _(
                "The workplace's contact sends you a link to one student. By it you note her days, give her"
                " feedback, and read the practice agreement; agree to it too, if the contact has said so."
            ),
            "",
            (
                "supervisor_stay",
                "supervisor_attendance",
                "supervisor_feedback",
                "supervisor_agreement",
            ),
        ),
        Errand(
            "offer",
            _("Become a practice workplace"),
            _(
                "Tell who you are and how many students you could take. You confirm your address by mail,"
                " and a coordinator of your county gets in touch."
            ),
            "offer_write",
            ("offer_write",),
        ),
    ),
    (WHO_SEES,),
)

STUDENT = Guide(
    "student",
    Role.STUDENT,
    _("For students"),
    (
        Errand(
            "wishes",
            _("Say where you would like to be"),
            _(
                "Search among the workplaces, add those you would like best, and put them in order."
                " Everything is kept as you go. Remember to send: until the deadline you can change the"
                " list and send it again."
            ),
            "my_practice",
            ("preferences",),
        ),
        Errand(
            "ready",
            _("Have everything ready in time"),
            _(
                "The checklist says what must be ready, how to get it, and by which week. Your"
                " coordinator ticks it off when she has seen it."
            ),
            "my_practice",
        ),
        Errand(
            "place",
            _("See your place, and why"),
            _(
                "When the round is published you see where, when and whom to meet, how you get there, and"
                " why it became this place: what stood in the way of each wish above it."
            ),
            "my_practice",
            ("my_practice", "placement", "lottery"),
        ),
        Errand(
            "calendar",
            _("Put it in your calendar"),
            _(
                "As a file once, or by an address that keeps itself up to date. The address is secret; if"
                " somebody else has got hold of it, make a new one."
            ),
            "my_calendar",
            ("my_calendar",),
        ),
        Errand(
            "there",
            _("While you are there"),
            _(
                "Agree to the practice agreement, say so here if you cannot come one day, and answer four"
                " questions in the last week."
            ),
            "my_practice",
            ("agreement", "attendance", "absence", "feedback", "evaluation"),
        ),
        Errand(
            "data",
            _("See what is kept about you"),
            _("All of it on one page, as a file if you like, and who has opened it."),
            "my_data",
            ("my_data", "profile", "messages", "message_choices"),
        ),
    ),
    (
        Question(
            _("What if I get none of my wishes?"),
            _(
                "As many as possible get a place first; then the wishes count, everybody's at the same"
                " time. If yours are full you get a place within the travel limit, and the page says why."
                " Talk to your coordinator: she sees what could be done."
            ),
        ),
        Question(
            _("What if I get no place?"),
            _(
                "Then there were too few places that you can reach, and the page says which. Your"
                " coordinator sees whom to call, and you get a mail as soon as there is a place."
            ),
        ),
        Question(
            _("Who decides?"),
            _(
                "The matching proposes, a named coordinator decides. Where all else is equal, lots are"
                " drawn, and you can work out your own."
            ),
        ),
        WHO_SEES,
    ),
)

WORKPLACE = Guide(
    "workplace",
    Role.WORKPLACE_CONTACT,
    _("For workplaces"),
    (
        Errand(
            "places",
            _("Say how many students you can take"),
            _(
                "The numbers from last time stand there. Change what is new, and send. Until the deadline"
                " you can change your mind."
            ),
            "my_workplaces",
            ("my_workplaces", "my_workplace_answer", "my_workplace_forward"),
        ),
        Errand(
            "units",
            _("Many units at once"),
            _("All units in one table: type, share a number out, or read a sheet."),
            "my_workplaces",
            ("my_units",),
        ),
        Errand(
            "about",
            _("Tell what students need to know"),
            _(
                "Where to meet, what to wear, what you require, who supervises. You write it once, and it"
                " is used every year."
            ),
            "my_workplaces",
            ("our_workplace",),
        ),
        Errand(
            "students",
            _("See who is coming, and answer"),
            _(
                "Say yes, or no with a reason. A no goes to the school at once, and the student gets"
                " another place."
            ),
            "my_students",
            ("my_students", "placement_decline"),
        ),
        Errand(
            "there",
            _("While they are with you"),
            _(
                "Note day by day who was there, agree to the practice agreement, and give feedback on"
                " five scales. Why somebody was away is not written down."
            ),
            "my_students",
            ("agreement", "attendance", "feedback", "evaluation", "evaluations"),
        ),
        Errand(
            "supervisors",
            _("Let a supervisor do it"),
            _(
                "Send the one who supervises a student a link of her own. She needs no account, sees that"
                " student alone, and you can close the link again."
            ),
            "my_students",
            ("placement_supervisors",),
        ),
    ),
    (
        Question(
            _("We cannot take anybody this year."),
            _(
                "Choose a reason instead of a number. It takes half a minute, and spares you the"
                " reminders. You are asked again next time."
            ),
        ),
        Question(
            _("Somebody else should answer."),
            _(
                "Forward the question, or add a colleague on the page about the workplace. She can answer"
                " from then on."
            ),
        ),
        WHO_SEES,
    ),
)
