from schools.models.imports import Import, ImportState
from schools.models.places import County, Municipality, SchoolBreak
from schools.models.schools import Programme, School, SchoolClass
from schools.models.students import Clearance, ClearanceStatus, Requirement, Student
from schools.models.units import RegisteredUnit

__all__ = [
    "Clearance",
    "ClearanceStatus",
    "County",
    "Import",
    "ImportState",
    "Municipality",
    "Programme",
    "RegisteredUnit",
    "Requirement",
    "School",
    "SchoolBreak",
    "SchoolClass",
    "Student",
]
