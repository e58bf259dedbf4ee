"""The demo county's workplaces: real public hospitals, illustrative offices named after their place.

Offices: (name, municipality number, minutes of latitude and longitude from its centre).
"""

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
