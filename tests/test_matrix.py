"""Every address x every role x own, foreign and nonexistent things, walked from the URLconf.

An address without a rule here is red. The outsiders own a full set of things in another county, each
text of theirs holding one word, and that word must never reach us.
"""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Invitation, OutboxMessage
from accounts.policy import GRANTS, Permission, Role
from placements.models import (
    Bundle,
    Conflict,
    MatchingRun,
    Offer,
    Pairing,
    Quota,
    SavedFilter,
    SupervisorLink,
    Swap,
    Visit,
    WorkplaceNote,
)
from schools.models import Import
from tests import factories as f
from tests.cast import World, computed_run

ROLES = {
    Role.STUDENT: "student",
    Role.WORKPLACE_CONTACT: "workplace_contact",
    Role.SCHOOL_COORDINATOR: "coordinator",
    Role.COUNTY_COORDINATOR: "county_coordinator",
    Role.ADMINISTRATOR: "administrator",
}
NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass
class Things:
    """A world, and the few things the cast does not have."""

    world: World
    conflict: Conflict
    supervisor: object
    other_run: MatchingRun
    what_if: MatchingRun
    import_: Import
    invitation: Invitation
    unconfirmed: object
    visit: Visit
    shared: SupervisorLink
    message: OutboxMessage
    saved: SavedFilter
    note: WorkplaceNote
    offer: Offer
    quota: Quota
    pairing: Pairing
    swap: Swap
    bundle: Bundle


def furnish(world: World) -> Things:
    return Things(
        world=world,
        conflict=Conflict.objects.create(
            student=world.waiting.student,
            workplace=world.workplace,
            registered_by=world.coordinator,
        ),
        supervisor=f.SupervisorFactory(workplace=world.workplace, name=f"{world.canary} veileder"),
        other_run=computed_run(world.round, number=2, by=world.county_coordinator),
        what_if=what_if_on(world.run, world.slot.pk),
        import_=Import.objects.create(
            kind="students",
            county=world.county,
            school=world.school,
            school_year=2026,
            created_by=world.coordinator,
            expires_at=timezone.now() + dt.timedelta(hours=24),
        ),
        invitation=Invitation.objects.create(
            email=f"{world.canary.lower()}.ny@example.no",
            name=f"{world.canary} ny",
            role=Role.SCHOOL_COORDINATOR,
            scope_id=world.school.pk,
            invited_by=world.coordinator,
            expires_at=timezone.now() + dt.timedelta(days=1),
        ),
        unconfirmed=f.ContactFactory(
            workplace=world.workplace, name=f"{world.canary} kollega", confirmed=False
        ),
        visit=Visit.objects.create(
            placement=world.placement,
            day=dt.date(2027, 2, 9),
            kind="call",
            note=f"{world.canary} har det bra",
            written_by=world.coordinator,
        ),
        shared=SupervisorLink.objects.create(
            placement=world.placement,
            supervisor=f.SupervisorFactory(workplace=world.workplace, name=f"{world.canary} lege"),
            token_hash=hashlib.sha256(b"s" + world.canary.encode()).digest(),
            email=f"{world.canary.lower()}.lege@example.no",
            sent_by=world.workplace_contact,
            expires_at=timezone.now() + dt.timedelta(days=7),
        ),
        message=OutboxMessage.objects.create(
            kind="wishes_opened",
            recipient=world.coordinator.email,
            subject_id=world.candidate.pk,
            subject=f"{world.canary} nytt",
            text=f"{world.canary} er skrevet",
            path="/rounds/",
            written_at=timezone.now(),
        ),
        quota=Quota.objects.create(round=world.round, school=world.school, at_most=99),
        pairing=paired(world),
        swap=swapped(world),
        bundle=Bundle.objects.create(
            round=world.round,
            kind="letter",
            placements=[world.placement.pk],
            asked_by=world.coordinator,
            state="ready",
            file=world.canary.encode(),
        ),
        saved=SavedFilter.objects.create(
            user=world.coordinator, page="students", name=world.canary, query="status=unready"
        ),
        offer=f.OfferFactory(
            name=f"{world.canary} nykontor",
            municipality=world.workplace.municipality,
            contact_name=f"{world.canary} tilbyder",
            message=f"{world.canary} vil ha elever",
        ),
        note=WorkplaceNote.objects.create(
            workplace=world.workplace, text=f"{world.canary} ringte", written_by=world.coordinator
        ),
    )


