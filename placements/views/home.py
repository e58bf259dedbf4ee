"""The front door: each is shown to the room where her work is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.decorators import public
from accounts.models import User
from accounts.policy import Role
from placements.models import Round
from placements.models.rounds import RoundState


@public
def home(request: HttpRequest) -> HttpResponse:
    """Strangers get the front page; everybody else her own."""
    user = request.user
    if not isinstance(user, User):
        return render(request, "placements/home.html")
    if user.roles & {Role.COUNTY_COORDINATOR, Role.SCHOOL_COORDINATOR}:
        current = list(Round.objects.visible_to(user).exclude(state=RoundState.CLOSED)[:2])
        return redirect("round", pk=current[0].pk) if len(current) == 1 else redirect("rounds")
    if Role.STUDENT in user.roles:
        return redirect("my_practice")
    if Role.WORKPLACE_CONTACT in user.roles:
        return redirect("my_workplaces")
    if Role.ADMINISTRATOR in user.roles:
        return redirect("admin:index")
    return render(request, "placements/home.html")
