"""The addresses of a vendor's console, each beside its view."""

from partidor.inbound.web.console import (
    backtests,
    fairness,
    hours,
    imports,
    keys,
    lead,
    leads,
    mails,
    partner_map,
    partner_sheet,
    partner_verbs,
    partners,
    people,
    rules,
    today,
    trials,
)

app_name = "console"
urlpatterns = [
    *today.urlpatterns,
    *imports.urlpatterns,  # before leads/<ref>: no lead is called import
    *leads.urlpatterns,
    *lead.urlpatterns,
    *partners.urlpatterns,
    *partner_map.urlpatterns,
    *hours.urlpatterns,
    *partner_sheet.urlpatterns,
    *partner_verbs.urlpatterns,
    *fairness.urlpatterns,
    *rules.urlpatterns,
    *backtests.urlpatterns,
    *trials.urlpatterns,
    *people.urlpatterns,
    *keys.urlpatterns,
    *mails.urlpatterns,
]
