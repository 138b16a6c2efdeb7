"""The record of one routing run: inputs, rule, candidates, and everyone else with the reason why not."""

from __future__ import annotations

from django.db import models

from partidor.models.rows import VendorRow


class Decision(VendorRow):
    """One decision, complete enough to be computed again. Kept with the offers that it opens; never changed."""

    lead = models.ForeignKey("partidor.Lead", on_delete=models.PROTECT, related_name="decisions", db_index=False)
    lead_seq = models.PositiveIntegerField()
    """The number of the lead's first event after this decision: the order of decisions."""
    at = models.DateTimeField()
    trigger = models.CharField(max_length=12)
    ruleset_version = models.PositiveIntegerField()
    network_version = models.PositiveIntegerField()
    rule_position = models.PositiveIntegerField(null=True)
    record = models.JSONField()

    class Meta:
        db_table = "decision"
        constraints = (models.UniqueConstraint(fields=["lead", "lead_seq"], name="decision_once"),)

    def __str__(self) -> str:
        return f"decision {self.lead_seq} of {self.lead_id}"
