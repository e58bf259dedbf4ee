"""What a workplace list may tell about a workplace, and what such columns are called out there."""

from django.utils.translation import gettext_lazy

from placements.models import Workplace
from schools.columns import Column, plain

COLUMNS = (
    Column(
        "organisation_number",
        gettext_lazy("Organisation number"),
        ("orgnr", "org.nr", "org nr", "organisasjonsnummer", "organisasjonsnr", "underenhet",
         "bedriftsnummer", "orgno"),
        help=gettext_lazy("Nine digits. Recognises the workplace next time, whatever it is called."),
    ),
    Column(
        "name",
        gettext_lazy("Name"),
        ("navn", "namn", "praksissted", "praksisstad", "arbeidssted", "arbeidsstad", "enhet",
         "eining", "avdeling", "bedrift", "virksomhet", "verksemd", "legekontor", "workplace", "unit"),
        required=True,
    ),
    Column(
        "kind",
        gettext_lazy("Kind"),
        ("type", "slag", "kategori", "type praksissted", "type praksisstad", "category"),
    ),
    Column(
        "parent",
        gettext_lazy("Belongs to"),
        ("tilhører", "høyrer til", "hører til", "overordnet", "overordnet enhet", "overordna",
         "overordna eining", "hovedenhet", "hovudeining", "sykehus", "sjukehus", "helseforetak",
         "parent"),
        help=gettext_lazy("The hospital or trust a unit is part of: its name or organisation number."),
    ),
    Column(
        "municipality",
        gettext_lazy("Municipality"),
        ("kommune", "kommunenavn", "kommunenamn", "kommunenummer", "kommunenr", "kommunenr."),
    ),
    Column(
        "address",
        gettext_lazy("Address"),
        ("adresse", "besøksadresse", "gateadresse", "visiting address", "street address"),
    ),
    Column(
        "phone",
        gettext_lazy("Phone"),
        ("telefon", "tlf", "sentralbord", "telefonnummer", "phone number"),
    ),
    Column(
        "meet_at",
        gettext_lazy("Where students meet"),
        ("oppmøte", "oppmøtested", "oppmøtestad", "oppmøteplass", "møt opp", "meeting place"),
    ),
    Column(
        "contact_name",
        gettext_lazy("Contact's name"),
        ("kontaktperson", "kontakt", "kontaktnavn", "kontaktnamn", "praksisansvarlig",
         "praksisansvarleg", "navn kontaktperson", "contact", "contact person"),
    ),
    Column(
        "contact_email",
        gettext_lazy("Contact's e-mail"),
        ("e-post", "epost", "kontakt e-post", "kontakt-epost", "e-post kontaktperson",
         "e-postadresse", "mail", "email", "contact email"),
    ),
    Column(
        "contact_phone",
        gettext_lazy("Contact's phone"),
        ("kontakt telefon", "kontakttelefon", "mobil", "mobil kontaktperson",
         "telefon kontaktperson", "contact phone", "mobile"),
    ),
    Column(
        "requirements",
        gettext_lazy("Requirements"),
        ("krav", "krever", "krev", "krav til elev", "krav til eleven", "avklaringer", "avklaringar"),
        help=gettext_lazy("Names or codes, parted by comma."),
    ),
)  # fmt: skip
LABELS = {column.key: column.label for column in COLUMNS}

_K = Workplace.Kind
_WORDS: dict[str, tuple[str, ...]] = {
    _K.HOSPITAL: ("sykehus", "sjukehus", "hospital", "poliklinikk", "helseforetak", "sengepost"),
    _K.GP_OFFICE: ("legekontor", "legesenter", "fastlege", "fastlegekontor", "lege", "legehus",
                   "gp", "gp office", "doctor"),
    _K.OUT_OF_HOURS: ("legevakt", "legevaktsentral", "interkommunal legevakt", "out of hours",
                      "out-of-hours clinic", "emergency clinic"),
    _K.PUBLIC_HEALTH: ("helsestasjon", "skolehelsetjeneste", "skulehelseteneste", "public health",
                       "public health centre"),
    _K.OCCUPATIONAL_HEALTH: ("bedriftshelsetjeneste", "bedriftshelseteneste", "bht",
                             "occupational health", "occupational health service"),
    _K.OTHER: ("annet", "anna", "andre", "other"),
}  # fmt: skip
KINDS: dict[str, str] = {
    plain(word): kind for kind, words in _WORDS.items() for word in (kind, *words)
}
