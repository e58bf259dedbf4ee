"""What every answer to a signed-in person carries, and her language."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from accounts import audit


class PackedPages(GZipMiddleware):
    """Pages travel compressed; files, which are so already or are written row by row, do not.

    What a compressed length could tell of a page (BREACH): the tokens in it are masked anew each time,
    and Django adds bytes of a random number. See docs/decisions/0014.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        return super().process_response(request, response) if page else response


class PersonalPages:
    """A signed-in person's pages are in her language and stay out of every cache; and whatever page
    shows other people's data is logged, also where a personal link has opened it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            translation.activate(user.written_standard)
            request.LANGUAGE_CODE = user.written_standard
        response = self.get_response(request)
        if user.is_authenticated or "looks" in request.__dict__:
            add_never_cache_headers(response)
        if response.status_code < 300:
            audit.write_looks(request, user if user.is_authenticated else None)
        return response


class ChosenLanguage:
    """Bokmål, unless this browser has chosen otherwise or asks for nynorsk.

    Django's own middleware would show English to the many whose browser is set to English.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in dict(settings.LANGUAGES):
            wanted = request.headers.get("Accept-Language", "")
            chosen = "nn" if wanted.lower().startswith("nn") else settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or chosen)
        return response


class ButtonOnly:
    """Somebody who opens a button's address, by going back or after signing in again, is told so.

    Django answers 405 with an empty page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "GET" or response.status_code != 405 or response.content:
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page
