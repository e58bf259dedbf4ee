"""Loads the dated register data that ships with the product; running it again changes nothing."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from schools.models import County, Municipality, Programme, Requirement

PROGRAMMES = [
    (
        "HSHSF1----",
        1,
        "Helse- og oppvekstfag",
        "Helse- og oppvekstfag",
        "Health and child development",
    ),
    ("HSHES2----", 2, "Helseservicefag", "Helseservicefag", "Health services"),
    ("HSHSE3----", 3, "Helsesekretær", "Helsesekretær", "Health secretary"),
]

# code, days before the start, (name, how) in bokmål, nynorsk and English
REQUIREMENTS = [
    (
        "confidentiality",
        14,
        ("Taushetserklæring", "Les erklæringen sammen med kontaktlæreren din og skriv under."),
        ("Teieplikterklæring", "Les erklæringa saman med kontaktlæraren din og skriv under."),
        ("Confidentiality agreement", "Read it with your teacher and sign it."),
    ),
    (
        "police_certificate",
        21,
        (
            "Politiattest vist",
            "Be praksisstedet om en bekreftelse på formålet, søk hos politiet på nett, og vis attesten "
            "der praksisstedet ber om det. Du beholder den selv.",
        ),
        (
            "Politiattest vist",
            "Be praksisstaden om ei stadfesting på føremålet, søk hos politiet på nett, og vis attesten "
            "der praksisstaden ber om det. Du beheld han sjølv.",
        ),
        (
            "Police certificate shown",
            "Ask the workplace to confirm the purpose, apply to the police online, and show the "
            "certificate where the workplace asks you to. You keep it yourself.",
        ),
    ),
    (
        "tuberculosis",
        21,
        (
            "Tuberkulose avklart",
            "Svar på spørsmålene fra helsesykepleier. Skolen får bare vite at det er avklart.",
        ),
        (
            "Tuberkulose avklart",
            "Svar på spørsmåla frå helsesjukepleiar. Skulen får berre vite at det er avklart.",
        ),
        (
            "Tuberculosis cleared",
            "Answer the school nurse. The school only learns that it is cleared.",
        ),
    ),
    (
        "mrsa",
        21,
        (
            "MRSA avklart",
            "Snakk med helsesykepleier hvis du har vært på sykehus i utlandet det siste året.",
        ),
        (
            "MRSA avklart",
            "Snakk med helsesjukepleiar om du har vore på sjukehus i utlandet det siste året.",
        ),
        (
            "MRSA cleared",
            "Talk to the school nurse if you have been in hospital abroad in the last year.",
        ),
    ),
    (
        "hepatitis_b_information",
        14,
        (
            "Informasjon om hepatitt B",
            "Les informasjonen om vaksine og bekreft at du har lest den.",
        ),
        (
            "Informasjon om hepatitt B",
            "Les informasjonen om vaksine og stadfest at du har lese han.",
        ),
        ("Hepatitis B information", "Read about the vaccine and confirm that you have read it."),
    ),
    (
        "hygiene",
        7,
        ("Hygienekurs", "Ta nettkurset i håndhygiene på skolen."),
        ("Hygienekurs", "Ta nettkurset i handhygiene på skulen."),
        ("Hygiene course", "Take the online course in hand hygiene at school."),
    ),
]


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a file in the reference data folder."""
    path = Path(settings.REFERENCE_DATA_DIR) / name
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def load() -> None:
    """Write counties, municipalities, programmes and requirements."""
    counties: dict[str, County] = {}
    for row in rows("municipalities.csv"):
        since = dt.date.fromisoformat(row["valid_from"])
        number = row["county_number"]
        if number not in counties:
            counties[number], _ = County.objects.get_or_create(
                number=number, valid_from=since, defaults={"name": row["county_name"]}
            )
        Municipality.objects.get_or_create(
            number=row["number"],
            valid_from=since,
            defaults={
                "name": row["name"],
                "other_name": row["other_name"],
                "county": counties[number],
                "centre": row["centre"],
                "latitude": float(row["latitude"]),
                "longitude": float(row["longitude"]),
            },
        )
    for code, year, nb, nn, en in PROGRAMMES:
        Programme.objects.get_or_create(
            code=code, defaults={"year": year, "name_nb": nb, "name_nn": nn, "name_en": en}
        )
    for code, due, nb_texts, nn_texts, en_texts in REQUIREMENTS:
        Requirement.objects.get_or_create(
            code=code,
            defaults={
                "due_days": due,
                **{
                    f"{field}_{language}": text
                    for language, texts in (("nb", nb_texts), ("nn", nn_texts), ("en", en_texts))
                    for field, text in zip(("name", "how"), texts, strict=True)
                },
            },
        )
