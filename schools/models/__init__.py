from schools.models.places import County, Municipality, SchoolBreak
from schools.models.schools import Programme, School, SchoolClass
from schools.models.students import Clearance, ClearanceStatus, Requirement, Student

__all__ = [
    "Clearance",
    "ClearanceStatus",
    "County",
    "Municipality",
    "Programme",
    "Requirement",
    "School",
    "SchoolBreak",
    "SchoolClass",
    "Student",
]
