"""What the template pack says of a field besides its label."""

import pytest
from django import forms

from accounts.templatetags.designsystemet import across, breakable, optional
from placements.forms.capacity import AnswerForm
from placements.forms.reviews import FeedbackForm
from placements.models import CapacityRequest


class Form(forms.Form):
    needed = forms.CharField()
    line = forms.CharField(required=False)
    says_something = forms.ChoiceField(choices=[("", "no change"), ("a", "A")], required=False)
    dashes = forms.ChoiceField(choices=[("", "---------"), ("a", "A")], required=False)


@pytest.mark.parametrize(
    ("name", "said"),
    [("needed", False), ("line", True), ("says_something", False), ("dashes", True)],
)
def test_optional_is_said_where_something_can_be_left_out(name, said):
    assert optional(Form()[name]) is said


def test_short_choices_stand_on_one_line():
    """Five questions of three words each are one screen, not three."""
    form = FeedbackForm()
    groups = [field for field in form if isinstance(field.field.widget, forms.RadioSelect)]
    assert groups
    assert all(across(field) for field in groups)


def test_an_address_breaks_after_its_at():
    assert breakable("praksis.skolen@fylket.no") == "praksis.skolen@<wbr>fylket.no"
    assert breakable('"<b>@x') == "&quot;&lt;b&gt;@<wbr>x"


def test_whether_students_are_taken_is_a_question_with_a_yes(db):
    """The answer that most give reads as one, and the reasons stand under the no."""
    form = AnswerForm(request=CapacityRequest(), periods=[], now={}, last_year=[], areas=[])
    (blank, yes), (no, reasons) = form.fields["reason"].choices
    assert (blank, str(yes), str(no)) == ("", "Ja", "Nei, fordi")
    assert dict(reasons)["no_supervisor"] == "Ingen kan veilede"
    assert not optional(form["reason"])
