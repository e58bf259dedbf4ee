"""The learning areas of the trade; running it again changes nothing."""

from placements.models import LearningArea

AREAS = [
    ("ict_security", "IKT-sikkerhet", "IKT-tryggleik", "ICT security"),
    ("logistics", "Logistikk", "Logistikk", "Logistics"),
    ("patient_service", "Pasientservice", "Pasientservice", "Patient service"),
    ("treatment_room", "Skiftestue", "Skiftestove", "Treatment room"),
    ("laboratory", "Laboratorium", "Laboratorium", "Laboratory"),
    ("medical_office", "Medisinsk kontorarbeid", "Medisinsk kontorarbeid", "Medical office work"),
]


def load() -> None:
    for code, nb, nn, en in AREAS:
        LearningArea.objects.get_or_create(
            code=code, defaults={"name_nb": nb, "name_nn": nn, "name_en": en}
        )
