"""Every address: the API now, the pages next."""

from django.urls import path

from partidor.inbound.api.v1 import api, nowhere

urlpatterns = [path("api/v1/", api.urls), path("api/v1", nowhere)]
