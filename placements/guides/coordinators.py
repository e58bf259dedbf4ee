"""For who works here: coordinators and administrators."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import Role
from placements.guides.base import IS_IT_RIGHT, WHO_SEES, Errand, Guide, Question

SCHOOL = Guide(
    "school",
    Role.SCHOOL_COORDINATOR,
    _("For school coordinators"),
    (
        Errand(
            "classes",
            _("Read in the class list"),
            _(
                "A file from the school's own system, or cells pasted from a sheet. You see what will"
                " change before anything does, and can undo it."
            ),
            "roster",
            ("roster", "roster_columns", "import"),
        ),
        Errand(
            "ready",
            _("See that everybody is ready"),
            _(
                "Mark many students at once, or open one. Only the status, the day and who saw it are"
                " kept, never the document."
            ),
            "students",
            ("students", "student", "student_manual"),
        ),
        Errand(
            "workplaces",
            _("Keep the workplaces"),
            _(
                "Who answers, what they require, what they said before, and your notes from the phone."
                " New ones can be filled in by organisation number or read from a list."
            ),
            "workplaces",
            (
                "workplaces",
                "workplaces_map",
                "workplace",
                "workplace_new",
                "workplace_edit",
                "workplaces_import",
                "workplaces_import_columns",
            ),
        ),
        Errand(
            "rounds",
            _("Follow a round"),
            _(
                "Six steps, each with what is done and what is left. Who has not sent wishes is reminded"
                " with one press."
            ),
            "rounds",
            (
                "rounds",
                "round",
                "candidates",
                "preferences",
                "capacity",
                "round_map",
                "runs",
                "run",
            ),
        ),
        Errand(
            "there",
            _("During the practice"),
            _("Agreement, attendance, visits and feedback stand with each placement."),
            "rounds",
            (
                "placements",
                "placement",
                "agreement",
                "attendance",
                "visits",
                "feedback",
                "evaluation",
                "documents",
                "bundle",
            ),
        ),
    ),
    (
        Question(
            _("A student's address must not be known."),
            _(
                "Open the student and choose “Read what that means”. She is then handled outside the"
                " system, and stands on no page, in no list and in no file."
            ),
        ),
        Question(
            _("A student has come, or gone."),
            _(
                "Read the new class list in. Who is new is added, who is gone is marked, and nothing that"
                " has been decided is lost."
            ),
        ),
        IS_IT_RIGHT,
        WHO_SEES,
    ),
)

COUNTY = Guide(
    "county",
    Role.COUNTY_COORDINATOR,
    _("For county coordinators"),
    (
        Errand(
            "round",
            _("Make a round"),
            _(
                "Which schools, which weeks, by when. Last year's round can be copied, with everything"
                " moved a year."
            ),
            "round_new",
            ("home", "rounds", "round", "round_new", "round_edit"),
        ),
        Errand(
            "places",
            _("Ask for places"),
            _(
                "One press asks everybody, one press reminds those who have not answered. The page says in"
                " words what is missing, and when."
            ),
            "rounds",
            (
                "capacity",
                "capacity_enter",
                "round_map",
                "workplaces",
                "workplace",
                "workplaces_map",
            ),
        ),
        Errand(
            "wishes",
            _("Open for wishes"),
            _("Students rank; you see who has not sent, and can enter wishes for one who cannot."),
            "rounds",
            ("candidates", "preferences", "students", "student"),
        ),
        Errand(
            "rules",
            _("Decide what counts first"),
            _(
                "The rules of the round in order, quotas, groups, pairs, and the workplaces' own order."
                " The lots are sealed before the deadline, so that nobody can choose them."
            ),
            "rounds",
            ("round_rules", "round_ties", "workplace_orders", "workplace_order", "lottery"),
        ),
        Errand(
            "match",
            _("Make a proposal"),
            _(
                "Start it, and see who gets what, who gets nothing and why, and which one place more would"
                " help most. Pin a student by hand, or ask “what if”: both show what it costs before you"
                " decide."
            ),
            "rounds",
            ("runs", "run", "run_compare", "candidate", "what_ifs", "what_if", "run_recruit"),
        ),
        Errand(
            "publish",
            _("Publish, and mend what breaks"),
            _(
                "Nobody is told anything before you publish. You can let workplaces answer first and tell the"
                " students some days later; until then it can all be taken back. If a place falls away"
                " afterwards, a repair is proposed with as few moves as possible."
            ),
            "rounds",
            (
                "run_publish",
                "telling",
                "placements",
                "placement_move",
                "placement_withdraw",
                "placement_add",
            ),
        ),
        Errand(
            "look-back",
            _("Look back"),
            _("How wishes and travel were shared, school by school and year by year."),
            "rounds",
            ("round_fairness",),
        ),
    ),
    (
        IS_IT_RIGHT,
        Question(
            _("May I decide something else than the proposal?"),
            _(
                "Yes. Pin the student to the place you want and make a new proposal around it. What it"
                " costs the others is shown, and your name stands by it."
            ),
        ),
        Question(
            _("Can something published be taken back?"),
            _(
                "Each placement can be moved or ended, with a reason, and those it concerns are told. What"
                " was published before is kept, and can be seen."
            ),
        ),
        WHO_SEES,
    ),
)

ADMINISTRATOR = Guide(
    "administrator",
    Role.ADMINISTRATOR,
    _("For administrators"),
    (
        Errand(
            "registers",
            _("Registers and people"),
            _(
                "Counties, schools, programmes, breaks and workplaces are changed here. What has rules of"
                " its own goes through them here too: nothing is bypassed."
            ),
            "admin:index",
        ),
        Errand(
            "people",
            _("Let people in"),
            _("An invitation goes by mail, is personal, and opens one role."),
            "invite",
            ("invite",),
        ),
        Errand(
            "texts",
            _("The words of letters and forms"),
            _(
                "Each school or county can have its own words; the names and dates fill themselves in."
            ),
            "document_texts",
            ("document_texts", "document_text"),
        ),
    ),
    (WHO_SEES,),
)
