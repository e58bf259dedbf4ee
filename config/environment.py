"""Reads the environment, and refuses what is missing or makes no sense rather than guess.

Every message names the variable: it is read by somebody whose server has just not started.
"""

from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

YES, NO = {"true", "yes", "on", "1"}, {"false", "no", "off", "0", ""}


def flag(name: str, *, default: bool = False) -> bool:
    """Return true or false; any other word is a mistake, not a false."""
    value = str(env.str(name, default=str(default))).strip().lower()
    if value not in YES | NO:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be true or false.")
    return value in YES


DEMO = flag("DEMO")


def required(name: str, demo: str) -> str:
    """Return the variable; in a demo its stand-in; otherwise refuse to start."""
    value = str(env.str(name, default="")).strip() or (demo if DEMO else "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it means.")
    return value


def secret_key(demo: str) -> str:
    """Return the key that signs sessions and links: long, and not one that is public."""
    key = required("SECRET_KEY", demo)
    if not DEMO and (len(key) < 50 or key == demo):
        raise ImproperlyConfigured("SECRET_KEY must be a random text of at least 50 characters.")
    return key


def hosts(demo: str) -> list[str]:
    """Return the host names this installation answers to; never all there are."""
    names = [name.strip() for name in required("ALLOWED_HOSTS", demo).split(",") if name.strip()]
    if not DEMO and (not names or "*" in names):
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts, separated by commas.")
    return names


def site_url(demo: str) -> str:
    """Return the address that links in mails begin with."""
    url = required("SITE_URL", demo).rstrip("/")
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in ({"http", "https"} if DEMO else {"https"}):
        raise ImproperlyConfigured("SITE_URL must be a whole address that begins with https://.")
    return url


def url_of(name: str, schemes: set[str], demo: str) -> str:
    """Return the address of a server of a kind we can talk to."""
    url = required(name, demo)
    if urlsplit(url).scheme not in schemes:
        known = ", ".join(f"{scheme}://" for scheme in sorted(schemes))
        raise ImproperlyConfigured(f"{name} must begin with one of {known}.")
    return url


def tiles() -> tuple[str, str, str] | None:
    """Return where map tiles come from, what must stand under them, and the one host they come from.

    Both or neither: a map without its credit breaks its owner's terms, a credit without a map says nothing.
    """
    url = str(env.str("MAP_TILES_URL", default="")).strip()
    credit = str(env.str("MAP_TILES_CREDIT", default="")).strip()
    if not url and not credit:
        return None
    for name, value, other in (
        ("MAP_TILES_URL", url, "MAP_TILES_CREDIT"),
        ("MAP_TILES_CREDIT", credit, "MAP_TILES_URL"),
    ):
        if not value:
            raise ImproperlyConfigured(f"{name} is not set, and {other} is. Set both, or neither.")
    parts = urlsplit(url)
    schemes = {"http", "https"} if DEMO else {"https"}
    whole = parts.scheme in schemes and parts.hostname and "{" not in parts.netloc
    if not whole or any(part not in parts.path for part in ("{z}", "{x}", "{y}")):
        raise ImproperlyConfigured(
            "MAP_TILES_URL must be a whole address that begins with https:// and has {z}, {x} and {y}"
            " in its path, for one host."
        )
    return url, credit, f"{parts.scheme}://{parts.netloc}"


def choice(name: str, options: set[str], default: str) -> str:
    """Return one of a few words."""
    value = str(env.str(name, default=default)).strip()
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(options))}.")
    return value
