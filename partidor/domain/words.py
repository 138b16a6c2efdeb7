"""The names of codes: what people read instead of them. English stands here; the catalogues hold other languages.

Every value is marked for translation by ``said`` and looked up by gettext where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping


def said(text: str) -> str:
    """Mark a text for the catalogues, and return it as it is."""
    return text


Names = Mapping[str, str]

TEMPERATURE: Names = {"hot": said("Hot"), "warm": said("Warm"), "cold": said("Cold")}
LEAD_STATE: Names = {
    "received": said("Received"),
    "in_review": said("In review"),
    "parked": said("Parked"),
    "routing": said("Being routed"),
    "offered": said("Offered"),
    "unassigned": said("Without a partner"),
    "accepted": said("Being worked"),
    "won": said("Won"),
    "lost": said("Lost"),
    "rejected": said("Rejected"),
    "withdrawn": said("Withdrawn"),
}
OFFER_STATE: Names = {
    "open": said("Waiting for an answer"),
    "interested": said("Interested"),
    "accepted": said("Accepted"),
    "declined": said("Declined"),
    "expired": said("Let it lapse"),
    "superseded": said("Somebody else was quicker"),
    "withdrawn": said("Withdrawn by the vendor"),
}
ENDED_BY: Names = {
    "handed_back": said("Handed back"),
    "taken_back": said("Taken back"),
    "passed_on": said("Passed on"),
    "reassigned": said("Given to somebody else"),
    "withdrawn": said("Withdrawn by the vendor"),
    "closed": said("Closed"),
}
DECLINE_REASON: Names = {
    "no_vertical_match": said("Not our field"),
    "capacity": said("No capacity now"),
    "spam": said("Spam, no real inquiry"),
    "out_of_area": said("Too far away"),
    "conflict": said("Conflict of interest"),
    "not_reached": said("Nobody can be reached"),
    "other": said("Another reason"),
}
REJECT_REASON: Names = {
    "spam": said("Spam"),
    "test": said("A test"),
    "no_need": said("No need"),
    "competitor": said("A competitor asks"),
    "duplicate": said("A duplicate"),
    "out_of_scope": said("Not what we sell"),
    "other": said("Another reason"),
}
LOST_REASON: Names = {
    "price": said("Price"),
    "competitor": said("A competitor won"),
    "no_budget": said("No budget"),
    "no_decision": said("No decision was made"),
    "timing": said("Wrong time"),
    "other": said("Another reason"),
}
SOURCE_KIND: Names = {
    "api": said("Direct connection"),
    "form": said("Web form"),
    "import": said("Imported list"),
    "event": said("Trade show"),
    "email": said("E-mail"),
    "crm": said("Direct sales"),
}
SOURCE: Names = {"website": said("Website"), "api": said("API"), "import": said("Imported list")}
"""The sources that every vendor starts with; the API asks for them as they are written."""
PARTNER_KIND: Names = {
    "reseller": said("Reseller"),
    "var": said("Value-added reseller"),
    "system_integrator": said("System integrator"),
    "distributor": said("Distributor"),
    "oem": said("OEM"),
    "affiliate": said("Affiliate"),
    "technology": said("Technology partner"),
    "consulting": said("Consultancy"),
    "agent": said("Agent"),
    "own_sales": said("Own sales"),
}
ROLE: Names = {
    "administrator": said("Administrator"),
    "channel_manager": said("Channel manager"),
    "partner_account_manager": said("Partner account manager"),
    "marketing": said("Marketing"),
    "management": said("Management"),
    "agency": said("Agency"),
    "partner_manager": said("Partner manager"),
    "partner_sales": said("Partner sales"),
}
CONTACT_ROLE: Names = {
    "decision": said("decides"),
    "it": said("IT"),
    "purchase": said("purchasing"),
    "compliance": said("compliance"),
}
DIMENSION: Names = {
    "tier": said("Tier"),
    "vertical": said("Vertical"),
    "region": said("Region"),
    "language": said("Language"),
    "certification": said("Certification"),
    "specialisation": said("Specialisation"),
    "type": said("Type"),
}
"""The dimensions that most vendors have; those of a vendor's own are shown as they are written."""
FIELD: Names = {
    "company": said("Company"),
    "street": said("Street"),
    "postal_code": said("Postal code"),
    "city": said("City"),
    "region": said("Region"),
    "country": said("Country"),
    "inquiry": said("Inquiry"),
    "product": said("Product"),
    "vertical": said("Vertical"),
    "language": said("Language"),
    "employees": said("Employees"),
    "value": said("Value"),
    "currency": said("Currency"),
    "temperature": said("Temperature"),
    "timeline": said("Time frame"),
    "campaign": said("Campaign"),
    "source": said("Source"),
    "source_kind": said("Kind of source"),
    "flags": said("Notes on the lead"),
    "test": said("Test lead"),
    "first_name": said("First name"),
    "last_name": said("Last name"),
    "email": said("E-mail"),
    "phone": said("Phone"),
    "job_title": said("Job title"),
    "role": said("Role"),
    "utm_source": said("UTM source"),
    "utm_medium": said("UTM medium"),
    "utm_campaign": said("UTM campaign"),
    "utm_term": said("UTM term"),
    "utm_content": said("UTM content"),
}
"""The fields of a lead that rules may ask for. Custom fields have labels of their own."""
FLAG: Names = {
    "duplicate_customer": said("Known customer"),
    "possible_duplicate": said("Perhaps a known customer"),
    "repeated_inquiry": said("Asked again"),
    "phone_unverified": said("Phone could not be read"),
    "postal_code_unverified": said("Postal code could not be read"),
    "region_unverified": said("Region not known"),
    "location_unverified": said("Coordinates could not be read"),
    "not_placed": said("Place unknown"),
    "country_assumed": said("Country assumed"),
    "text_repaired": said("Text mended"),
    "postal_code_repaired": said("Postal code mended"),
    "phone_repaired": said("Phone mended"),
    "address_repaired": said("Address mended"),
    "contact_repaired": said("Contact mended"),
}
ATTENTION: Names = {
    "no_rule": said("No rule holds for this lead"),
    "no_partner": said("Rules hold, but no partner could be asked"),
    "nobody_left": said("The plan has run out and nobody took it"),
    "routing-failed": said("Routing failed on our side; the lead is safe"),
    "clock-failed": said("A deadline could not be kept on our side"),
    "partner-archived": said("Its partner has been archived"),
    "review": said("Waits for review"),
    "declined-as-spam": said("Two partners call it spam"),
    "stalled": said("Stands still"),
}
SCOPE: Names = {
    "leads:read": said("See leads"),
    "leads:write": said("Send and steer leads"),
    "offers:write": said("Answer offers"),
    "partners:read": said("See partners"),
    "partners:write": said("Change partners"),
    "rules:read": said("See rules and sources"),
    "rules:write": said("Change rules and sources"),
    "reports:read": said("See reports"),
    "webhooks:write": said("Set up webhooks"),
    "admin": said("Keys and people"),
}

SAME_HOW: Names = {
    "email": said("the same e-mail address"),
    "name_postal": said("the same name and postal code"),
    "name_domain": said("the same name and domain"),
    "domain": said("the same domain"),
    "phone": said("the same phone number"),
    "name": said("the same name, elsewhere"),
}
"""Why two customers may be one."""

NAMES: Mapping[str, Names] = {
    "temperature": TEMPERATURE,
    "lead_state": LEAD_STATE,
    "offer_state": OFFER_STATE,
    "ended_by": ENDED_BY,
    "decline_reason": DECLINE_REASON,
    "reject_reason": REJECT_REASON,
    "lost_reason": LOST_REASON,
    "source_kind": SOURCE_KIND,
    "source": SOURCE,
    "partner_kind": PARTNER_KIND,
    "role": ROLE,
    "contact_role": CONTACT_ROLE,
    "dimension": DIMENSION,
    "field": FIELD,
    "flag": FLAG,
    "attention": ATTENTION,
    "scope": SCOPE,
    "same_how": SAME_HOW,
}
"""Every table by the name under which pages ask for it."""
