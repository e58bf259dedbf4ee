"""What a class list may tell about a student, and what such columns are called out there."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from schools.columns import Column

COLUMNS = (
    Column(
        "external_id",
        gettext_lazy("Feide name"),
        ("feidenavn", "feide", "feide-id", "feidebruker", "feidebrukernavn", "feidenamn",
         "feide-brukarnamn", "brukernavn", "brukarnamn", "elev-id", "username", "user name",
         "edupersonprincipalname", "eppn"),
        required=True,
        help=gettext_lazy("Recognises the student next time, even when the name or class changes."),
    ),
    Column("given_name", gettext_lazy("Given name"),
           ("fornavn", "førenamn", "fornamn", "fornavn og mellomnavn", "first name", "given name",
            "firstname", "elevens fornavn")),
    Column("family_name", gettext_lazy("Family name"),
           ("etternavn", "etternamn", "surname", "last name", "lastname", "family name",
            "elevens etternavn")),
    Column("name", gettext_lazy("Full name"),
           ("navn", "namn", "fullt navn", "fullt namn", "elev", "elevnavn", "elevnamn",
            "full name", "student", "student name"),
           help=gettext_lazy("Instead of given and family name: “Family, Given” or “Given Family”.")),
    Column("class", pgettext_lazy("school", "Class"),
           ("klasse", "klassekode", "basisgruppe", "gruppe", "klassenavn", "klassenamn",
            "kontaktlærergruppe", "class", "group"),
           required=True),
    Column("email", gettext_lazy("E-mail"),
           ("e-post", "epost", "e-postadresse", "epostadresse", "e-post skole", "skole-epost",
            "mail", "e-mail", "email address"),
           required=True),
    Column("phone", gettext_lazy("Phone"),
           ("mobil", "mobilnummer", "mobiltelefon", "mobilnr", "telefon", "telefonnummer", "tlf",
            "tlf.", "tlf mobil", "mobile", "phone number")),
    Column("municipality", gettext_lazy("Municipality"),
           ("kommune", "bostedskommune", "bustadkommune", "kommunenavn", "kommunenamn",
            "kommunenummer", "kommunenr", "hjemkommune", "heimkommune", "home municipality"),
           help=gettext_lazy("Where the student lives: name or four-digit number, never an address.")),
    Column("programme", gettext_lazy("Programme area"),
           ("programområde", "programområdekode", "programkode", "utdanningsprogram",
            "utdanningsprogramkode", "programme area", "program", "linje", "kurskode")),
    Column("language", gettext_lazy("Written standard"),
           ("målform", "språk", "hovedmål", "hovudmål", "opplæringsmål", "written standard")),
)  # fmt: skip
LABELS = {column.key: column.label for column in COLUMNS}