def swapped(world: World) -> Swap:
    """Agreed on by her and the one who waits, who has a place here."""
    workplace = f.WorkplaceFactory(
        name=f"{world.canary} sted", municipality=world.workplace.municipality
    )
    slot = f.SlotFactory(period=world.period, workplace=workplace)
    other = f.PlacementFactory(candidate=world.waiting, slot=slot, created_by=world.coordinator)
    return Swap.objects.create(
        round=world.round,
        one=world.placement,
        other=other,
        state="agreed",
        agreed_at=timezone.now(),
        token_hash=hashlib.sha256(world.canary.encode()).digest(),
        expires_at=timezone.now() + dt.timedelta(days=7),
    )


def paired(world: World) -> Pairing:
    one, other = sorted((world.candidate, world.waiting), key=lambda who: who.pk.int)
    return Pairing.objects.create(round=world.round, kind="apart", one=one, other=other)


def what_if_on(base: MatchingRun, slot: object) -> MatchingRun:
    """A what-if as a worker leaves it."""
    return MatchingRun.objects.create(
        round_id=base.round_id,
        base=base,
        number=1,
        changes=[{"kind": "capacity", "slot": str(slot), "places": 3}],
        policy=base.policy,
        seed=base.seed,
        state="computed",
        problem=base.problem,
        solution=base.solution,
        summary=base.summary,
        round_version=base.round_version,
        started_by=base.started_by,
    )


