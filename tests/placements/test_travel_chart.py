"""How far they travel, as bars: everybody in one, and at the edge in the lower one."""

import pytest
from django.urls import reverse
from django.utils import translation

from placements import report


@pytest.mark.parametrize(
    ("minutes", "bar"),
    [(0, "0–15 min"), (15, "0–15 min"), (16, "16–30 min"), (90, "61–90 min"), (91, "over 90 min")],
)
def test_everybody_is_in_one_bar(minutes, bar):
    with translation.override("en"):
        rows = report.travel_rows([minutes, None])
    assert [name for name, n in rows if n] == [bar]


def test_the_proposal_shows_wishes_and_travel_with_tables(client, world):
    world.assignment.travel_minutes = 40
    world.assignment.save()
    client.force_login(world.county_coordinator)
    client.cookies["django_language"] = "en"
    body = client.get(reverse("run", args=[world.run.pk])).content.decode()
    assert "31–45 min: 1" in body
    assert '<th scope="row">31–45 min</th><td class="number">1</td>' in body
