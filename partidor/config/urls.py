"""Every address: the API and the pages; and what answers when there is none."""

from django.urls import include, path

from partidor.inbound.api.v1 import api, nowhere

urlpatterns = [
    path("api/v1/", api.urls),
    path("api/v1", nowhere),
    path("", include("partidor.inbound.web.urls")),
]
handler400 = "partidor.inbound.web.components.errors.bad_request"
handler403 = "partidor.inbound.web.components.errors.forbidden"
handler404 = "partidor.inbound.web.components.errors.not_found"
handler500 = "partidor.inbound.web.components.errors.fault"
