"""The only settings. Everything that differs between machines is read from the environment.

`DEMO=true` is the one switch between a demo or test machine and production: without it a missing
key, host or database stops the start with a sentence that names the variable.
"""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import DEMO as DEMO
from config.environment import (
    choice,
    env,
    flag,
    hosts,
    required,
    secret_key,
    site_url,
    tiles,
    url_of,
)
from config.pages import BUILTINS, GATHERED_SHEET, SHEETS, STATIC_STORAGE  # noqa: F401

django_stubs_ext.monkeypatch()  # so that ModelForm[Round] can be written

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = flag("DEBUG") and DEMO  # a page of secrets for whoever meets an error: never in production
SECRET_KEY = secret_key(demo="demo-only-key-that-guards-nothing-of-value-and-is-long-enough")
ALLOWED_HOSTS = hosts(demo="localhost,127.0.0.1,[::1]")
SITE_URL = site_url(demo="http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "config.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "csp",
    "django_filters",
    "django_htmx",
    "accounts",
    "schools",
    "placements",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.PackedPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PersonalPages",
    "accounts.middleware.ButtonOnly",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.site",
            ],
            "builtins": BUILTINS,
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("designsystemet",)
CRISPY_TEMPLATE_PACK = "designsystemet"
CRISPY_FAIL_SILENTLY = False

# --- Database -----------------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url_config(
        url_of("DATABASE_URL", {"postgresql", "postgres"}, demo="postgresql:///praksisplass")
    )
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A stalled process must never hold a school's rows for long: a page gives up after 10 s, and work
# that may take longer says so (STATEMENT_TIMEOUT=5min for worker and sweeper). None is worth compiling.
STATEMENT_TIMEOUT: str = env.str("STATEMENT_TIMEOUT", default="10s")
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "options": (
            f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout=3s"
            " -c idle_in_transaction_session_timeout=30s -c timezone=UTC -c jit=off"
        ),
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Queue: the database row is the queue, Redis only wakes a worker --------------------------------
REDIS_URL = url_of(
    "REDIS_URL", {"redis", "rediss", "redis+socket"}, demo="redis://localhost:6379/0"
)
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = "praksisplass"
CELERY_TASK_IGNORE_RESULT = True  # results are rows; there is no result backend
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
# A message is gone only when its work is done: a killed worker's is handed out again. The same work
# may therefore start twice, and the second finds the row claimed.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# The shortest of three places wins, and the default is an hour: so all three are set.
CELERY_VISIBILITY_TIMEOUT = 120
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    "unacked_restore_throttle": 1,
    # A click must not wait for a broker that is away: one try, and the sweeper does the rest.
    "socket_connect_timeout": 1,
    "max_retries": 1,
    "interval_start": 0,
    "connect_retries_timeout": 1,
    "socket_timeout": 5,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SOFT_TIME_LIMIT = 15 * 60
CELERY_TASK_TIME_LIMIT = 16 * 60
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True

# A round that falls into several parts with so many students each, who have no place in common, is
# solved part by part by as many workers as there are. With parts of 5,000 and 10,000 that costs more than
# it gains (docs/matching-speed.md).
MATCHING_PART_CANDIDATES: int = env.int("MATCHING_PART_CANDIDATES", default=25_000)

# --- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code in the mail is the verification
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_REQUIRED = False
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "request_login_code": "accounts.forms.AddressForm",
    "confirm_login_code": "accounts.forms.CodeForm",
}
# Digits are typed fast on a phone; eight of them, three guesses, and a dozen codes an hour are safe.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
# A whole class may sign in at once from one address; nobody needs a dozen codes an hour.
# A workplace offers places once or twice a year; a hospital's people come from one address.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "120/m/ip,3/m/key,12/h/key",
    "offer": "20/h/ip,3/h/key",
    "pass_on": "60/h/ip,10/h/key",
    "change_address": "5/h/user,3/h/key",
    "swap_code": "10/h/user",
}
# Limits on guessing live in PostgreSQL: they must hold when Redis is gone and across processes.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Mail ---------------------------------------------------------------------------------------
EMAIL_BACKEND = "accounts.smtp.Backend"
EMAIL_HOST = required("EMAIL_HOST", demo="127.0.0.1")
EMAIL_PORT: int = env.int("EMAIL_PORT", default=1025 if DEMO else 587)
EMAIL_HOST_USER: str = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD: str = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", default=not DEMO)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", demo="Praksisplass <praksisplass@localhost>")
# Where mail that cannot be delivered comes back to: maildir:///path or imaps://user:password@host/INBOX.
BOUNCES_URL: str = env.str("BOUNCES_URL", default="")
# The dotted name of a class that sends text messages (accounts/sms.py). Empty: there are none.
SMS_SENDER: str = env.str("SMS_SENDER", default="")
MAIL_CATCHER_DIR: str = env.str("MAIL_CATCHER_DIR", default="")

# The national register of businesses, asked live about a number that is not in our copy. Off.
BUSINESS_REGISTER_URL: str = env.str("BUSINESS_REGISTER_URL", default="")
# Address, credit and host of map tiles; None: nobody's browser asks anybody but us.
MAP_TILES = tiles()
# The owner's statement in the national register; see docs/operations.md.
ACCESSIBILITY_STATEMENT_URL: str = env.str("ACCESSIBILITY_STATEMENT_URL", default="")
# Where the county's data protection officer is asked; shown under "Whom to ask".
DATA_PROTECTION_EMAIL: str = env.str("DATA_PROTECTION_EMAIL", default="")

# --- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Oslo"
USE_I18N = True
USE_TZ = True

# --- Files --------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
PLAIN_STATIC = DEBUG or flag("PLAIN_STATIC")  # files as they lie, no collectstatic: for development
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE[PLAIN_STATIC]},
}
WHITENOISE_USE_FINDERS = PLAIN_STATIC
WHITENOISE_AUTOREFRESH = PLAIN_STATIC
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a hundred units with periods and learning areas in one table
FILE_UPLOAD_HANDLERS = [
    "schools.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
REFERENCE_DATA_DIR = BASE_DIR / "data"

# --- Security -----------------------------------------------------------------------------------
SECURE = not DEMO
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
BEHIND_PROXY = flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)  # limits count people, not the proxy
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],  # Designsystemet draws its check marks as data: images
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LOG_LEVEL = choice("LOG_LEVEL", {"DEBUG", "INFO", "WARNING", "ERROR"}, default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
