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


def choice(name: str, options: set[str], default: str) -> str:
    """Return one of a few words."""
    value = str(env.str(name, default=default)).strip()
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(options))}.")
    return value
