"""The pages about proposals: who may see them, what they say, with and without JavaScript."""

import json
import re
import subprocess
import sys

import pytest
from django.urls import reverse

from placements import matching
from placements.actions import pins, publication, runs
from placements.models import MatchingRun, Placement, RoundSchool
from tests import factories as f
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    return small_county()


@pytest.fixture
def run(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    return run


@pytest.fixture
def browser(client, county):
    client.force_login(county.by)
    return client


def page(browser, name, *args, status=200, **data):
    response = browser.get(reverse(name, args=args), data, headers={"accept-language": "en"})
    assert response.status_code == status
    return response.content.decode()


def test_starting_leads_to_the_progress_and_then_to_the_result(browser, county):
    page(browser, "runs", county.round.pk)
    response = browser.post(reverse("run_start", args=[county.round.pk]))
    run = MatchingRun.objects.get()
    assert response.url == reverse("run_progress", args=[run.pk])
    text = page(browser, "run_progress", run.pk)
    assert "hx-get" in text
    assert f'href="{response.url}"' in text, "a link to look again, without JavaScript"
    fragment = browser.get(response.url, headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    runs.execute(run.pk)
    done = browser.get(response.url, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == reverse("run", args=[run.pk])
    assert browser.get(response.url).url == reverse("run", args=[run.pk])


def test_schools_that_fare_alike_are_said_to(browser, county, run):
    """Not "between 100 % and 100 %"."""
    other = f.SchoolFactory(municipality=county.school.municipality)
    RoundSchool.objects.create(round=county.round, school=other, county=county.round.county)
    run.summary["schools"] = [
        {**run.summary["schools"][0], "id": str(school.pk), "placed": placed, "of": 2}
        for school, placed in ((county.school, 2), (other, 2))
    ]
    run.save(update_fields=["summary"])
    text = page(browser, "run", run.pk)
    assert "100 % av elevene ved hver skole er plassert" in text
    assert "Mellom" not in text
    run.summary["schools"][1]["placed"] = 1
    run.save(update_fields=["summary"])
    assert "Mellom 50 % og 100 % av elevene" in page(browser, "run", run.pk)


def without_scripts(text):
    """What only a browser without scripts is shown."""
    return " ".join(re.findall(r"<noscript>(.*?)</noscript>", text, flags=re.DOTALL))


def test_without_scripts_the_progress_comes_again_by_itself_until_told_to_stand_still(
    browser, county
):
    run = runs.start(county.round, by=county.by)
    url, refresh = reverse("run_progress", args=[run.pk]), '<meta http-equiv="refresh" content="5">'
    text = page(browser, "run_progress", run.pk)
    assert refresh in without_scripts(text)
    assert text.count(refresh) == 1, "with scripts, htmx asks instead"
    assert f'href="{url}?still=1"' in without_scripts(text), "a way to stop it"
    still = page(browser, "run_progress", run.pk, still=1)
    assert refresh not in still
    assert f'href="{url}"' in without_scripts(still), "a way to start it again"
    assert f'href="{url}?still=1"' in still, "looking again does not start it"
    runs.execute(run.pk)
    for address in (url, url + "?still=1"):
        assert browser.get(address).url == reverse("run", args=[run.pk])


def test_starting_twice_says_that_it_is_running(browser, county):
    url = reverse("run_start", args=[county.round.pk])
    browser.post(url)
    assert browser.post(url).url == reverse("runs", args=[county.round.pk])
    assert MatchingRun.objects.count() == 1


def test_the_result_names_who_is_left_over_and_what_would_help(browser, county, run):
    text = page(browser, "run", run.pk)
    left_out = next(name for name, place in county.proposed(run).items() if place is None)
    assert f"{left_out} Elev" in text
    assert "Torget" in text
    assert run.problem_sha256 in text
    assert "Dina Elev" in text.partition('id="places"')[2]
    narrowed = page(browser, "run", run.pk, q="Anna").partition('id="places"')[2]
    assert "Dina Elev" not in narrowed


@pytest.mark.parametrize("show", ["", "first", "later", "outside", "pinned", "nonsense"])
def test_the_list_can_be_narrowed(browser, run, show):
    page(browser, "run", run.pk, show=show)


def test_the_files_are_what_the_command_line_verifies(browser, run, tmp_path):
    for name in ("problem", "solution"):
        response = browser.get(reverse(f"run_{name}", args=[run.pk]))
        assert response["Content-Disposition"].startswith("attachment")
        (tmp_path / f"{name}.json").write_bytes(response.content)
    problem = matching.Problem.from_json((tmp_path / "problem.json").read_bytes())
    assert problem.sha256 == run.problem_sha256
    command = [sys.executable, "-m", "placements.matching", "verify"]
    files = [str(tmp_path / "problem.json"), str(tmp_path / "solution.json")]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    solution = json.loads((tmp_path / "solution.json").read_text())
    solution["assignments"][0]["slot"] = solution["assignments"][-1]["slot"]
    solution["assignments"][1]["slot"] = solution["assignments"][-1]["slot"]
    (tmp_path / "solution.json").write_text(json.dumps(solution))
    assert subprocess.run([*command, *files], capture_output=True, check=False).returncode == 1


def test_two_can_be_compared(browser, county, run):
    left_out = next(name for name, place in county.proposed(run).items() if place is None)
    candidate = county.candidates[left_out]
    pins.pin(candidate, slot=county.slots["Torget"], version=1, by=county.by)
    county.round.refresh_from_db()
    second = runs.start(county.round, by=county.by, previous=run)
    runs.execute(second.pk)
    text = page(browser, "run_compare", second.pk, run.pk)
    assert candidate.student.name in text
    assert "Torget" in text


def test_why_this_place_and_why_not_the_higher_wish(browser, county, run):
    left_out = next(name for name, place in county.proposed(run).items() if place is None)
    text = page(browser, "candidate", run.pk, county.candidates[left_out].pk)
    assert "Torget" in text
    assert "Lade" in text
    page(browser, "candidate", run.pk, county.candidates["Dina"].pk)


def test_pinning_is_seen_first_and_done_after(browser, county, run):
    anna, lade = county.candidates["Anna"], county.slots["Lade"]
    url = reverse("candidate_pin", args=[run.pk, anna.pk])
    text = browser.get(url, {"slot": lade.pk}).content.decode()
    assert "Lade" in text
    anna.refresh_from_db()
    assert anna.pinned_slot is None
    browser.post(url, {"slot": lade.pk, "version": anna.version})
    anna.refresh_from_db()
    assert anna.pinned_slot == lade
    late = browser.post(url, {"slot": county.slots["Torget"].pk, "version": 1})
    assert late.status_code == 409
    assert b"Lade" in late.content
    assert b"Torget" in late.content
    page(browser, "candidate", run.pk, anna.pk)
    assert "out of date" in _english(browser, run).lower()
    unpin = reverse("candidate_unpin", args=[run.pk, anna.pk])
    browser.post(unpin, {"version": anna.version})
    anna.refresh_from_db()
    assert anna.pinned_slot is None


def _english(browser, run):
    run.refresh_from_db()
    publication_page = browser.get(reverse("run_publish", args=[run.pk]))
    assert publication_page.url == reverse("run", args=[run.pk])
    with pytest.raises(publication.RunIsStale):
        publication.publish(run, by=run.started_by)
    run.started_by.written_standard = "en"
    run.started_by.save()
    return page(browser, "run", run.pk)


@pytest.mark.parametrize("slot", ["", "x", "134d37b6-7c46-4aff-b0e8-d70f61e1b47b"])
def test_a_place_that_is_not_in_the_list_is_refused(browser, county, run, slot):
    url = reverse("candidate_pin", args=[run.pk, county.candidates["Anna"].pk])
    assert browser.get(url, {"slot": slot}).status_code == 302
    assert browser.post(url, {"slot": slot, "version": 1}).status_code == 302


def test_every_mail_is_read_before_publishing(browser, county, run):
    text = page(browser, "run_publish", run.pk)
    for candidate in county.candidates.values():
        assert candidate.student.email in text
    assert "torget@legekontor.example.no" in text
    response = browser.post(reverse("run_publish", args=[run.pk]), {"told": "everybody"})
    assert response.url == reverse("placements", args=[county.round.pk])
    assert Placement.objects.count() == 3


def test_publishing_what_is_out_of_date_leads_back_with_a_sentence(browser, county, run):
    pins.pin(county.candidates["Anna"], slot=county.slots["Lade"], version=1, by=county.by)
    response = browser.post(
        reverse("run_publish", args=[run.pk]), {"told": "everybody"}, follow=True
    )
    assert response.redirect_chain[0][0] == reverse("run", args=[run.pk])
    assert not Placement.objects.exists()
    run.refresh_from_db()
    assert run.state == "stale"


def test_one_that_failed_says_so(browser, county, run):
    MatchingRun.objects.filter(pk=run.pk).update(state="failed", error="Noe gikk galt")
    assert "Noe gikk galt" in page(browser, "run", run.pk)


def test_stopping(browser, county):
    run = runs.start(county.round, by=county.by)
    browser.post(reverse("run_cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "cancelled"
    page(browser, "run", run.pk)


RUN_PAGES = ["run", "run_progress", "run_problem", "run_solution", "run_publish"]


@pytest.mark.parametrize("name", RUN_PAGES)
def test_others_do_not_know_that_it_exists(client, run, outsiders, name):
    for other in (outsiders.county_coordinator, outsiders.coordinator):
        client.force_login(other)
        assert client.get(reverse(name, args=[run.pk])).status_code == 404


def test_a_school_that_takes_part_does_not_see_the_county_s_proposals(client, county, run, world):
    county.school.coordinators.add(world.coordinator)
    client.force_login(world.coordinator)
    assert client.get(reverse("run", args=[run.pk])).status_code == 404
    assert client.get(reverse("runs", args=[county.round.pk])).status_code == 403
    assert client.post(reverse("run_start", args=[county.round.pk])).status_code == 403


@pytest.mark.parametrize("students", [1, 3])
def test_the_pages_ask_a_fixed_number_of_questions(
    browser, county, run, django_assert_max_num_queries, students
):
    for n in range(students):
        county.student(f"Ny{n}", "Torget", "Lade")
    county.round.refresh_from_db()
    bigger = runs.start(county.round, by=county.by)
    runs.execute(bigger.pk)
    for name in ("run", "run_publish"):
        with django_assert_max_num_queries(25):
            page(browser, name, bigger.pk)
