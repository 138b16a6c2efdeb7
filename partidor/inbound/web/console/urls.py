"""The addresses of a vendor's console, each beside its view."""

from partidor.inbound.web.console import keys, lead, leads, mails, partners, people, rules, today

app_name = "console"
urlpatterns = [
    *today.urlpatterns,
    *leads.urlpatterns,
    *lead.urlpatterns,
    *partners.urlpatterns,
    *rules.urlpatterns,
    *people.urlpatterns,
    *keys.urlpatterns,
    *mails.urlpatterns,
]
