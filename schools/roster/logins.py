"""Gives each student on a class list a sign-in, without ever taking over somebody else's.

An e-mail address in a list is only a claim. So a list never changes the address of a user that is
there already, and never ties a student to somebody who has another role here: else whoever may import a
class could sign in as anybody.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.policy import Role
from schools.ledger import Ledger
from schools.models import Student


class Logins:
    """The sign-ins one class list needs."""

    def __init__(self, emails: Iterable[str]) -> None:
        wanted = {email for email in emails if email}
        found = User.objects.annotate(key=Lower("email")).filter(key__in=wanted)
        self.users: dict[str, User] = {user.key: user for user in found}
        self.holders = {
            student.user_id: student
            for student in Student.objects.filter(user__in=self.users.values())
        }
        self.roles: dict[object, set[str]] = {}
        for user_id, role in (
            Membership.objects.current()
            .filter(user__in=self.users.values())
            .values_list("user_id", "role")
        ):
            self.roles.setdefault(user_id, set()).add(role)
        self.new_users: list[User] = []
        self.new_students: list[User] = []
        self.released: list[User] = []
        self.taken_over: list[Student] = []
        self.contested: list[tuple[int, Student]] = []
        self.errors: list[tuple[int, str]] = []

    def tie(self, number: int, student: Student, old: User | None, *, listed: str) -> None:
        """Tie the student to the user with her address, making one when there is none.

        `listed` is the address the list had for her before. While it stands she keeps her sign-in, also
        when she has chosen another address for it herself.
        """
        if old is not None and student.email in (old.email.lower(), listed):
            return
        user = self.users.get(student.email)
        if user is None:
            user = User(
                email=student.email, name=student.name, written_standard=student.written_standard
            )
            user.set_unusable_password()
            self.users[student.email] = user
            self.new_users.append(user)
        elif self.roles.get(user.pk, set()) - {Role.STUDENT.value}:
            self.errors.append(
                (
                    number,
                    _(
                        "This address belongs to somebody with another role here. Use the student's own."
                    ),
                )
            )
            return
        holder = self.holders.get(user.pk)
        if holder is not None and holder.pk != student.pk:
            self.contested.append((number, holder))
        if Role.STUDENT.value not in self.roles.get(user.pk, set()):
            self.new_students.append(user)
        if old is not None:
            self.released.append(old)
        student.user = user

    def settle(self, *, leaving: Iterable[Student]) -> list[tuple[int, str]]:
        """Say which rows ask for an address that another student still uses."""
        free = {student.pk for student in leaving}
        for number, holder in self.contested:
            if holder.left_at is not None or holder.pk in free:
                self.taken_over.append(holder)
            else:
                self.errors.append(
                    (
                        number,
                        _("Another student already uses this address. Check which of them has it."),
                    )
                )
        return self.errors

    def write(self, ledger: Ledger) -> None:
        """Before the students are written: free what is taken over, then make what is new."""
        for holder in self.taken_over:
            holder.user = None
        ledger.update(self.taken_over, ["user"])
        ledger.create(self.new_users)
        ledger.create([Membership(user=user, role=Role.STUDENT) for user in self.new_students])
        ended = list(Membership.objects.current().filter(user__in=self.released, role=Role.STUDENT))
        for membership in ended:
            membership.ended_at = timezone.now()
        ledger.update(ended, ["ended_at"])