# What fills an address: for each name of an argument, the thing it stands for at that address.
PK: dict[str, Callable[[Things], object]] = {
    **dict.fromkeys(
        "round_fairness round_priority "
        "workplace_orders workplace_order "
        "round_ties quota_add group_set pairing_add need_add "
        "round_rules round_rules_change lottery lottery_seal lottery_outcome "
        "round_map "
        "round_copy round round_edit round_move round_enrol "
        "capacity capacity_ask capacity_remind capacity_enter "
        "capacity_confirm_contact candidates candidates_remind runs run_start placements "
        "placement_add capacity_file candidates_file candidates_many placements_file "
        "documents documents_make documents_file my_units my_units_file "
        "attendance_file feedback_file telling telling_now telling_postpone telling_recall".split(),
        lambda t: t.world.round.pk,
    ),
    **dict.fromkeys(
        "student student_clearances conflict_add student_manual".split(),
        lambda t: t.world.candidate.student_id,
    ),
    **dict.fromkeys(
        "workplace workplace_edit note_add contact_add supervisor_add our_workplace "
        "our_colleague_add our_supervisor_add".split(),
        lambda t: t.world.workplace.pk,
    ),
    **dict.fromkeys(
        "my_workplace_answer my_workplace_forward".split(), lambda t: t.world.request.pk
    ),
    "conflict_remove": lambda t: t.conflict.pk,
    "our_colleague_away": lambda t: t.world.contact.pk,
    "our_colleague_end": lambda t: t.world.contact.pk,
    "our_supervisor_end": lambda t: t.supervisor.pk,
    "contact_away": lambda t: t.world.contact.pk,
    "contact_end": lambda t: t.world.contact.pk,
    "supervisor_end": lambda t: t.supervisor.pk,
    **dict.fromkeys(
        "import import_confirm import_undo import_discard".split(), lambda t: t.import_.pk
    ),
    **dict.fromkeys("preferences preferences_send".split(), lambda t: t.world.candidate.pk),
    **dict.fromkeys(
        "placement placement_calendar placement_document placement_accept placement_decline "
        "swap swap_offer swap_agree placement_withdraw placement_move attendance attendance_note "
        "agreement agreement_agree absence visits feedback feedback_give evaluation "
        "evaluation_give placement_supervisors".split(),
        lambda t: t.world.placement.pk,
    ),
    **dict.fromkeys(
        "run run_recruit run_progress run_cancel run_compare run_problem run_solution run_publish candidate "
        "candidate_pin candidate_unpin candidate_why run_file run_board run_board_move run_board_undo "
        "run_board_redo run_board_propose what_ifs what_if_start run_repair_choose".split(),
        lambda t: t.world.run.pk,
    ),
    **dict.fromkeys("what_if what_if_adopt what_if_drop".split(), lambda t: t.what_if.pk),
    **dict.fromkeys("bundle bundle_file".split(), lambda t: t.bundle.pk),
    "invitation_revoke": lambda t: t.invitation.pk,
    "note_remove": lambda t: t.note.pk,
    **dict.fromkeys("offer offer_confirm offer_decline".split(), lambda t: t.offer.pk),
    "saved_filter_remove": lambda t: t.saved.pk,
    "quota_remove": lambda t: t.quota.pk,
    "pairing_remove": lambda t: t.pairing.pk,
    "need_remove": lambda t: t.world.candidate.pk,
    **dict.fromkeys("swap_call_off swap_approve swap_decline".split(), lambda t: t.swap.pk),
    "supervisor_take_back": lambda t: t.shared.pk,
    "visit_remove": lambda t: t.visit.pk,
    **dict.fromkeys("message_open outbox_send_again".split(), lambda t: t.message.pk),
}
OTHER_ARGUMENTS: dict[str, Callable[[Things], object]] = {
    "slug": lambda t: "county",
    "workplace_pk": lambda t: t.world.workplace.pk,
    "contact_pk": lambda t: t.unconfirmed.pk,
    "other": lambda t: t.other_run.pk,
    "unit": lambda t: t.world.request.pk,
    "candidate": lambda t: t.world.candidate.pk,
}
# In what form, not which thing. The agreement is the one that all who see a placement may have.
WAYS = {"kind": "agreement", "suffix": "csv", "page": "students"}
# Open to everybody, signed in or not; `token` and `key` open nothing by themselves.
PUBLIC = {
    "home", "capacity_answer", "capacity_answer_one", "capacity_units_file", "capacity_receipt",
    "capacity_forward", "capacity_forward_one", "capacity_link",
    "account_login", "supervisor_stay", "supervisor_attendance",
    "supervisor_feedback", "supervisor_agreement", "supervisor_link",
    "account_request_login_code", "account_confirm_login_code", "account_logout", "set_language",
    "invitation", "privacy", "accessibility", "demo", "demo_sign_in", "demo_inbox", "demo_mail",
    "gallery", "calendar_feed", "offer_write", "offer_written",
    "offer_verify", "health_live", "health_ready", "robots", "security", "change_password",
    "help", "help_guide", "help_words", "help_contact",
}  # fmt: skip
# A shared round is decided on by its county's coordinator; a school's coordinator sees it (403).
DECIDED_BY_COUNTY = {
    "round_copy",
    "round_edit", "round_move", "round_enrol", "capacity_ask", "capacity_remind", "capacity_enter",
    "capacity_confirm_contact", "run_start", "placement_add", "placement_withdraw", "placement_move",
    "runs", "lottery_seal", "lottery_outcome", "round_rules_change",
    "round_priority", "workplace_orders", "workplace_order", "round_ties", "quota_add", "quota_remove",
    "group_set", "pairing_add", "pairing_remove", "need_add", "need_remove",
    "telling", "telling_now", "telling_postpone", "telling_recall",
}  # fmt: skip
# A proposal shows every school's students, so a school's coordinator may not know of it (404).
HIDDEN_FROM_SCHOOL = {
    "run", "run_progress", "run_cancel", "run_compare", "run_problem", "run_solution", "run_publish",
    "candidate", "candidate_pin", "candidate_unpin", "candidate_why", "run_file", "what_ifs", "what_if_start",
    "what_if", "what_if_adopt", "what_if_drop", "run_recruit", "run_board", "run_board_move",
    "run_board_undo", "run_board_redo", "run_board_propose", "swap_approve", "swap_decline",
    "run_repair_choose",
}  # fmt: skip
# Holding the verb is not enough: the thing is somebody else's kind of thing, or sent by somebody else.
NOT_HERS = {
    (name, role)
    for name in (
        "invitation_revoke",
        "message_open",
        "saved_filter_remove",
        "note_remove",
        "bundle",
        "bundle_file",
    )
    for role in Role
    if role != Role.SCHOOL_COORDINATOR
}
# Nobody's: the key is in a mail alone. tests/accounts/test_addresses.py has the right one.
NOT_HERS |= {("address_confirm", role) for role in Role}
# Seen, but decided on by whoever read the list in.
STAGED_BY_ANOTHER = {
    (name, Role.COUNTY_COORDINATOR)
    for name in ("import", "import_confirm", "import_undo", "import_discard")
}
# An administrator keeps the registers of everybody.
SEES_ALL_REGISTERS = {
    (name, Role.ADMINISTRATOR) for name in ("invite", "document_texts", "document_text")
}


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product but the administration's, which tests/admin/ walks."""

    def walk(entries: list[URLPattern | URLResolver]) -> Iterator[tuple[str, URLPattern]]:
        for entry in entries:
            if isinstance(entry, URLResolver):
                if entry.namespace != "admin":
                    yield from walk(entry.url_patterns)
            else:
                assert entry.name, f"{entry.pattern} has no name"
                yield entry.name, entry

    yield from walk(get_resolver().url_patterns)


