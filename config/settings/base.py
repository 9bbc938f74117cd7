"""What every place shares. Environment variables are read through config.env only."""

from pathlib import Path

from config import database, env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
STATE_DIR = env.folder("WINNOW_STATE_DIR", BASE_DIR / ".winnow")
STORAGE_URL = env.text("WINNOW_STORAGE_URL", f"file://{STATE_DIR / 'blobs'}")
RUNS_DIR = env.folder("WINNOW_RUNS_DIR", STATE_DIR / "runs")
INDEX_DIR = env.folder("WINNOW_INDEX_DIR", STATE_DIR / "index")
INDEX_VECTORS = env.flag("WINNOW_INDEX_VECTORS", default=True)
EMBEDDER = env.text("WINNOW_EMBEDDER", "auto")
EMBEDDER_SOCKET = env.text("WINNOW_EMBEDDER_SOCKET", "")
KEYRING_FILE = env.folder("WINNOW_KEYRING_FILE", STATE_DIR / "keyring.json")
KEYRING_JSON = env.text("WINNOW_KEYRING", "")

DEBUG = False
DEMO_MODE = env.flag("WINNOW_DEMO")
DEMO_PROJECT = "demo"
ALLOWED_HOSTS = env.words("WINNOW_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("WINNOW_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "core",
    "accounts",
    "curation",
    "indexer",
    "annotation",
    "snapshots",
    "trainers",
    "web",
]

MIDDLEWARE = [
    "core.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.RefusedMiddleware",
    "axes.middleware.AxesMiddleware",
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
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.navigation",
            ],
        },
    }
]

DATABASES = {
    "default": database.choose(
        app_url=env.text("DATABASE_URL"),
        owner_url=env.text("DATABASE_OWNER_URL", "") or None,
        role=env.text("WINNOW_DATABASE_ROLE", "app"),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.sessions.SessionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "web.errors.csrf_failure"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
AXES_FAILURE_LIMIT = env.number("WINNOW_LOCKOUT_AFTER", 5)
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.lockouts.counted_name_of"
AXES_VERBOSE = False
AXES_HANDLER = "accounts.lockouts.CountsOnly"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = STATE_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE + 64 * 1024
"""The largest file a page takes, and the form around it: what was not redacted lies in no temporary file."""
FILE_UPLOAD_HANDLERS = ["core.uploads.InMemory"]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/", "/api/docs"],
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "core.api.CursorPage",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "core.api.problem_response",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Winnow API",
    "DESCRIPTION": "Production traces in; approved, attributable training data and the models trained on it out.",
    "VERSION": "v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

BROKER_URL = env.text("BROKER_URL", "")
MAX_OTLP_BYTES = env.number("WINNOW_MAX_OTLP_BYTES", 32 * 1024 * 1024)
MAX_AGE_DAYS = env.number("WINNOW_MAX_AGE_DAYS", 400)
TOKEN_CACHE_SECONDS = env.number("WINNOW_TOKEN_CACHE_SECONDS", 5)
RETENTION_DAYS = env.number("WINNOW_RETENTION_DAYS", 0) or None
VAULT = env.flag("WINNOW_VAULT")
ARGILLA_SERVERS = env.words("WINNOW_ARGILLA_SERVERS")
SETTLE_GRACE_SECONDS = env.number("WINNOW_SETTLE_GRACE_SECONDS", 5)
LOG_LEVEL = env.text("WINNOW_LOG_LEVEL", "INFO")
LOGGING_CONFIG = "config.logging.configure"
LOGGING = {"level": LOG_LEVEL}
TRAINING_ELSEWHERE = env.flag("WINNOW_TRAINING_ELSEWHERE")
TRAINING_THREADS = env.number("WINNOW_TRAINING_THREADS", 1)
TRAINING_AT_ONCE = env.number("WINNOW_TRAINING_AT_ONCE", 1)
TRAINING_MAX_SECONDS = env.number("WINNOW_TRAINING_MAX_SECONDS", 86_400)
