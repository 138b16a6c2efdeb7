"""The addresses of a vendor's console, each beside its view."""

from partidor.inbound.web.console.backtests import pages as backtests
from partidor.inbound.web.console.fairness import page as fairness
from partidor.inbound.web.console.imports import pages as imports
from partidor.inbound.web.console.leads import page as lead
from partidor.inbound.web.console.leads import table as leads
from partidor.inbound.web.console.partners import map as partner_map
from partidor.inbound.web.console.partners import sheet as partner_sheet
from partidor.inbound.web.console.partners import table as partners
from partidor.inbound.web.console.partners import verbs as partner_verbs
from partidor.inbound.web.console.rules import pages as rules
from partidor.inbound.web.console.rules import trial as trials
from partidor.inbound.web.console.settings import hours, keys, mails, people
from partidor.inbound.web.console.today import page as today

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
