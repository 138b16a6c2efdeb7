"""WHAT WE REMEMBER. Tables, constraints and conditional writes: a file per noun."""

from partidor.models.customer import Customer, CustomerKey, CustomerKeyLink
from partidor.models.decision import Decision
from partidor.models.event import Event
from partidor.models.job import Job
from partidor.models.kept_answer import KeptAnswer
from partidor.models.key import ApiKey
from partidor.models.lead import Contact, Lead
from partidor.models.ledger import LedgerRow, LedgerWeek
from partidor.models.notice import Delivery, Notice
from partidor.models.offer import Offer
from partidor.models.partner import Partner, PartnerParent, PartnerVersion
from partidor.models.person import Membership, Person
from partidor.models.place import KnownPlace
from partidor.models.ruleset import RulesetVersion
from partidor.models.sameness_verdict import SamenessVerdict
from partidor.models.source import FieldDefinition, Source
from partidor.models.vendor import Vendor
from partidor.models.worker_beat import WorkerBeat

__all__ = [
    "ApiKey", "Contact", "Customer", "CustomerKey", "CustomerKeyLink", "Decision", "Delivery", "Event",
    "FieldDefinition", "Job", "KeptAnswer", "KnownPlace", "Lead", "LedgerRow", "LedgerWeek", "Membership",
    "Notice", "Offer", "Partner", "PartnerParent", "PartnerVersion", "Person", "RulesetVersion",
    "SamenessVerdict", "Source", "Vendor", "WorkerBeat",
]  # fmt: skip
