"""The one Django app."""

from django.apps import AppConfig


class PartidorConfig(AppConfig):
    """Partidor: name and label are the package's."""

    name = "partidor"
    label = "partidor"
    verbose_name = "Partidor"
