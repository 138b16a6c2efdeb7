"""Settings: few, from the environment or the file that PARTIDOR_CONFIG names."""

from __future__ import annotations

from partidor.config.environment import Environment

ENVIRONMENT = Environment.read()
HOME = ENVIRONMENT.home
BASE_URL = ENVIRONMENT.base_url
API_RATE = ENVIRONMENT.api_rate
MAIL = ENVIRONMENT.mail

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "partidor.config.urls"
WSGI_APPLICATION = "partidor.config.wsgi.application"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "partidor.config.apps.PartidorConfig"]
MIGRATION_MODULES = {"partidor": "partidor.models.migrations"}
AUTH_USER_MODEL = "partidor.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE: list[str] = []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ENVIRONMENT.package / "outbound" / "notices" / "templates"],
        "OPTIONS": {"autoescape": False},  # every template is plain text; html templates get a backend of their own
    }
]
DATABASES = {"default": ENVIRONMENT.database}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None
