"""The WSGI entrance that granian loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partidor.config.settings")
application = get_wsgi_application()