ADDRESSES = dict(patterns())
GUARDED = sorted(set(ADDRESSES) - PUBLIC)


def mark(name: str) -> object:
    return getattr(ADDRESSES[name].callback, "permission_mark", None)


def address(name: str, things: Things | None) -> str:
    arguments = ADDRESSES[name].pattern.converters
    values: dict[str, object] = {}
    for argument in arguments:
        if argument in ("token", "key"):
            values[argument] = "fylke" if argument == "key" else "x" * 43
        elif argument in WAYS:
            values[argument] = WAYS[argument]
        elif things is None:
            values[argument] = NOBODY
        elif argument == "pk":
            values[argument] = PK[name](things)
        else:
            values[argument] = OTHER_ARGUMENTS[argument](things)
    query = f"?candidate={things.world.waiting.pk}" if things and name == "placement_add" else ""
    return reverse(name, kwargs=values) + query


def request_as(client: Client, method: str, url: str) -> tuple[int, str]:
    """Send it, and undo whatever it did."""
    with transaction.atomic():
        response = (
            client.get(url) if method == "GET" else client.post(url, {"once_key": uuid.uuid4()})
        )
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code, body.decode(errors="replace") + str(dict(response.headers))


@pytest.fixture
def ours(world: World) -> Things:
    return furnish(world)


@pytest.fixture
def theirs(outsiders: World) -> Things:
    return furnish(outsiders)


def test_every_view_carries_a_mark():
    assert {name for name in ADDRESSES if mark(name) is None} == set()


def test_a_view_without_a_mark_is_found():
    """Negative control: an unmarked view has no `permission_mark` to read."""

    def unmarked(request):
        return None

    assert getattr(unmarked, "permission_mark", None) is None


def test_public_means_public():
    assert {name for name in ADDRESSES if mark(name) == "public"} == PUBLIC


def test_every_address_with_a_thing_has_a_rule():
    with_pk = {name for name in GUARDED if "pk" in ADDRESSES[name].pattern.converters}
    assert with_pk == set(PK)


