"""What of the schools' data no rule deletes, for the administration's report."""

from django.utils.translation import gettext_lazy as _

from accounts.retention import kept
from schools.models import Student

kept(
    _("Students who have left their school"),
    _("Marked as left with the next class list; their placements refer to them."),
    lambda: Student.objects.exclude(left_at=None),
    "left_at",
)
