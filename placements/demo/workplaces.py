"""The demo county's workplaces: real public hospitals, illustrative offices named after their place.

Offices: (name, municipality number, minutes of latitude and longitude from its centre).
"""

from placements.demo import names
from placements.demo.cast import DOMAIN, Demo, ascii_name, make_id
from placements.models import Contact, LearningArea, Supervisor, Workplace
from schools.models import Municipality, Requirement

TRONDHEIM = "5001"

# Health trust, hospital, municipality, units.
HOSPITALS = [
    (
        "St. Olavs hospital HF",
        "St. Olavs hospital, Øya",
        TRONDHEIM,
        [
            "Medisinsk poliklinikk",
            "Kirurgisk poliklinikk",
            "Hjertepoliklinikken",
            "Nevrologisk poliklinikk",
            "Øre-nese-hals-poliklinikken",
            "Barnepoliklinikken",
            "Kvinneklinikken, poliklinikk",
            "Prøvetaking og laboratorium",
        ],
    ),
    ("St. Olavs hospital HF", "Orkdal sjukehus", "5059", ["Medisinsk poliklinikk", "Prøvetaking"]),
    ("St. Olavs hospital HF", "Røros sykehus", "5025", ["Poliklinikken"]),
    (
        "Helse Nord-Trøndelag HF",
        "Sykehuset Levanger",
        "5037",
        ["Medisinsk poliklinikk", "Kirurgisk poliklinikk", "Prøvetaking"],
    ),
    (
        "Helse Nord-Trøndelag HF",
        "Sykehuset Namsos",
        "5007",
        ["Medisinsk poliklinikk", "Prøvetaking"],
    ),
]

GP_OFFICES = [
    ("Sentrum legekontor", TRONDHEIM, 0.0, 0.0),
    ("Lade legesenter", TRONDHEIM, 0.9, 3.4),
    ("Byåsen legesenter", TRONDHEIM, -1.2, -4.3),
    ("Heimdal legesenter", TRONDHEIM, -4.8, -2.6),
    ("Moholt legesenter", TRONDHEIM, -1.1, 2.5),
    ("Ranheim legesenter", TRONDHEIM, -0.1, 7.6),
    ("Saupstad legesenter", TRONDHEIM, -3.8, -2.3),
    ("Tiller legesenter", TRONDHEIM, -4.6, -0.4),
    ("Nardo legesenter", TRONDHEIM, -1.6, 1.4),
    ("Ila legekontor", TRONDHEIM, 0.1, -1.3),
    ("Singsaker legekontor", TRONDHEIM, -0.6, 0.9),
    ("Strinda legesenter", TRONDHEIM, -0.4, 3.6),
    ("Flatåsen legekontor", TRONDHEIM, -3.0, -3.4),
    ("Jakobsli legesenter", TRONDHEIM, -1.2, 6.2),
    ("Charlottenlund legesenter", TRONDHEIM, -0.4, 5.9),
    ("Kattem legekontor", TRONDHEIM, -6.0, -3.0),
    ("Spongdal legekontor", TRONDHEIM, -2.6, -14.2),
    ("Hommelvik legesenter", "5031", 0.0, 0.0),
    ("Vikhammer legekontor", "5031", 1.8, -7.5),
    ("Melhus legesenter", "5028", 0.0, 0.0),
    ("Hølonda legekontor", "5028", -7.0, -6.0),
    ("Børsa legekontor", "5029", 0.0, 0.0),
    ("Stjørdal legesenter", "5035", 0.0, 0.0),
    ("Hell legekontor", "5035", -1.2, -0.9),
    ("Hegra legekontor", "5035", -0.2, 9.4),
    ("Selbu legekontor", "5032", 0.0, 0.0),
    ("Orkanger legesenter", "5059", 0.0, 0.0),
    ("Fannrem legekontor", "5059", -2.3, -1.1),
    ("Støren legesenter", "5027", 0.0, 0.0),
    ("Oppdal legesenter", "5021", 0.0, 0.0),
    ("Levanger legesenter", "5037", 0.0, 0.0),
    ("Verdal legesenter", "5038", 0.0, 0.0),
    ("Frosta legekontor", "5036", 0.0, 0.0),
    ("Inderøy legekontor", "5053", 0.0, 0.0),
    ("Steinkjer legesenter", "5006", 0.0, 0.0),
    ("Namsos legesenter", "5007", 0.0, 0.0),
    ("Rissa legesenter", "5054", 0.0, 0.0),
    ("Ørland legesenter", "5057", 0.0, 0.0),
    ("Røros legesenter", "5025", 0.0, 0.0),
    ("Hitra legekontor", "5056", 0.0, 0.0),
]