def test_strangers_are_asked_to_sign_in(client, ours):
    for name in GUARDED:
        for method in ("GET", "POST"):
            url = address(name, ours)
            status, body = request_as(client, method, url)
            assert (status, "/sign-in/" in body) == (302, True), (name, method)
            assert ours.world.canary not in body.replace(url, ""), name


def expected(name: str, role: Role) -> set[int]:
    """The statuses that say no to this role at this address of its own county; empty: let in."""
    wanted: tuple[Permission, ...] = mark(name)  # type: ignore[assignment]
    if wanted and not any(permission in GRANTS[role] for permission in wanted):
        return {403}
    if (name, role) in NOT_HERS or (role == Role.SCHOOL_COORDINATOR and name in HIDDEN_FROM_SCHOOL):
        return {404}
    by_county = role == Role.SCHOOL_COORDINATOR and name in DECIDED_BY_COUNTY
    return {403} if by_county or (name, role) in STAGED_BY_ANOTHER else set()


@pytest.mark.parametrize("role", list(Role))
def test_role(role, client, ours, theirs):
    """405 says nothing to anybody: the address does not take that method."""
    user = getattr(ours.world, ROLES[role])
    wrong: list[tuple[str, str, str, int]] = []
    leaks: list[str] = []
    for name in GUARDED:
        refusals = expected(name, role)
        client.force_login(user)  # anew: one of the addresses ends sessions
        for method in ("GET", "POST"):
            status, body = request_as(client, method, address(name, ours))
            if theirs.world.canary in body and (name, role) not in SEES_ALL_REGISTERS:
                leaks.append(f"{method} {name}")
            if status != 405 and (
                status not in refusals if refusals else status in (403, 404) or status >= 500
            ):
                wrong.append((method, name, "own", status))
            if refusals == {403} and not may_know(name, role):
                continue
            if set(ADDRESSES[name].pattern.converters) - set(WAYS):
                foreign, body = request_as(client, method, address(name, theirs))
                nothing, _ = request_as(client, method, address(name, None))
                if theirs.world.canary in body:
                    leaks.append(f"{method} foreign {name}")
                if foreign not in (404, 405) or foreign != nothing:
                    wrong.append((method, name, "foreign", foreign))
    assert (wrong, leaks) == ([], [])


def may_know(name: str, role: Role) -> bool:
    """Whether the role holds the verb at all, so that the thing decides."""
    wanted: tuple[Permission, ...] = mark(name)  # type: ignore[assignment]
    return not wanted or any(permission in GRANTS[role] for permission in wanted)


def test_public_pages_show_nobody(client, ours, theirs):
    for name in sorted(PUBLIC):
        for method in ("GET", "POST"):
            status, body = request_as(client, method, address(name, None))
            if (
                name == "offer_write"
            ):  # counties and municipalities are nobody, and chosen from there
                body = re.sub(r"<(option|optgroup)[^>]*>[^<]*", "", body)
            assert status < 500, name
            assert ours.world.canary not in body, name
            assert theirs.world.canary not in body, name


def test_the_canary_can_be_seen_at_all(client, ours):
    """Negative control: what the walk looks for is really on the pages of those who may see it."""
    client.force_login(ours.world.county_coordinator)
    seen = [
        name
        for name in (
            "students",
            "workplaces",
            "rounds",
            "capacity",
            "candidates",
            "placements",
            "run",
        )
        if ours.world.canary in request_as(client, "GET", address(name, ours))[1]
    ]
    assert seen == [
        "students",
        "workplaces",
        "rounds",
        "capacity",
        "candidates",
        "placements",
        "run",
    ]


def test_an_open_visible_to_is_caught(client, ours, theirs, monkeypatch):
    """Negative control: take the row rule away, and the walk sees the other county."""
    from schools.models.students import StudentQuerySet

    monkeypatch.setattr(StudentQuerySet, "visible_to", lambda self, user: self.all())
    client.force_login(ours.world.coordinator)
    assert theirs.world.canary in request_as(client, "GET", address("students", ours))[1]
