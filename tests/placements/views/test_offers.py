"""The public page where a workplace offers places, and the coordinator's list and answer."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.links import hash_of
from placements.models import CapacityRequest, Offer, Workplace
from schools.models import County
from tests import factories as f
from tests.cast import make_world

WRITE = "/become-a-workplace/"


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


@pytest.fixture
def world(db):
    return make_world("Vaarvik", "open")


def filled(world, **more):
    return {
        "name": "Elvebakken legesenter",
        "kind": "gp_office",
        "municipality": str(world.workplace.municipality_id),
        "places": "2",
        "contact_name": "Ny Kontakt",
        "email": "Ny@Elvebakken.example.no",
        **more,
    }


def offered(world, **fields):
    return f.OfferFactory(municipality=world.workplace.municipality, **fields)


class TestTheOpenPage:
    def test_a_stranger_offers_places(self, client, world):
        sent = client.post(WRITE, filled(world, when="uke 6"), headers={"accept-language": "nn"})
        assert (sent.status_code, sent["Location"]) == (302, WRITE + "thank-you/")
        offer = Offer.objects.get()
        assert (offer.email, offer.language, offer.verified_at, offer.state) == (
            "ny@elvebakken.example.no",
            "nn",
            None,
            "new",
        )
        assert "e-post" in client.get(WRITE + "thank-you/").content.decode()

    def test_found_from_the_front_page_and_the_foot_of_every_page(self, client, world):
        for page in ("/", "/sign-in/"):
            assert f'href="{WRITE}"' in client.get(page).content.decode()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("places", "0"),
            ("places", "51"),
            ("organisation_number", "123456789"),
            ("email", "ingen"),
            ("contact_name", "Kari 99887766"),
            ("contact_name", "Vinn en reise på lokketilbud.com"),
            ("name", "Se https://lokketilbud.example"),
            ("name", "www.lokketilbud"),
            ("message", "Jeg er 01010750160"),
            ("municipality", "00000000-0000-4000-8000-000000000000"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field(self, client, world, field, value):
        page = client.post(WRITE, filled(world, **{field: value}))
        assert page.status_code == 422
        assert field in page.context["form"].errors
        assert not Offer.objects.exists()

    def test_a_name_with_dots_is_no_web_address(self, client, world):
        """Control: nothing but addresses is refused."""
        name = "St.Olavs hospital, avd. for lab./prøver"
        assert client.post(WRITE, filled(world, name=name)).status_code == 302

    def test_an_organisation_number_in_groups_of_three(self, client, world):
        number = f.organisation_number(4)
        spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
        assert client.post(WRITE, filled(world, organisation_number=spaced)).status_code == 302
        assert Offer.objects.get().organisation_number == number

    def test_only_where_somebody_reads_it(self, client, world):
        nobody = f.MunicipalityFactory(county=f.CountyFactory())
        choices = [
            pk
            for _county, places in client.get(WRITE).context["form"].fields["municipality"].choices
            if isinstance(places, list)
            for pk, _name in places
        ]
        assert world.workplace.municipality_id in choices
        assert nobody.pk not in choices

    def test_a_machine_fills_in_the_hidden_field_and_is_thanked(self, client, world):
        sent = client.post(WRITE, filled(world, website="https://example.com"))
        assert sent["Location"] == WRITE + "thank-you/"
        assert not Offer.objects.exists()

    def test_three_an_hour_from_one_address(self, client, world):
        answers = [client.post(WRITE, filled(world)).status_code for _ in range(4)]
        assert answers == [302, 302, 302, 422]
        assert Offer.objects.count() == 3
        other = client.post(WRITE, filled(world, email="annen@example.no"))
        assert other.status_code == 302, "control: another address may"

    def test_twenty_an_hour_from_one_machine_whatever_addresses_it_writes(self, client, world):
        def offer(n, **where):
            return client.post(WRITE, filled(world, email=f"nr{n}@example.no"), **where)

        answers = [offer(n).status_code for n in range(21)]
        assert answers == [302] * 20 + [422]
        assert Offer.objects.count() == 20
        assert "mange tilbud på kort tid" in offer(21).content.decode()
        assert offer(22, REMOTE_ADDR="203.0.113.7").status_code == 302, (
            "control: another machine may"
        )

    def test_a_double_click_is_one_offer(self, client, world):
        key = "0b9dfb7c-4ef6-4f4c-9f2b-0a5f6f5b3c11"
        for _ in range(2):
            client.post(WRITE, filled(world, once_key=key))
        assert Offer.objects.count() == 1


class TestTheLink:
    def offer(self, world):
        return offered(world, verified_at=None, token_hash=hash_of("nøkkel"), language="nn")

    def test_opening_changes_nothing_and_the_button_does(self, client, world):
        offer = self.offer(world)
        url = reverse("offer_verify", args=["nøkkel"])
        page = client.get(url)
        assert offer.name in page.content.decode()
        assert page["Referrer-Policy"] == "same-origin", "none at all, and the button is refused"
        assert '<html lang="nn"' in page.content.decode()
        offer.refresh_from_db()
        assert offer.verified_at is None
        assert client.post(url).status_code == 302
        offer.refresh_from_db()
        assert offer.verified_at
        assert "Takk" in client.get(url).content.decode()

    def test_a_link_that_is_none_of_ours(self, client, world):
        assert client.get(reverse("offer_verify", args=["annet"])).status_code == 410

    @pytest.mark.parametrize("decision", ["confirm", "decline"])
    def test_afterwards_it_says_how_it_stands(self, client, world, decision):
        offer = offered(world, token_hash=hash_of("nøkkel"))
        client.force_login(world.county_coordinator)
        client.post(reverse(f"offer_{decision}", args=[offer.pk]), {"reason": "Nok plasser"})
        page = type(client)().get(reverse("offer_verify", args=["nøkkel"])).content.decode()
        assert ("Velkommen som praksissted" in page) == (decision == "confirm")
        assert ("Nok plasser" in page) == (decision == "decline")


class TestTheCoordinator:
    def test_the_badge_leads_to_the_list(self, client, world):
        client.force_login(world.coordinator)
        round_page = reverse("round", args=[world.round.pk])
        pages = ("/rounds/", round_page, "/workplaces/")
        for page in pages:
            assert "tilbyr plasser" not in client.get(page).content.decode()
        offered(world)
        offered(world)
        offered(world, verified_at=None)
        for page in pages:
            assert "2 nye praksissteder tilbyr plasser" in client.get(page).content.decode()

    def test_the_list_has_those_that_wait_first(self, client, world):
        client.force_login(world.coordinator)
        waiting = offered(world, email=world.contact.email.lower())
        answered = offered(world)
        client.post(reverse("offer_decline", args=[answered.pk]), {"reason": "Nok"})
        page = client.get("/offers/")
        assert [offer for offer, _known in page.context["rows"]] == [waiting, answered]
        assert "Allerede kjent" in page.content.decode()

    def test_the_list_asks_as_much_of_many_as_of_few(
        self, client, world, django_assert_max_num_queries
    ):
        client.force_login(world.coordinator)
        counts = []
        for number in (2, 25):
            for _ in range(number):
                offered(world)
            with django_assert_max_num_queries(40) as asked:
                client.get("/offers/")
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_another_countys_is_not_there(self, client, world):
        theirs = offered(make_world("Fremmedstad", "open"))
        client.force_login(world.county_coordinator)
        assert theirs.name not in client.get("/offers/").content.decode()
        for name in ("offer", "offer_confirm", "offer_decline"):
            address = reverse(name, args=[theirs.pk])
            assert client.post(address, {"reason": "Nei"}).status_code in (404, 405)
            assert client.get(address).status_code in (404, 405)
        theirs.refresh_from_db()
        assert theirs.state == "new"

    def test_confirms_and_asks_in_the_open_round(self, client, world):
        offer = offered(world)
        client.force_login(world.county_coordinator)
        page = client.get(reverse("offer", args=[offer.pk]))
        assert page.context["confirming"].initial["round"] == world.round.pk
        sent = client.post(
            reverse("offer_confirm", args=[offer.pk]), {"round": str(world.round.pk)}
        )
        workplace = Workplace.objects.get(name=offer.name)
        assert sent["Location"] == reverse("workplace", args=[workplace.pk])
        assert CapacityRequest.objects.get(workplace=workplace).round == world.round

    def test_who_does_not_decide_on_the_round_asks_nobody(self, client, world):
        """A school's coordinator takes the workplace in; the county's round is not hers to ask in."""
        offer = offered(world)
        client.force_login(world.coordinator)
        client.post(reverse("offer_confirm", args=[offer.pk]), {"round": str(world.round.pk)})
        assert Workplace.objects.filter(name=offer.name).exists()
        assert not CapacityRequest.objects.filter(workplace__name=offer.name).exists()

    def test_takes_it_for_the_one_it_is_already(self, client, world):
        offer = offered(world, email=world.contact.email.lower())
        client.force_login(world.coordinator)
        page = client.get(reverse("offer", args=[offer.pk]))
        assert "samme e-postadresse" in page.content.decode()
        client.post(
            reverse("offer_confirm", args=[offer.pk]), {"workplace": str(world.workplace.pk)}
        )
        offer.refresh_from_db()
        assert offer.workplace == world.workplace

    def test_or_for_a_new_one_all_the_same(self, client, world):
        offer = offered(world, email=world.contact.email.lower())
        client.force_login(world.coordinator)
        address = reverse("offer_confirm", args=[offer.pk])
        assert client.post(address).status_code == 422, "which one it is, is said"
        client.post(address, {"workplace": "new"})
        offer.refresh_from_db()
        assert offer.workplace != world.workplace

    def test_a_workplace_that_is_not_among_the_known_is_refused(self, client, world):
        other = f.WorkplaceFactory(municipality=world.workplace.municipality)
        offer = offered(world, email=world.contact.email.lower())
        client.force_login(world.coordinator)
        sent = client.post(reverse("offer_confirm", args=[offer.pk]), {"workplace": str(other.pk)})
        assert sent.status_code == 422
        offer.refresh_from_db()
        assert offer.state == "new"

    def test_what_the_register_refuses_is_said(self, client, world):
        elsewhere = f.WorkplaceFactory(organisation_number=f.organisation_number(6))
        assert elsewhere.municipality.county != world.county
        offer = offered(world, organisation_number=f.organisation_number(6))
        client.force_login(world.coordinator)
        sent = client.post(reverse("offer_confirm", args=[offer.pk]))
        assert sent.status_code == 422
        assert "organisasjonsnummer" in sent.content.decode()

    def test_declines_with_a_reason(self, client, world):
        offer = offered(world)
        client.force_login(world.coordinator)
        address = reverse("offer_decline", args=[offer.pk])
        assert client.post(address, {"reason": ""}).status_code == 422
        assert client.post(address, {"reason": "Vi har nok"})["Location"] == "/offers/"
        again = client.post(address, {"reason": "Vi har nok"}, follow=True)
        assert "allerede svart" in again.content.decode()

    def test_a_county_without_coordinators_has_no_readers(self, client, world):
        """Control for who reads: the county is shown as long as one of its schools has a coordinator."""
        world.county.coordinators.clear()
        assert County.objects.filter(schools__coordinators__isnull=False).exists()
        assert client.post(WRITE, filled(world)).status_code == 302
