"""The addresses of all pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("partidor.inbound.web.accounts.urls")),
    path("portal/", include("partidor.inbound.web.portal.urls")),
    path("console/<slug:vendor>/", include("partidor.inbound.web.console.urls")),
]
