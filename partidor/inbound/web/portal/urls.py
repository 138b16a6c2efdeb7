"""The addresses of the portal, each beside its view."""

from partidor.inbound.web.portal import figures, hours, inbox, leads, me

app_name = "portal"
urlpatterns = [*inbox.urlpatterns, *leads.urlpatterns, *figures.urlpatterns, *me.urlpatterns, *hours.urlpatterns]
