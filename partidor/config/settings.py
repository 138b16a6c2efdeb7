"""Settings: few, from the environment or the file that PARTIDOR_CONFIG names."""

from __future__ import annotations

from partidor.config.environment import Environment

ENVIRONMENT = Environment.read()
HOME = ENVIRONMENT.home
BASE_URL = ENVIRONMENT.base_url
API_RATE = ENVIRONMENT.api_rate
MAIL = ENVIRONMENT.mail
DEMO = ENVIRONMENT.demo

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "partidor.config.urls"
WSGI_APPLICATION = "partidor.config.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "partidor.config.apps.PartidorConfig",
]
MIGRATION_MODULES = {"partidor": "partidor.models.migrations"}
AUTH_USER_MODEL = "partidor.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = [
    "partidor.inbound.web.components.faces.compressed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "partidor.inbound.web.components.faces.spoken",
]
WEB = ENVIRONMENT.package / "inbound" / "web"
TEMPLATES = [
    {
        "NAME": "pages",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "partidor.inbound.web.components.tags",
            ],
            "libraries": {"account": "allauth.account.templatetags.account"},
        },
    },
    {
        "NAME": "letters",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ENVIRONMENT.package / "outbound" / "notices" / "templates"],
        "OPTIONS": {"autoescape": False},  # plain text
    },
    {
        "NAME": "mails",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ENVIRONMENT.package / "outbound" / "notices" / "html"],
    },
]
DATABASES = ENVIRONMENT.databases
DATABASE_ROUTERS = ["partidor.config.database.Doorkeeper"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "partidor.inbound.web.components.uploading.Quota",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [ENVIRONMENT.package / "locale"]
LOGGING_CONFIG = None

STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "made"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = WEB / "served"
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_MAX_AGE = 3600

SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_NAME = "partidor"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
CSRF_FAILURE_VIEW = "partidor.inbound.web.components.errors.forged"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/api/"],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    },
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "counter",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
"""Shared by all processes; holds nothing but how often somebody tried to sign in."""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "partidor.inbound.web.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
