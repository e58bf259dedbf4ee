"""Invented people: common names, drawn and combined by the seeded generator."""

GIVEN = (
    "Ada Agnes Aisha Alma Amalie Amina Anna Aurora Celine Ella Elise Emilie Emma Frida Hanna "
    "Hedda Helle Hodan Ida Ingrid Iselin Jenny Julie Kaja Karoline Leah Lena Linnea Live Lotte "
    "Maja Malin Maren Maria Marte Mathilde Mia Mina Nora Oda Oline Sahra Sara Selma Sigrid Silje "
    "Sofie Solveig Synne Thea Tiril Tuva Vilde Yasmin Ylva Åse Ali Andreas Aksel Eirik Elias Emil "
    "Filip Håkon Iben Jakob Jonas Kasper Lars Liam Magnus Mathias Noah Oskar Sander Sivert Tobias "
    "Yusuf Ørjan "
).split()

FAMILY = (
    "Aas Aune Bakken Berg Bjerkan Brekke Dahl Eide Engen Fagerli Fjeldvær Forbord Fossum Gjære "
    "Grande Grønning Hagen Hammer Hansen Haug Hassan Hegge Hernes Holm Husby Iversen Jensen "
    "Johnsen Kjelstad Krogstad Kvam Kvernmo Langørgen Lien Lund Løkken Mohamed Moen Myhre Nilsen "
    "Nordmo Næss Olsen Opdal Pedersen Rian Rognes Rønning Sand Selnes Skaar Skjerve Solberg Stav "
    "Steen Strand Sund Svendsen Sæther Tangen Tiller Ulstad Utne Vang Vik Viken Volden Wold Øien "
    "Ødegård Østby Åsen "
).split()
