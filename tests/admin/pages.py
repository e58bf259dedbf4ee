"""Which models the administration shows, which of them it may change, and its addresses."""

from django.apps import apps
from django.urls import reverse

from placements import models as placements
from schools import models as schools

REGISTERS = {
    schools.County,
    schools.Municipality,
    schools.SchoolBreak,
    schools.Programme,
    schools.School,
    schools.Requirement,
    placements.LearningArea,
    placements.Workplace,
}
OURS = [
    m
    for app in ("accounts", "schools", "placements")
    for m in apps.get_app_config(app).get_models()
]
OWNED = [m for m in OURS if m not in REGISTERS]


def label(model):
    return model._meta.label


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def first(model):
    return model.objects.order_by("pk")[0]
