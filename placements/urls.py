"""The table of contents of placements: one block per noun."""

from django.urls import URLPattern, path

from placements.views import (
    answers,
    home,
    imports,
    practice,
    preferences,
    rounds,
    students,
    workplaces,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    # rounds
    path("rounds/", rounds.index, name="rounds"),
    path("rounds/new/", rounds.new, name="round_new"),
    path("rounds/<uuid:pk>/", rounds.detail, name="round"),
    path("rounds/<uuid:pk>/edit/", rounds.edit, name="round_edit"),
    path("rounds/<uuid:pk>/move/", rounds.move, name="round_move"),
    path("rounds/<uuid:pk>/enrol/", rounds.enrol, name="round_enrol"),
    # students
    path("students/", students.index, name="students"),
    path("students/import/", imports.start, {"kind": "students"}, name="roster"),
    path("students/import/columns/", imports.columns, {"kind": "students"}, name="roster_columns"),
    path("students/<uuid:pk>/", students.detail, name="student"),
    path("students/<uuid:pk>/clearances/", students.clearances, name="student_clearances"),
    path("students/<uuid:pk>/conflicts/", students.conflict_add, name="conflict_add"),
    path("conflicts/<uuid:pk>/remove/", students.conflict_remove, name="conflict_remove"),
    path("students/<uuid:pk>/manual/", students.manual, name="student_manual"),
    # workplaces
    path("workplaces/", workplaces.index, name="workplaces"),
    path("workplaces/new/", workplaces.new, name="workplace_new"),
    path("workplaces/import/", imports.start, {"kind": "workplaces"}, name="workplaces_import"),
    path(
        "workplaces/import/columns/",
        imports.columns,
        {"kind": "workplaces"},
        name="workplaces_import_columns",
    ),
    path("workplaces/<uuid:pk>/", workplaces.detail, name="workplace"),
    path("workplaces/<uuid:pk>/edit/", workplaces.edit, name="workplace_edit"),
    path("workplaces/<uuid:pk>/contacts/", workplaces.contact_add, name="contact_add"),
    path("contacts/<uuid:pk>/end/", workplaces.contact_end, name="contact_end"),
    path("workplaces/<uuid:pk>/supervisors/", workplaces.supervisor_add, name="supervisor_add"),
    path("supervisors/<uuid:pk>/end/", workplaces.supervisor_end, name="supervisor_end"),
    # imports
    path("imports/<uuid:pk>/", imports.detail, name="import"),
    path("imports/<uuid:pk>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<uuid:pk>/undo/", imports.undo, name="import_undo"),
    path("imports/<uuid:pk>/discard/", imports.discard, name="import_discard"),
    # wishes
    path("rounds/<uuid:pk>/candidates/", preferences.index, name="candidates"),
    path("rounds/<uuid:pk>/candidates/remind/", preferences.remind, name="candidates_remind"),
    path("candidates/<uuid:pk>/wishes/", preferences.wishes, name="preferences"),
    path("candidates/<uuid:pk>/wishes/send/", preferences.send, name="preferences_send"),
    # practice: what the student and the workplace see
    path("my-practice/", practice.my_practice, name="my_practice"),
    path("placements/<uuid:pk>/", practice.placement, name="placement"),
    path("placements/<uuid:pk>/calendar.ics", practice.calendar, name="placement_calendar"),
    path("my-students/", answers.my_students, name="my_students"),
    path("placements/<uuid:pk>/accept/", answers.accept, name="placement_accept"),
    path("placements/<uuid:pk>/decline/", answers.decline, name="placement_decline"),
]
