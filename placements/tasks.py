"""What a worker is woken for. The row is the queue; each task takes one id and may be run again."""

from uuid import UUID

from celery import shared_task

from placements.actions import bundles, parts, questions, runs


@shared_task(name="placements.execute")
def execute(run_id: str) -> None:
    runs.execute(UUID(run_id))


@shared_task(name="placements.solve_part")
def solve_part(part_id: str) -> None:
    parts.execute(UUID(part_id))


@shared_task(name="placements.answer")
def answer(question_id: str) -> None:
    questions.execute(UUID(question_id))


@shared_task(name="placements.make_bundle")
def make_bundle(bundle_id: str) -> None:
    bundles.execute(UUID(bundle_id))