# Kind, name, municipality, offsets as for the offices.
OTHERS = [
    ("out_of_hours", "Trondheim legevakt", TRONDHEIM, -0.6, -0.2),
    ("out_of_hours", "Værnesregionen legevakt", "5035", 0.3, 0.2),
    ("out_of_hours", "Innherred legevakt", "5037", 0.2, 0.3),
    ("public_health", "Saupstad helsestasjon", TRONDHEIM, -3.8, -2.2),
    ("public_health", "Lerkendal helsestasjon", TRONDHEIM, -1.1, 1.3),
    ("public_health", "Østbyen helsestasjon", TRONDHEIM, 0.3, 1.9),
    ("public_health", "Stjørdal helsestasjon", "5035", 0.1, 0.3),
    ("public_health", "Malvik helsestasjon", "5031", 0.1, 0.1),
    ("occupational_health", "Midtbyen bedriftshelse", TRONDHEIM, 0.1, 0.2),
    ("occupational_health", "Tiller bedriftshelse", TRONDHEIM, -4.5, -0.2),
    ("other", "Strinda spesialistsenter", TRONDHEIM, -0.3, 3.1),
    ("other", "Solsiden hudklinikk", TRONDHEIM, 0.2, 0.9),
]

# What a kind of place can usually teach, most certain first.
AREAS_BY_KIND = {
    "hospital": ["patient_service", "medical_office", "ict_security", "logistics"],
    "gp_office": ["patient_service", "laboratory", "medical_office", "treatment_room"],
    "out_of_hours": ["patient_service", "treatment_room", "laboratory"],
    "public_health": ["patient_service", "medical_office", "logistics"],
    "occupational_health": ["laboratory", "medical_office", "ict_security"],
    "other": ["patient_service", "treatment_room", "medical_office"],
}

REQUIREMENTS_BY_KIND = {
    "hospital": ["confidentiality", "tuberculosis", "mrsa", "hygiene"],
    "gp_office": ["confidentiality", "hepatitis_b_information"],
    "out_of_hours": ["confidentiality", "hepatitis_b_information", "hygiene"],
    "public_health": ["confidentiality", "police_certificate"],
    "occupational_health": ["confidentiality"],
    "other": ["confidentiality"],
}

STREETS = ["Storgata", "Kirkegata", "Skolevegen", "Parkvegen", "Elvegata", "Bakkegata", "Fjordgata"]


def build_workplaces(demo: Demo) -> None:
    parents: dict[str, Workplace] = {}
    for trust, hospital, number, units in HOSPITALS:
        if trust not in parents:
            parents[trust] = _workplace(demo, "hospital", trust, number, receives_students=False)
        parents[hospital] = _workplace(
            demo, "hospital", hospital, number, parent=parents[trust], receives_students=False
        )
        for unit in units:
            _workplace(demo, "hospital", f"{unit}, {hospital}", number, parent=parents[hospital])
    for name, number, north, east in GP_OFFICES:
        _workplace(demo, "gp_office", name, number, north, east)
    for kind, name, number, north, east in OTHERS:
        _workplace(demo, kind, name, number, north, east)


def _address(municipality: Municipality, number: int) -> str:
    return f"{STREETS[number % len(STREETS)]} {number}, {municipality.centre}"


def _workplace(
    demo: Demo,
    kind: str,
    name: str,
    number: str,
    north: float = 0.0,
    east: float = 0.0,
    **fields: object,
) -> Workplace:
    rng = demo.rng
    municipality = demo.municipalities[number]
    workplace = Workplace.objects.create(
        id=make_id("workplace", name),
        kind=kind,
        name=name,
        municipality=municipality,
        latitude=municipality.latitude + north / 60,
        longitude=municipality.longitude + east / 60,
        address=_address(municipality, rng.randrange(1, 60)),
        phone=f"73 {rng.randrange(10, 99)} {rng.randrange(10, 99)} {rng.randrange(10, 99)}",
        meet_at="Meld deg i resepsjonen kl. 07.50 og si at du er praksiselev.",
        step_free=rng.random() < 0.85,
        needs_car=rng.random() < 0.06,
        **fields,
    )
    areas = AREAS_BY_KIND[kind]
    known = {area.code: area for area in LearningArea.objects.all()}
    workplace.learning_areas.set(known[code] for code in areas[: rng.randint(2, len(areas))])
    workplace.requirements.set(Requirement.objects.filter(code__in=REQUIREMENTS_BY_KIND[kind]))
    given, family = rng.choice(names.GIVEN), rng.choice(names.FAMILY)
    if not workplace.parent_id or workplace.receives_students is False:
        Contact.objects.create(
            id=make_id("contact", name),
            workplace=workplace,
            name=f"{given} {family}",
            email=f"post.{ascii_name(name.replace(',', ''))[:50].strip('.')}@{DOMAIN}",
            phone=workplace.phone,
        )
    if workplace.receives_students:
        given, family = rng.choice(names.GIVEN), rng.choice(names.FAMILY)
        Supervisor.objects.create(
            id=make_id("supervisor", name),
            workplace=workplace,
            name=f"{given} {family}",
            email=f"{ascii_name(given)}.{ascii_name(family)}@{DOMAIN}",
            phone=workplace.phone,
        )
        demo.workplaces.append(workplace)
    return workplace
